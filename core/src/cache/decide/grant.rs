//! A grant: the opaque text, and what the cache decides about it when it comes.

use std::fmt;

use zeroize::Zeroizing;

use super::windows::patience;
use crate::clock::Now;
use crate::fleet::Mark;
use crate::wiped::WipedString;

/// A short-lived credential as opaque text, byte for byte as it came. Never shown; wiped when the
/// last user is gone.
#[derive(PartialEq, Eq)]
pub struct Grant(Zeroizing<Box<str>>);

impl Grant {
    /// A grant from its text, which is wiped if it is given away.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        // To shrink it could leave a copy behind.
        let text = WipedString::from(text.into());
        Self(Zeroizing::new(text.as_str().into()))
    }

    /// The text. Treat it as the secret it is.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grant(..)")
    }
}

/// A grant in the store, with everything that was decided when it came. Never changed afterwards,
/// so that it can be read, and taken over by a forked child, without a lock.
#[derive(Debug)]
pub(crate) struct StoredGrant {
    pub(crate) grant: Grant,
    /// Unique within one cache and rising.
    pub(crate) generation: u64,
    /// The end of its lifetime on both clocks, less the safety margin.
    pub(crate) expires: Now,
    /// When it came, in nanoseconds since boot.
    pub(crate) came: u64,
    /// A refresh is due when less than this remains, in nanoseconds.
    pub(crate) soft: u64,
    /// Below this callers wait for the fetch in flight, in nanoseconds.
    pub(crate) wait_below: u64,
    /// How long it lives, in nanoseconds.
    pub(crate) lifetime: u64,
    /// What callers are promised who do not say, in nanoseconds.
    pub(crate) promise: u64,
    /// What other processes know it by, if it is shared.
    pub(crate) mark: Option<Mark>,
}

impl StoredGrant {
    /// The lifetime left, net of the safety margin, in nanoseconds.
    #[inline]
    pub(crate) fn remaining(&self, now: Now) -> u64 {
        now.nanos_until(&self.expires)
    }

    /// The same by the clock that nobody can step.
    pub(crate) fn remaining_since_boot(&self, now: Now) -> u64 {
        self.expires.boot_nanos().saturating_sub(now.boot_nanos())
    }

    /// How long callers who have it wait for a better one, in nanoseconds.
    pub(crate) fn patience(&self) -> u64 {
        patience(self.lifetime)
    }

    /// Whether it kept a promise when it came.
    pub(crate) fn has_kept(&self, promise: u64) -> bool {
        self.expires.boot_nanos().saturating_sub(self.came) >= promise
    }

    /// Whether this grant lives longer than another.
    pub(crate) fn outlives(&self, other: &Self, now: Now) -> bool {
        self.remaining(now) > other.remaining(now)
    }
}

/// How good the grant is that a caller was handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Freshness {
    /// No refresh is due.
    Fresh,
    /// A refresh is due or in flight; nobody has to wait for it.
    Refreshing,
    /// The last refresh failed or may not be tried yet. The grant still keeps the caller's
    /// `min_remaining`.
    Degraded,
}

impl Freshness {
    /// The name that all languages show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Refreshing => "refreshing",
            Self::Degraded => "degraded",
        }
    }
}
