//! Listening: accepts connections and serves HTTP/1.1 on them, within bounds.

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
#[cfg(feature = "tls")]
use tokio::time::timeout;
#[cfg(feature = "tls")]
use tokio_rustls::TlsAcceptor;

use crate::background::Stop;
use crate::router::route;
use crate::state::State;
use crate::wire::{GarbageSwitch, Wire};

/// For a TLS handshake, and for the head of a request on an idle connection.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
const MAX_HEADERS: usize = 64;
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// What a connection is served with.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) state: Arc<State>,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<TlsAcceptor>,
    pub(crate) stop: Stop,
}

impl Server {
    /// Serves at most `max_connections` at a time, until it is told to stop.
    pub(crate) async fn listen(self, listener: TcpListener, max_connections: usize) {
        let permits = Arc::new(Semaphore::new(max_connections));
        let mut stop = self.stop.clone();
        loop {
            tokio::select! {
                () = stop.requested() => return,
                (stream, permit) = accept(&listener, &permits) => {
                    self.state.counting.connected();
                    tokio::spawn(self.clone().serve(stream, permit));
                }
            }
        }
    }

    async fn serve(self, stream: TcpStream, _permit: OwnedSemaphorePermit) {
        // Without this an answer of two writes would wait for the client's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.clone() {
            if let Ok(Ok(stream)) = timeout(IDLE_TIMEOUT, tls.accept(stream)).await {
                self.speak(stream).await;
            }
            return;
        }
        self.speak(stream).await;
    }

    async fn speak(self, io: impl AsyncRead + AsyncWrite + Unpin) {
        let Self { state, mut stop, .. } = self;
        let garbage = GarbageSwitch::default();
        let service = service_fn(|request| route(&state, &garbage, request));
        let wire = TokioIo::new(Wire::new(io, garbage.clone()));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(IDLE_TIMEOUT)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEAD_BYTES)
            // The emulator's clock may be off, or the header be left out, so it is not hyper's to set.
            .auto_date_header(false)
            .serve_connection(wire, service);
        tokio::pin!(connection);
        tokio::select! {
            // A client that goes away is no concern of anybody here.
            _ = connection.as_mut() => return,
            () = stop.requested() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }
}

/// The next connection, once there is room for it.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, OwnedSemaphorePermit) {
    let permit = Arc::clone(permits).acquire_owned().await.expect("never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            // Out of file descriptors, as a rule: some become free when connections end.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}
