//! Bodies: reading a request's within bounds, and sending an answer's, whole, slowly or not to its end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep, timeout};

use crate::reply::{Aborted, Problem};

const MAX_REQUEST_BYTES: usize = 256 * 1024;
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// The whole body of a request.
pub(crate) async fn read(body: Incoming) -> Result<Bytes, Problem> {
    let too_long = || Problem::new(413, "The request body is longer than 256 KiB");
    if body.size_hint().lower() > MAX_REQUEST_BYTES as u64 {
        return Err(too_long());
    }
    let collected = Limited::new(body, MAX_REQUEST_BYTES).collect();
    match timeout(READ_TIMEOUT, collected).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_long()),
        Ok(Err(_)) => Err(Problem::new(400, "The request body broke off")),
        Err(_) => Err(Problem::new(408, "The request body did not come in time")),
    }
}

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
