//! A grant that was seen, and whether it is still what its entry has to give.

use std::time::Duration;

use crate::cache::decide::{Freshness, Promise, StoredGrant};
use crate::clock::Now;

/// A fresh grant as it was seen in an entry. A caller that keeps what it made of that grant can ask its
/// handle whether it may still be used, which is cheaper than to be handed the grant again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    /// Which of the states of its entry had it.
    pub(crate) version: u64,
    expires: Now,
    soft: u64,
    /// What the grant promises callers who do not say.
    promise: u64,
}

/// A grant that is still as it was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StillFresh {
    remaining: u64,
    now: Now,
}

impl Sighting {
    pub(crate) fn of(grant: &StoredGrant, version: u64) -> Self {
        Self { version, expires: grant.expires, soft: grant.soft, promise: grant.promise }
    }

    /// Whether the grant keeps a promise and is not due for a refresh: what alone an entry decides
    /// without regard to anything else.
    #[inline]
    pub(crate) fn at(&self, now: Now, promise: Promise) -> Option<StillFresh> {
        let remaining = now.nanos_until(&self.expires);
        (remaining >= self.soft.max(promise.by(self.promise)))
            .then_some(StillFresh { remaining, now })
    }
}

impl StillFresh {
    /// What it is handed out as.
    pub(crate) const FRESHNESS: Freshness = Freshness::Fresh;

    /// How long it is still good, net of the safety margin.
    #[inline]
    pub(crate) fn remaining(&self) -> Duration {
        Duration::from_nanos(self.remaining)
    }

    /// The Unix second it is handed out at.
    #[inline]
    pub(crate) fn second(&self) -> u64 {
        self.now.unix_seconds()
    }

    /// The reading of the cache's clock that it is handed out by.
    #[inline]
    pub(crate) fn now(&self) -> Now {
        self.now
    }
}
