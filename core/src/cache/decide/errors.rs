//! The errors that the cache itself makes.

use std::time::Duration;

use crate::clock::Now;
use crate::error::{Error, ErrorKind};

pub(crate) fn abandoned() -> Error {
    Error::new(ErrorKind::Abandoned, "the fetch was dropped before it had an outcome; try again")
}

pub(crate) fn grant_too_short() -> Error {
    Error::new(
        ErrorKind::GrantTooShort,
        "the grant that upstream gave does not live as long as min_remaining asks for",
    )
}

/// For a caller whose fetch could start at `earliest`, in nanoseconds since boot, which is too late.
pub(crate) fn overloaded(earliest: u64, now: Now) -> Error {
    let wait = Duration::from_nanos(earliest.saturating_sub(now.boot_nanos()));
    Error::new(
        ErrorKind::Overloaded,
        "the budget of upstream calls, or the room for keys, is used up; try again later",
    )
    .with_retry_after(wait)
}
