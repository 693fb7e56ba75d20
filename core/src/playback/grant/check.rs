//! Whether upstream can be reached and takes a key, by one request.

use std::time::Duration;

use http::StatusCode;

use super::answer;
use super::request::GrantRequest;
use crate::clock::Clock;
use crate::error::Result;
use crate::upstream::{self, Answer};

/// A well-formed SID that names no stream: upstream looks at the key first.
const NO_STREAM: &str = "VJ00000000000000000000000000000000";

/// What one request has shown of upstream, the way to it, and the key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UpstreamCheck {
    /// Whether upstream takes the key. Else the kind of the error says what is at fault: the network, TLS, a proxy,
    /// the key, or upstream.
    pub key: Result<()>,
    /// How far upstream's clock is ahead of the local one, in milliseconds, as the answer's `Date` shows it in whole
    /// seconds. None without an answer, or without a date in it.
    pub clock_offset_ms: Option<i64>,
}

impl UpstreamCheck {
    pub(super) fn request() -> Result<GrantRequest> {
        GrantRequest::new(NO_STREAM, 1, None)
    }

    /// What an answer shows, whether a stream of that SID was found or not.
    pub(super) fn of(answer: Answer) -> Self {
        let local = Clock::system().now().wall();
        let server = upstream::server_time(&answer.headers);
        let clock_offset_ms = server.and_then(|server| Some(millis(server)? - millis(local)?));
        let key = match answer.status {
            StatusCode::CREATED | StatusCode::NOT_FOUND => Ok(()),
            _ => Err(answer::refusal(answer)),
        };
        Self { key, clock_offset_ms }
    }
}

fn millis(time: Duration) -> Option<i64> {
    i64::try_from(time.as_millis()).ok()
}
