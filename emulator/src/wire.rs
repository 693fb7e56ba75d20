//! A connection whose answers can be replaced by noise.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const GARBAGE: &[u8] =
    b"\x00\xff\x16\x03\x01 this is not the protocol you are looking for \xde\xad\r\n\r\n";

/// Wraps a connection. Once its switch is thrown, it sends garbage in place of whatever is written.
pub(crate) struct Wire<IO> {
    io: IO,
    switch: GarbageSwitch,
    unsent: &'static [u8],
}

/// Turns the answers of one connection into garbage.
#[derive(Clone, Default)]
pub(crate) struct GarbageSwitch(Arc<AtomicBool>);

impl GarbageSwitch {
    pub(crate) fn throw(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_thrown(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<IO> Wire<IO> {
    pub(crate) fn new(io: IO, switch: GarbageSwitch) -> Self {
        Self { io, switch, unsent: GARBAGE }
    }
}

impl<IO: AsyncRead + Unpin> AsyncRead for Wire<IO> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(cx, buf)
    }
}

impl<IO: AsyncWrite + Unpin> AsyncWrite for Wire<IO> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if !self.switch.is_thrown() {
            return Pin::new(&mut self.io).poll_write(cx, buf);
        }
        while !self.unsent.is_empty() {
            let unsent = self.unsent;
            let sent = ready!(Pin::new(&mut self.io).poll_write(cx, unsent))?;
            self.unsent = &unsent[sent..];
        }
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
