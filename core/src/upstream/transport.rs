//! One HTTP request: its way to upstream, its time, and the connection that it uses.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, StatusCode};
use zeroize::Zeroizing;

use super::exchange::{Exchanged, exchange};
use super::failure::{explained, explained_through_proxy};
use super::offline;
use super::proxy;
use super::request::Request;
use super::route::Route;
use crate::clock::nanos;
use crate::error::{Error, Result};
use crate::fork::{self, ForkCell, Generation, Reborn};
use crate::net::{Certificates, Deadline, Dialer, Failure, Kept, Place, Proxy, Roots, Stream, Tls};
use crate::sync::Mutex;
use crate::thread::boot_nanos;
use crate::watch::{self, Watched};

/// Of the time that a request has, to look the name up may take this part, and so may all else before there is a
/// connection.
const CONNECT_PART: u32 = 2;
/// An idle connection is kept no longer than this: less than servers commonly keep theirs, so that
/// none is used at the moment in which upstream closes it. The request would be lost and is not sent
/// twice. Connections that were closed before are found out when they are taken up. The time goes on while the
/// machine sleeps: the other ends are likely gone then.
pub(super) const IDLE_MAX: Duration = Duration::from_secs(4);
/// However many requests were sent at once, no more connections are kept.
const KEPT_MAX: usize = 64;
/// An answer's body may be so large.
const BODY_MAX_BYTES: usize = 64 * 1024;

/// One way to upstream, with the connections that are idle on it. While the library's watching thread
/// runs it closes them once they are [`IDLE_MAX`] old, else the next request does.
pub(crate) struct Transport(ForkCell<Connections>);

/// What connections are made with; immutable, so that a forked child may use it too.
struct Config {
    /// As a URL has it.
    authority: Box<str>,
    place: Place,
    is_tls: bool,
    /// None if nothing on the way speaks TLS.
    roots: Option<Roots>,
    proxy: Option<Proxy>,
    /// Nothing is sent.
    is_offline: bool,
}

/// This process's connections.
struct Connections {
    born: Generation,
    config: Arc<Config>,
    /// For all connections, so that sessions are resumed.
    tls: Option<Tls>,
    kept: Mutex<Kept<Stream>>,
}

/// What upstream answered.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The body, or why it did not come.
    pub(crate) body: Result<Zeroizing<Vec<u8>>>,
}

impl Transport {
    /// A way to upstream that trusts the certificates of a file which has been read, or the built-in ones.
    /// Offline it sends nothing.
    pub(super) fn new(
        route: &Route,
        certificates: Option<&Certificates>,
        is_offline: bool,
    ) -> Result<Arc<Self>> {
        let is_tls = route.is_https();
        // A file that holds none is refused, whether it is needed or not.
        let roots = certificates.map(Certificates::roots).transpose()?;
        let proxy = route.proxy().map(|url| proxy::parsed(url, is_tls)).transpose()?;
        let needs_roots = is_tls || proxy.as_ref().is_some_and(Proxy::is_tls);
        let roots = needs_roots.then(|| roots.unwrap_or_else(Roots::built_in));
        let authority = route.authority();
        let place = Place::of(authority, if is_tls { 443 } else { 80 });
        let authority = authority.to_string().into();
        let config = Config { authority, place, is_tls, roots, proxy, is_offline };
        Ok(Arc::new(Self(ForkCell::new(Connections::new(Arc::new(config))))))
    }

    /// Sends a request and returns the answer, whatever its status. One request: no retry, no redirect.
    pub(crate) fn send(
        self: &Arc<Self>,
        request: &Request<'_>,
        timeout: Duration,
    ) -> Result<Answer> {
        let connections = self.0.get();
        if connections.config.is_offline {
            return offline::refused();
        }
        let request = request.bytes(&connections.config.authority);
        let exchanged = connections.exchange(request.as_bytes(), timeout);
        watch::beside(self, boot_nanos().saturating_add(nanos(IDLE_MAX)));
        let answer = exchanged.map_err(|failure| connections.explained(&failure))?;
        let body = answer.body.map_err(|failure| explained(&failure));
        Ok(Answer { status: answer.status, headers: answer.headers, body })
    }
}

impl Watched for Transport {
    fn next_wakeup(&self) -> Option<Duration> {
        let end = self.0.get().kept.lock().next_end()?;
        Some(Duration::from_nanos(end.saturating_sub(boot_nanos())))
    }

    /// Closes the connections that are too old.
    fn poll(self: Arc<Self>) {
        let connections = self.0.get();
        let closed = connections.kept.lock().discard(boot_nanos());
        drop(closed);
    }
}

impl Connections {
    fn new(config: Arc<Config>) -> Self {
        let tls = config.roots.as_ref().map(Tls::new);
        let kept = Mutex::new(Kept::new(IDLE_MAX, KEPT_MAX));
        Self { born: fork::generation(), config, tls, kept }
    }

    /// Sends a request on a connection that was kept or on one that is made for it.
    fn exchange(&self, request: &[u8], timeout: Duration) -> Result<Exchanged, Failure> {
        let end = Deadline::after(timeout);
        let mut turn = Turn::begin(self);
        let mut stream = match turn.kept() {
            Some(stream) => stream,
            None => self.dialer().dial(end, timeout / CONNECT_PART)?,
        };
        stream.set_deadline(end);
        let exchanged = exchange(&mut stream, request, BODY_MAX_BYTES)?;
        turn.over = exchanged.is_kept_open.then_some(stream);
        Ok(exchanged)
    }

    fn dialer(&self) -> Dialer<'_> {
        let Config { place, is_tls, proxy, .. } = &*self.config;
        Dialer { place, proxy: proxy.as_ref(), is_tls: *is_tls, tls: self.tls.as_ref() }
    }

    fn explained(&self, failure: &Failure) -> Error {
        match self.config.proxy {
            Some(_) => explained_through_proxy(failure),
            None => explained(failure),
        }
    }
}

impl Reborn for Connections {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    fn reborn(&self) -> Self {
        Self::new(Arc::clone(&self.config))
    }
}

/// A request that is under way counts as one, however it ends.
struct Turn<'a> {
    connections: &'a Connections,
    /// The connection, once it can be used by another.
    over: Option<Stream>,
}

impl<'a> Turn<'a> {
    fn begin(connections: &'a Connections) -> Self {
        connections.kept.lock().begin(boot_nanos());
        Self { connections, over: None }
    }

    /// An idle connection that still works.
    fn kept(&self) -> Option<Stream> {
        let next = || self.connections.kept.lock().take(boot_nanos());
        std::iter::from_fn(next).find_map(|mut stream| stream.is_quiet().then_some(stream))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut kept = self.connections.kept.lock();
        let closed = kept.end(boot_nanos(), self.over.take());
        // To close takes a while.
        drop(kept);
        drop(closed);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::ErrorKind;

    const TIMEOUT: Duration = Duration::from_secs(4);
    const REQUEST: Request<'_> =
        Request { method: "POST", target: "/v1", headers: &[], body: Some(("text/plain", "")) };

    /// Answers each request with an empty object, and counts the connections.
    struct Upstream {
        address: SocketAddr,
        connections: Arc<AtomicUsize>,
    }

    impl Upstream {
        fn start() -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let connections = Arc::new(AtomicUsize::new(0));
            let count = Arc::clone(&connections);
            std::thread::spawn(move || {
                for stream in listener.incoming().flatten() {
                    count.fetch_add(1, Ordering::Relaxed);
                    std::thread::spawn(move || serve(stream));
                }
            });
            Self { address, connections }
        }

        fn base_url(&self) -> String {
            format!("http://{}", self.address)
        }

        fn connections(&self) -> usize {
            self.connections.load(Ordering::Relaxed)
        }
    }

    /// The requests of these tests have no body: each ends with an empty line.
    fn serve(stream: TcpStream) -> std::io::Result<()> {
        for line in BufReader::new(stream.try_clone()?).lines() {
            if line?.is_empty() {
                (&stream).write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")?;
            }
        }
        Ok(())
    }

    fn transport_to(upstream: &Upstream) -> Arc<Transport> {
        let route = Route::new(&upstream.base_url(), None, None).unwrap();
        Transport::new(&route, None, false).unwrap()
    }

    fn post(transport: &Arc<Transport>, timeout: Duration) {
        let answer = transport.send(&REQUEST, timeout).unwrap();
        assert_eq!((answer.status.as_u16(), &**answer.body.unwrap()), (200, &b"{}"[..]));
    }

    #[test]
    fn connections_are_kept_whatever_time_a_request_has() {
        let upstream = Upstream::start();
        let transport = transport_to(&upstream);
        for timeout in [TIMEOUT, TIMEOUT / 2, Duration::MAX] {
            post(&transport, timeout);
        }
        assert_eq!(upstream.connections(), 1);
    }

    #[test]
    fn connections_are_closed_when_they_are_too_old_to_be_used() {
        let upstream = Upstream::start();
        let transport = transport_to(&upstream);
        post(&transport, TIMEOUT);
        assert!(transport.next_wakeup().unwrap() > IDLE_MAX / 2);
        Arc::clone(&transport).poll();
        assert!(transport.next_wakeup().is_some(), "not yet");
        // As if that had been long ago, awake or asleep.
        let later = boot_nanos() + nanos(IDLE_MAX);
        assert_eq!(transport.0.get().kept.lock().discard(later).len(), 1);
        assert!(transport.next_wakeup().is_none());
        post(&transport, TIMEOUT);
        assert_eq!(upstream.connections(), 2);
    }

    #[test]
    fn a_request_that_fails_is_busy_no_longer() {
        let upstream = Upstream::start();
        let transport = transport_to(&upstream);
        for _ in 0..3 {
            let failed = transport.send(&REQUEST, Duration::ZERO).err().unwrap();
            assert_eq!(failed.kind(), ErrorKind::UpstreamTimeout);
        }
        post(&transport, TIMEOUT);
        post(&transport, TIMEOUT);
        assert_eq!(upstream.connections(), 1);
    }
}
