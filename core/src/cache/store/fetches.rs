//! The fetches in flight, to count them and to find those that are overdue.

use std::collections::HashMap;
use std::sync::Arc;

use super::entry::Entry;
use crate::cache::decide::Fetch;
use crate::clock::Now;
use crate::sync::Mutex;

/// Every fetch in flight.
#[derive(Default)]
pub(crate) struct Fetches(Mutex<State>);

#[derive(Default)]
struct State {
    /// By their addresses.
    all: HashMap<usize, InFlight>,
}

struct InFlight {
    entry: Arc<Entry>,
    fetch: Arc<Fetch>,
}

impl Fetches {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().all.len()
    }

    pub(crate) fn add(&self, entry: &Arc<Entry>, fetch: &Arc<Fetch>) {
        let (entry, fetch) = (Arc::clone(entry), Arc::clone(fetch));
        self.0.lock().all.insert(address(&fetch), InFlight { entry, fetch });
    }

    /// Removes a fetch; false if somebody did before.
    pub(crate) fn remove(&self, fetch: &Arc<Fetch>) -> bool {
        let removed = self.0.lock().all.remove(&address(fetch));
        // It may be the last owner of a grant to wipe, so not under the lock.
        removed.is_some()
    }

    /// When the next fetch is overdue, in nanoseconds since boot.
    pub(crate) fn next_overdue(&self) -> Option<u64> {
        self.0.lock().all.values().map(|found| found.fetch.overdue_at()).min()
    }

    /// When the last fetch is overdue, in nanoseconds since boot.
    pub(crate) fn last_overdue(&self) -> Option<u64> {
        self.0.lock().all.values().map(|found| found.fetch.overdue_at()).max()
    }

    pub(crate) fn overdue(&self, now: Now) -> Vec<(Arc<Entry>, Arc<Fetch>)> {
        let state = self.0.lock();
        let overdue = state.all.values().filter(|found| found.fetch.is_overdue(now));
        let both = |found: &InFlight| (Arc::clone(&found.entry), Arc::clone(&found.fetch));
        let mut overdue: Vec<_> = overdue.map(both).collect();
        overdue.sort_by_key(|(_, fetch)| fetch.overdue_at());
        overdue
    }
}

/// What tells a thing from all others for as long as it is kept.
fn address<T>(of: &Arc<T>) -> usize {
    Arc::as_ptr(of).addr()
}
