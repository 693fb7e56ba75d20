//! What all entries of a cache hold together: how many bytes of grants, until when the last of it is of any
//! use, and the orders in which they fall due and have to go.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::idle::Idle;
use super::warm::Warm;
use crate::cache::decide::EntryState;

/// Kept up to date by whoever replaces the state of an entry.
pub(crate) struct Held<T> {
    grant_bytes: AtomicUsize,
    /// The latest end of a grant or a cached error, in nanoseconds since boot. Only rises.
    until: AtomicU64,
    /// The entries that may be evicted.
    pub(super) idle: Idle<T>,
    /// Those that are refreshed without being read.
    pub(super) warm: Warm<T>,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        let (grant_bytes, until) = (AtomicUsize::new(0), AtomicU64::new(0));
        Self { grant_bytes, until, idle: Idle::default(), warm: Warm::default() }
    }
}

impl<T> Held<T> {
    /// An entry goes from one state to another.
    pub(super) fn changed(&self, old: &EntryState, new: &EntryState) {
        self.grant_bytes.fetch_add(grant_bytes(new), Ordering::Relaxed);
        self.grant_bytes.fetch_sub(grant_bytes(old), Ordering::Relaxed);
        let expiry = new.value.as_ref().map_or(0, |value| value.expires.boot_nanos());
        self.until.fetch_max(expiry.max(new.past.next), Ordering::Relaxed);
    }

    pub(crate) fn grant_bytes(&self) -> usize {
        self.grant_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn until(&self) -> u64 {
        self.until.load(Ordering::Relaxed)
    }
}

fn grant_bytes(state: &EntryState) -> usize {
    state.value.as_ref().map_or(0, |value| value.grant.as_str().len())
}
