//! A grant, how the cache stores it and how it hands it out.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::Guard;
use zeroize::Zeroizing;

use super::sighting::Sighting;
use super::state::EntryState;
use crate::clock::Now;
use crate::error::Error;

/// A short-lived credential as opaque text, byte for byte as it came. Never shown; wiped when the
/// last user is gone.
#[derive(PartialEq, Eq)]
pub struct Grant(Zeroizing<Box<str>>);

impl Grant {
    /// A grant from its text.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(Zeroizing::new(text.into()))
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
    /// The end of its life on both clocks, less the safety margin.
    pub(crate) expires: Now,
    /// A refresh is due when less than this remains, in nanoseconds.
    pub(crate) soft: u64,
    /// Below this callers wait for the flight in the air, in nanoseconds.
    pub(crate) wait_below: u64,
}

impl StoredGrant {
    /// The life left, net of the safety margin, in nanoseconds.
    #[inline]
    pub(crate) fn remaining(&self, now: Now) -> u64 {
        now.nanos_until(&self.expires)
    }

    /// The same by the clock that nobody can step.
    pub(crate) fn remaining_since_boot(&self, now: Now) -> u64 {
        self.expires.boot_nanos().saturating_sub(now.boot_nanos())
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
    /// A refresh is due or in the air; nobody has to wait for it.
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

/// A grant handed to a caller, with what was known of it at that moment.
pub struct Hit {
    lease: Lease,
    freshness: Freshness,
    remaining: u64,
    /// The Unix second it was handed out at.
    second: u64,
    /// Which state of its entry it was seen in, if it was read from there.
    version: Option<u64>,
    /// Why it is degraded, if it is.
    reason: Option<Error>,
}

/// How a hit holds its grant: the hot path borrows the entry's state without touching a counter
/// that other threads touch too.
enum Lease {
    State(Guard<Arc<EntryState>>),
    Grant(Arc<StoredGrant>),
}

impl Hit {
    /// A hit on the value of a state that has one.
    #[inline]
    pub(super) fn in_state(
        state: Guard<Arc<EntryState>>,
        version: u64,
        now: Now,
        freshness: Freshness,
        reason: Option<Error>,
    ) -> Self {
        let remaining = state.value.as_ref().map_or(0, |value| value.remaining(now));
        let second = now.unix_seconds();
        let version = Some(version);
        Self { lease: Lease::State(state), freshness, remaining, second, version, reason }
    }

    pub(super) fn of(
        grant: Arc<StoredGrant>,
        now: Now,
        freshness: Freshness,
        reason: Option<Error>,
    ) -> Self {
        let (remaining, second) = (grant.remaining(now), now.unix_seconds());
        let version = None;
        Self { lease: Lease::Grant(grant), freshness, remaining, second, version, reason }
    }

    /// The grant.
    #[must_use]
    pub fn grant(&self) -> &Grant {
        &self.stored().grant
    }

    /// How long the grant is still good, net of the safety margin, when it was handed out.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        Duration::from_nanos(self.remaining)
    }

    /// How good it is.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// Why the grant is degraded: the error of the last refresh, with the time after which the next
    /// is tried.
    #[must_use]
    pub fn reason(&self) -> Option<&Error> {
        self.reason.as_ref()
    }

    /// Tells grants of one cache apart; a later grant has a higher number.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.stored().generation
    }

    /// The Unix second, by the cache's clock, that the grant was handed out at.
    #[inline]
    pub(crate) fn second(&self) -> u64 {
        self.second
    }

    /// By which to ask later whether the grant is still what its entry has to give.
    pub(crate) fn sighting(&self) -> Option<Sighting> {
        self.version.map(|version| Sighting::of(self.stored(), version))
    }

    #[inline]
    fn stored(&self) -> &StoredGrant {
        match &self.lease {
            Lease::State(state) => {
                state.value.as_deref().expect("a hit is made only on a state with a value")
            }
            Lease::Grant(grant) => grant,
        }
    }
}

impl Deref for Hit {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        self.grant()
    }
}

impl fmt::Debug for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hit")
            .field("freshness", &self.freshness)
            .field("remaining", &self.remaining())
            .field("generation", &self.generation())
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
