//! Connections: whose they are, how many, and for how long.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::answer::{self, Answer, Problem};
use super::body;
use super::checks::{self, AllowedHosts, Need};
use super::peer;

const CONNECTIONS_MAX: usize = 64;
const HEAD_MAX_BYTES: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// How long a head may take, and how long a connection may be idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// After this a connection ends with the request that it is at.
const CONNECTION_MAX_AGE: Duration = Duration::from_secs(300);
const LAST_REQUEST: Duration = Duration::from_secs(30);

/// What the page makes of requests.
pub(in crate::page) trait Service: Send + Sync + 'static {
    /// The names that it may be asked by.
    fn hosts(&self) -> &AllowedHosts;
    /// What a path needs; nothing is at a path that none is said for.
    fn need(&self, path: &str) -> Option<Need>;
    /// Whether this is the session's key.
    fn is_key(&self, key: &str) -> bool;
    /// A file, by its path.
    fn file(&self, path: &str) -> Answer;
    /// The outcome of an API call. Runs where it may block.
    fn call(&self, path: &str, body: &[u8]) -> Answer;
}

/// Serves until it is dropped.
pub(in crate::page) async fn listen(listener: TcpListener, service: Arc<impl Service>) {
    let free = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of file descriptors, as a rule: some time has to pass.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(permit) = Arc::clone(&free).try_acquire_owned() else {
            tokio::spawn(turn_away(stream));
            continue;
        };
        let service = Arc::clone(&service);
        tokio::spawn(async move {
            if is_for_us(&stream, peer).await {
                let _ = serve(stream, service).await;
            }
            drop(permit);
        });
    }
}

/// One connection too many: it is told so, and closed.
async fn turn_away(mut stream: TcpStream) {
    let told = async {
        stream.write_all(answer::busy().as_bytes()).await?;
        stream.shutdown().await?;
        // What is closed with something unread in it takes the answer back.
        stream.read(&mut [0; 1024]).await
    };
    let _ = timeout(Duration::from_secs(1), told).await;
}

async fn is_for_us(stream: &TcpStream, peer: SocketAddr) -> bool {
    let Ok(own) = stream.local_addr() else { return false };
    tokio::task::spawn_blocking(move || peer::may_connect(peer, own)).await.unwrap_or(false)
}

async fn serve(stream: TcpStream, service: Arc<impl Service>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let answers = service_fn(move |request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(respond(request, service).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(HEAD_MAX_BYTES)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), answers);
    let mut connection = pin!(connection);
    if let Ok(ended) = timeout(CONNECTION_MAX_AGE, connection.as_mut()).await {
        return ended.map_err(io::Error::other);
    }
    connection.as_mut().graceful_shutdown();
    timeout(LAST_REQUEST, connection).await?.map_err(io::Error::other)
}

async fn respond(request: Request<Incoming>, service: Arc<impl Service>) -> Answer {
    let (head, incoming) = request.into_parts();
    let path = head.uri.path().to_owned();
    let Some(need) = service.need(&path) else {
        return answer::last(Problem::new(404, "path", "There is nothing here.").answer());
    };
    if let Err(refusal) = checks::check(&head, need, service.hosts(), |key| service.is_key(key)) {
        return answer::last(refusal.problem().answer());
    }
    if need == Need::File {
        return service.file(&path);
    }
    match body::read(incoming).await {
        Ok(body) => blocking(move || service.call(&path, &body)).await,
        Err(problem) => answer::last(problem.answer()),
    }
}

/// Calls may wait for upstream.
fn blocking(call: impl FnOnce() -> Answer + Send + 'static) -> impl Future<Output = Answer> {
    let task = tokio::task::spawn_blocking(call);
    async {
        let broken =
            |_| Problem::new(500, "internal", "This went wrong in grantmint itself.").answer();
        task.await.unwrap_or_else(broken)
    }
}
