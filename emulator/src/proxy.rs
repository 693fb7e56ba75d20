//! A tiny CONNECT proxy, for tests of clients that go through one. It goes to loopback addresses only.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::background::{Background, Stop};
use crate::tls::Tls;

const MAX_HEAD_BYTES: usize = 8 * 1024;
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// A running CONNECT proxy. It stops when it is dropped.
pub struct ConnectProxy {
    _background: Background,
    shared: Arc<Shared>,
    address: SocketAddr,
    ca_pem: Option<String>,
}

#[derive(Default)]
struct Shared {
    /// What `Proxy-Authorization` must say, if anything.
    authorization: Option<String>,
    tls: Option<TlsAcceptor>,
    tunnels: AtomicU64,
    refused: AtomicU64,
}

impl ConnectProxy {
    /// Starts a proxy on a free port of 127.0.0.1 that anybody may use.
    ///
    /// # Errors
    ///
    /// Whatever the system says to listening and to starting threads.
    pub fn start() -> io::Result<Self> {
        Self::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), None)
    }

    /// Starts a proxy that wants Basic credentials.
    ///
    /// # Errors
    ///
    /// As [`ConnectProxy::start`].
    pub fn start_with_auth(user: &str, password: &str) -> io::Result<Self> {
        Self::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Some((user, password)))
    }

    /// Starts a proxy on a free port of 127.0.0.1 that speaks TLS with its clients, with a certificate by the
    /// authority of [`ConnectProxy::ca_pem`].
    ///
    /// # Errors
    ///
    /// As [`ConnectProxy::start`].
    pub fn start_secure() -> io::Result<Self> {
        let setup = Tls::Good.set_up().map_err(io::Error::other)?;
        let shared = Shared { tls: Some(TlsAcceptor::from(setup.config)), ..Shared::default() };
        let proxy = Self::run(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), shared)?;
        Ok(Self { ca_pem: Some(setup.ca_pem), ..proxy })
    }

    /// Starts a proxy at `address`, with or without Basic credentials.
    ///
    /// # Errors
    ///
    /// As [`ConnectProxy::start`].
    pub fn listen(address: SocketAddr, credentials: Option<(&str, &str)>) -> io::Result<Self> {
        let authorization = credentials.map(|(user, password)| {
            format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
        });
        Self::run(address, Shared { authorization, ..Shared::default() })
    }

    fn run(address: SocketAddr, shared: Shared) -> io::Result<Self> {
        let shared = Arc::new(shared);
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let background = Background::start("connect-proxy", 1)?;
        background
            .run(|stop| Ok(accept(TcpListener::from_std(listener)?, Arc::clone(&shared), stop)))?;
        Ok(Self { _background: background, shared, address, ca_pem: None })
    }

    /// Its own URL, `http://127.0.0.1:PORT`, or with https.
    pub fn url(&self) -> String {
        let scheme = if self.ca_pem.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The authority that its clients are to trust, if it speaks TLS with them.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Tunnels opened so far.
    pub fn tunnels(&self) -> u64 {
        self.shared.tunnels.load(Ordering::Relaxed)
    }

    /// Requests turned away so far.
    pub fn refused(&self) -> u64 {
        self.shared.refused.load(Ordering::Relaxed)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stop: Stop) {
    loop {
        let accepted = tokio::select! {
            () = stop.requested() => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((client, _)) = accepted else {
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let (shared, mut stop) = (Arc::clone(&shared), stop.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = stop.requested() => {}
                // A client or server that goes away ends its tunnel, which is all there is to do.
                _ = welcome(client, &shared) => {}
            }
        });
    }
}

async fn welcome(client: TcpStream, shared: &Shared) -> io::Result<()> {
    client.set_nodelay(true)?;
    match &shared.tls {
        None => serve(client, shared).await,
        Some(tls) => serve(timeout(HEAD_TIMEOUT, tls.accept(client)).await??, shared).await,
    }
}

async fn serve(mut client: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) -> io::Result<()> {
    let head = timeout(HEAD_TIMEOUT, read_head(&mut client)).await??;
    match open(&head, shared).await {
        Ok(mut server) => {
            shared.tunnels.fetch_add(1, Ordering::Relaxed);
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            copy_bidirectional(&mut client, &mut server).await?;
        }
        Err(status) => {
            shared.refused.fetch_add(1, Ordering::Relaxed);
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            client.write_all(answer.as_bytes()).await?;
        }
    }
    Ok(())
}

/// The head of the request, byte by byte, so that nothing of the tunnel is read with it.
async fn read_head(client: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_HEAD_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        head.push(client.read_u8().await?);
    }
    String::from_utf8(head).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// The far end that the request asks for, or the status line that refuses it.
async fn open(head: &str, shared: &Shared) -> Result<TcpStream, &'static str> {
    let mut lines = head.lines();
    let mut request = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (request.next(), request.next().unwrap_or_default());
    if method != Some("CONNECT") {
        return Err("405 Method Not Allowed");
    }
    if shared.authorization.is_some() && authorization(lines) != shared.authorization.as_deref() {
        return Err(
            "407 Proxy Authentication Required\r\nproxy-authenticate: Basic realm=\"proxy\"",
        );
    }
    let addresses = lookup_host(target).await.map_err(|_| "502 Bad Gateway")?;
    let mut status = "403 Forbidden";
    for address in addresses.filter(|address| address.ip().is_loopback()) {
        match TcpStream::connect(address).await {
            Ok(server) => {
                let _ = server.set_nodelay(true);
                return Ok(server);
            }
            Err(_) => status = "502 Bad Gateway",
        }
    }
    Err(status)
}

fn authorization<'a>(headers: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut headers = headers.filter_map(|line| line.split_once(':'));
    let found = headers.find(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"));
    found.map(|(_, value)| value.trim())
}
