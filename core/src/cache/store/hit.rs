//! A grant as it is handed to a caller.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::Guard;

use super::sighting::Sighting;
use crate::cache::decide::{EntryState, Freshness, Grant, StoredGrant};
use crate::clock::Now;
use crate::error::Error;

/// A grant handed to a caller, with what was known of it at that moment.
pub struct Hit {
    lease: Lease,
    freshness: Freshness,
    remaining: u64,
    /// The reading of the cache's clock that it was handed out by.
    now: Now,
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
    pub(crate) fn in_state(
        state: Guard<Arc<EntryState>>,
        version: u64,
        now: Now,
        freshness: Freshness,
        reason: Option<Error>,
    ) -> Self {
        let remaining = state.value.as_ref().map_or(0, |value| value.remaining(now));
        let version = Some(version);
        Self { lease: Lease::State(state), freshness, remaining, now, version, reason }
    }

    pub(crate) fn of(
        grant: Arc<StoredGrant>,
        now: Now,
        freshness: Freshness,
        reason: Option<Error>,
    ) -> Self {
        let remaining = grant.remaining(now);
        let version = None;
        Self { lease: Lease::Grant(grant), freshness, remaining, now, version, reason }
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
        self.now.unix_seconds()
    }

    /// The reading of the cache's clock that the grant was handed out by.
    #[inline]
    pub(crate) fn now(&self) -> Now {
        self.now
    }

    /// Whether it was read from its entry, so that it has a sighting.
    #[inline]
    pub(crate) fn is_of_entry(&self) -> bool {
        self.version.is_some()
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
