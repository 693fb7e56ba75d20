//! The fetches in flight, to count them and to find those that are overdue.

use std::sync::Arc;

use super::entry::Entry;
use super::realm::Realm;
use crate::cache::decide::{Fetch, Purpose};
use crate::clock::Now;
use crate::sync::Mutex;

/// Every fetch in flight with its entry.
#[derive(Default)]
pub(crate) struct Fetches(Mutex<Vec<(Arc<Entry>, Arc<Fetch>)>>);

impl Fetches {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().len()
    }

    pub(crate) fn add(&self, entry: &Arc<Entry>, fetch: &Arc<Fetch>) {
        self.0.lock().push((Arc::clone(entry), Arc::clone(fetch)));
    }

    /// Removes a fetch; false if somebody did before.
    pub(crate) fn remove(&self, fetch: &Arc<Fetch>) -> bool {
        let mut fetches = self.0.lock();
        let found = fetches.iter().position(|(_, other)| Arc::ptr_eq(other, fetch));
        let removed = found.map(|index| fetches.swap_remove(index));
        // It may be the last owner of a grant to wipe, so not under the lock.
        drop(fetches);
        removed.is_some()
    }

    /// How many fetches of cold keys wait to send their request: they have taken nothing out of the
    /// rate limit yet.
    pub(crate) fn unsent(&self, realm: &Arc<Realm>) -> usize {
        let unsent = |fetch: &Fetch| fetch.purpose == Purpose::Cold && !fetch.is_sent();
        let fetches = self.0.lock();
        let own = fetches.iter().filter(|(entry, _)| Arc::ptr_eq(&entry.realm, realm));
        own.filter(|(_, fetch)| unsent(fetch)).count()
    }

    /// When the next fetch is overdue, in nanoseconds since boot.
    pub(crate) fn next_overdue(&self) -> Option<u64> {
        self.0.lock().iter().map(|(_, fetch)| fetch.overdue_at()).min()
    }

    /// When the last fetch is overdue, in nanoseconds since boot.
    pub(crate) fn last_overdue(&self) -> Option<u64> {
        self.0.lock().iter().map(|(_, fetch)| fetch.overdue_at()).max()
    }

    pub(crate) fn overdue(&self, now: Now) -> Vec<(Arc<Entry>, Arc<Fetch>)> {
        let mut fetches = self.0.lock().clone();
        fetches.retain(|(_, fetch)| fetch.is_overdue(now));
        fetches
    }
}
