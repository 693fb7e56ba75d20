//! What holds back every fetch of a cache or an account for a time.

use std::time::Duration;

use crate::clock::Now;
use crate::error::Error;

/// No fetch before `until` (nanoseconds since boot), because of `error`.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) until: u64,
    pub(crate) error: Error,
}

impl Block {
    /// The error for a caller who is refused now: it says when to come back.
    pub(crate) fn refusal(&self, now: Now) -> Error {
        let wait = Duration::from_nanos(self.until.saturating_sub(now.boot_nanos()));
        self.error.with_retry_after(wait)
    }
}
