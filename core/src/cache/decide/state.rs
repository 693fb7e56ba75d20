//! What is known of one key, as an immutable snapshot, and which snapshot follows which event.
//!
//! A snapshot is never changed; the holder of the entry's lock puts another in its place. So a hit reads
//! without a lock, and a forked child can read what its parent left half done.

use std::sync::Arc;

use super::errors::{abandoned, grant_too_short};
use super::fetch::Fetch;
use super::grant::StoredGrant;
use super::promise::Promise;
use crate::clock::Now;
use crate::error::Error;

/// What is known of one key.
#[derive(Clone, Default)]
pub(crate) struct EntryState {
    /// The grant; an error never takes its place.
    pub(crate) value: Option<Arc<StoredGrant>>,
    /// The one fetch in flight.
    pub(crate) fetch: Option<Arc<Fetch>>,
    /// How the last fetches ended.
    pub(crate) past: Past,
    /// Raised by every invalidation and rotation: what a fetch of an earlier era brings is not
    /// stored.
    pub(crate) era: u32,
    /// The entry has left the map; look the key up again.
    pub(crate) retired: bool,
}

/// How the last fetches of one key ended.
#[derive(Clone, Default)]
pub(crate) struct Past {
    /// Why the last fetch failed; none if it did not.
    pub(crate) error: Option<Error>,
    /// No fetch before this, in nanoseconds since boot.
    pub(crate) next: u64,
    /// Other processes fetch first until then, in nanoseconds since boot: a failure was this one's alone.
    pub(crate) fetches_from: u64,
    /// Failures in a row.
    pub(crate) failures: u32,
    /// Fetches in a row that were dropped without an outcome.
    pub(crate) abandoned: u32,
}

impl Past {
    /// Why there is no fetch now, for a caller who cannot use the stored grant.
    pub(super) fn reason(&self) -> Error {
        match &self.error {
            Some(error) => error.clone(),
            None if self.abandoned > 0 => abandoned(),
            // The last fetch succeeded, and what it brought is not enough for this caller.
            None => grant_too_short(),
        }
    }
}

impl EntryState {
    /// The fetch in flight, unless it is overdue.
    pub(crate) fn live_fetch(&self, now: Now) -> Option<&Arc<Fetch>> {
        self.fetch.as_ref().filter(|fetch| !fetch.is_overdue(now))
    }

    /// The grant, if it keeps a promise.
    pub(crate) fn keeping(&self, promise: Promise, now: Now) -> Option<&Arc<StoredGrant>> {
        self.value.as_ref().filter(|value| value.remaining(now) >= promise.of(value))
    }

    /// How long the last grant lived, in nanoseconds.
    pub(crate) fn lifetime(&self) -> Option<u64> {
        self.value.as_ref().map(|value| value.lifetime)
    }

    /// With a fetch in flight.
    pub(crate) fn fetching(&self, fetch: Arc<Fetch>) -> Self {
        Self { fetch: Some(fetch), ..self.clone() }
    }

    /// Whether a fetch is the one in flight.
    pub(crate) fn awaits(&self, fetch: &Arc<Fetch>) -> bool {
        self.fetch.as_ref().is_some_and(|current| Arc::ptr_eq(current, fetch))
    }

    /// After a fetch that brought the grant; none follows before `next`, in nanoseconds since boot.
    pub(crate) fn succeeded(&self, next: u64) -> Self {
        let past = Past { next, ..Past::default() };
        Self { fetch: None, past, ..self.clone() }
    }

    /// After a fetch that failed; none follows before `next`.
    pub(crate) fn failed(&self, error: Error, next: u64) -> Self {
        let failures = self.past.failures.saturating_add(1);
        let past = Past { error: Some(error), next, failures, ..Past::default() };
        Self { fetch: None, past, ..self.clone() }
    }

    /// After a fetch whose credential was refused. That is known of the credential: others may try at
    /// once.
    pub(crate) fn refused(&self) -> Self {
        Self { fetch: None, ..self.clone() }
    }

    /// After a fetch that was dropped without an outcome. The first two cost nothing; from the third
    /// on none follows before `next`.
    pub(crate) fn abandoned(&self, next: u64) -> Self {
        let abandoned = self.past.abandoned.saturating_add(1);
        let past = if abandoned > 2 {
            Past { next, abandoned, ..self.past.clone() }
        } else {
            Past { abandoned, ..self.past.clone() }
        };
        Self { fetch: None, past, ..self.clone() }
    }

    /// After a fetch whose request could not be sent because of the account's rate limit. Upstream did
    /// not fail, but without a pause every caller would queue another fetch.
    pub(crate) fn held_off(&self, error: Error, next: u64) -> Self {
        let past = Past { error: Some(error), next, ..self.past.clone() };
        Self { fetch: None, past, ..self.clone() }
    }

    /// The same state, in which other processes of the fleet fetch first until a time, in nanoseconds since boot.
    pub(crate) fn fetching_from(mut self, time: u64) -> Self {
        self.past.fetches_from = time;
        self
    }

    /// Without the grant, which another process has had given up. What is being fetched is kept.
    pub(crate) fn given_up(&self) -> Self {
        Self { value: None, ..self.clone() }
    }

    /// Of the next era: no fetch, no cached error, and the grant only if it may stay.
    pub(crate) fn renewed(&self, keep_value: bool) -> Self {
        Self {
            value: self.value.clone().filter(|_| keep_value),
            era: self.era.wrapping_add(1),
            retired: self.retired,
            ..Self::default()
        }
    }
}
