//! Sending an answer's body: whole, slowly, or not to its end.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// The connection is to be closed with no more said.
#[derive(Debug)]
pub(crate) struct Aborted;

/// The body of an answer.
pub(crate) struct ReplyBody {
    rest: Bytes,
    pace: Option<Pace>,
}

/// How a body is sent that is not sent whole.
struct Pace {
    chunk: usize,
    every: Duration,
    pause: Option<Pin<Box<Sleep>>>,
    /// Bytes that are promised and never sent; the connection is closed instead.
    withheld: usize,
}

impl ReplyBody {
    pub(crate) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self { rest: bytes.into(), pace: None }
    }

    /// Sends half of what it promises.
    pub(crate) fn cut(mut self) -> Self {
        let half = self.rest.len() / 2;
        // The pause lets the half be flushed before the connection is closed.
        let every = Duration::from_millis(20);
        let withheld = self.rest.split_off(half).len();
        self.pace = Some(Pace { chunk: half.max(1), every, pause: None, withheld });
        self
    }

    /// Sends `chunk` bytes at a time.
    pub(crate) fn slow(mut self, chunk: usize, every: Duration) -> Self {
        self.pace = Some(Pace { chunk: chunk.max(1), every, pause: None, withheld: 0 });
        self
    }

    fn promised(&self) -> usize {
        self.rest.len() + self.pace.as_ref().map_or(0, |pace| pace.withheld)
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Aborted;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Aborted>>> {
        let Self { rest, pace } = &mut *self;
        if let Some(pause) = pace.as_mut().and_then(|pace| pace.pause.as_mut()) {
            ready!(pause.as_mut().poll(cx));
        }
        let chunk = match pace {
            None => std::mem::take(rest),
            Some(pace) if rest.is_empty() && pace.withheld > 0 => {
                return Poll::Ready(Some(Err(Aborted)));
            }
            Some(pace) => {
                pace.pause = Some(Box::pin(sleep(pace.every)));
                rest.split_to(pace.chunk.min(rest.len()))
            }
        };
        Poll::Ready((!chunk.is_empty()).then(|| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.promised() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.promised()).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed on purpose")
    }
}

impl std::error::Error for Aborted {}
