//! The fetches in flight, to count them and to find those that are overdue.

use std::collections::HashMap;
use std::sync::Arc;

use super::entry::Entry;
use super::realm::Realm;
use crate::cache::decide::{Fetch, Purpose};
use crate::clock::Now;
use crate::sync::Mutex;

/// Every fetch in flight.
#[derive(Default)]
pub(crate) struct Fetches(Mutex<State>);

#[derive(Default)]
struct State {
    /// By their addresses.
    all: HashMap<usize, InFlight>,
    /// How many fetches of cold keys have not sent their request, by the address of their realm.
    unsent: HashMap<usize, usize>,
}

struct InFlight {
    entry: Arc<Entry>,
    fetch: Arc<Fetch>,
    /// It counts among the unsent.
    is_unsent: bool,
}

impl Fetches {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().all.len()
    }

    pub(crate) fn add(&self, entry: &Arc<Entry>, fetch: &Arc<Fetch>) {
        let is_unsent = fetch.purpose == Purpose::Cold;
        let (entry, fetch) = (Arc::clone(entry), Arc::clone(fetch));
        let mut state = self.0.lock();
        if is_unsent {
            *state.unsent.entry(address(&entry.realm)).or_default() += 1;
        }
        state.all.insert(address(&fetch), InFlight { entry, fetch, is_unsent });
    }

    /// The request of a fetch is sent.
    pub(crate) fn sent(&self, fetch: &Arc<Fetch>) {
        let mut state = self.0.lock();
        if let Some(found) = state.all.get_mut(&address(fetch))
            && std::mem::take(&mut found.is_unsent)
        {
            let realm = address(&found.entry.realm);
            state.no_longer_unsent(realm);
        }
    }

    /// Removes a fetch; false if somebody did before.
    pub(crate) fn remove(&self, fetch: &Arc<Fetch>) -> bool {
        let mut state = self.0.lock();
        let removed = state.all.remove(&address(fetch));
        if let Some(found) = &removed
            && found.is_unsent
        {
            state.no_longer_unsent(address(&found.entry.realm));
        }
        // It may be the last owner of a grant to wipe, so not under the lock.
        drop(state);
        removed.is_some()
    }

    /// How many fetches of cold keys wait to send their request: they have taken nothing out of the
    /// rate limit yet.
    pub(crate) fn unsent(&self, realm: &Arc<Realm>) -> usize {
        self.0.lock().unsent.get(&address(realm)).copied().unwrap_or(0)
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

impl State {
    fn no_longer_unsent(&mut self, realm: usize) {
        if let Some(count) = self.unsent.get_mut(&realm) {
            *count -= 1;
            if *count == 0 {
                self.unsent.remove(&realm);
            }
        }
    }
}

/// What tells a thing from all others for as long as it is kept.
fn address<T>(of: &Arc<T>) -> usize {
    Arc::as_ptr(of).addr()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cache::decide::{EntryState, Key};
    use crate::cache::store::held::Held;
    use crate::cache::store::limiter::Unlimited;
    use crate::clock::Clock;

    #[test]
    fn what_is_sent_or_over_is_unsent_no_more() {
        let realm = Arc::new(Realm::new(None, Arc::new(Unlimited)));
        let key = Key::new("stream", Duration::from_secs(60)).unwrap();
        let (state, held, now) =
            (EntryState::default(), Arc::<Held>::default(), Clock::system().now());
        let entry = Arc::new(Entry::new(key, Arc::clone(&realm), state, &held, now));
        let fetch = |purpose| Arc::new(Fetch::new(Arc::default(), 0, purpose, 0, 1, 2));
        let fetches = Fetches::default();
        let all: Vec<_> = (0..3).map(|_| fetch(Purpose::Cold)).collect();
        all.iter().for_each(|one| fetches.add(&entry, one));
        fetches.add(&entry, &fetch(Purpose::Refresh));
        assert_eq!((fetches.len(), fetches.unsent(&realm)), (4, 3));
        fetches.sent(&all[0]);
        fetches.sent(&all[0]);
        assert!(fetches.remove(&all[1]) && !fetches.remove(&all[1]));
        assert_eq!((fetches.len(), fetches.unsent(&realm)), (3, 1));
        for one in &all {
            fetches.remove(one);
        }
        assert_eq!((fetches.len(), fetches.unsent(&realm)), (1, 0));
    }
}
