//! How much remaining lifetime a caller is promised.

use super::grant::StoredGrant;

/// The least remaining lifetime that a caller is handed, net of the safety margin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Promise {
    /// In nanoseconds.
    time: u64,
    /// The caller did not say, so that a grant which lives shorter than was asked for keeps a shorter one.
    is_usual: bool,
}

impl Promise {
    /// Some lifetime is left: an expired grant is handed to nobody.
    pub(crate) const ANY: Self = Self { time: 1, is_usual: false };

    /// What callers get who do not say, in nanoseconds, by the lifetime that is asked for.
    pub(crate) fn usual(time: u64) -> Self {
        Self { time: time.max(1), is_usual: true }
    }

    /// What a caller asks for itself, in nanoseconds.
    pub(crate) fn asked(time: u64) -> Self {
        Self { time: time.max(1), is_usual: false }
    }

    /// The promise that a grant has to keep, in nanoseconds.
    #[inline]
    pub(crate) fn of(self, grant: &StoredGrant) -> u64 {
        self.by(grant.promise)
    }

    /// The same, by what a grant promises callers who do not say.
    #[inline]
    pub(crate) fn by(self, usual: u64) -> u64 {
        if self.is_usual { self.time.min(usual).max(1) } else { self.time }
    }

    /// What was asked for, in nanoseconds; nothing if the caller did not say.
    pub(crate) fn said(self) -> u64 {
        if self.is_usual { 0 } else { self.time }
    }
}
