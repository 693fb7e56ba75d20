//! The errors that the cache itself makes.

use std::time::Duration;

use super::windows::SPACING;
use crate::clock::Now;
use crate::error::{Error, ErrorKind};

pub(crate) fn abandoned() -> Error {
    Error::new(ErrorKind::Abandoned, "the fetch was dropped before it had an outcome; try again")
}

/// For a caller that was stopped or held up for so long after its grant had come.
pub(crate) fn looked_too_late() -> Error {
    Error::new(
        ErrorKind::Abandoned,
        "the grant came in time, but its lifetime was over before the caller looked at it; try again",
    )
}

pub(crate) fn grant_too_short() -> Error {
    Error::new(
        ErrorKind::GrantTooShort,
        "the new grant expires sooner than min_remaining asks for: lower min_remaining, ask for a longer \
         lifetime, or check this machine's clock",
    )
}

/// For a caller whose request could be sent at this time, in nanoseconds since boot, which is too late.
pub(crate) fn no_room(until: u64, now: Now) -> Error {
    let wait = Duration::from_nanos(until.saturating_sub(now.boot_nanos()));
    let message = "the account's own rate limit is reached: requests wait for their turn";
    Error::new(ErrorKind::Overloaded, message).with_retry_after(wait)
}

/// For the waiters of a request that nobody sent in its time.
pub(crate) fn not_sent_in_time(pause: Duration) -> Error {
    let what = "the request for a grant was not sent in its time";
    Error::new(ErrorKind::Overloaded, what).with_retry_after(pause)
}

/// For a new key while every key in the cache is being fetched or kept warm.
pub(crate) fn cache_full() -> Error {
    let message = "the cache is full (max_keys), and every key in it is being fetched or kept warm";
    Error::new(ErrorKind::Overloaded, message).with_retry_after(Duration::from_nanos(SPACING))
}
