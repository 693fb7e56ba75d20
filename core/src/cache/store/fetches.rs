//! The fetches in flight, to count them and to find those that are overdue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::entry::Entry;
use crate::cache::decide::Fetch;
use crate::clock::Now;
use crate::sync::Mutex;

/// Every fetch in flight. With n of them, each step here takes O(log n): a fetch that begins, is sent or
/// ends, a look at when the next is overdue, and each one that is.
#[derive(Default)]
pub(crate) struct Fetches(Mutex<State>);

#[derive(Default)]
struct State {
    /// By their addresses.
    all: BTreeMap<Address, InFlight>,
    /// By when they are overdue, in nanoseconds since boot.
    by_time: BTreeSet<(u64, Address)>,
}

struct InFlight {
    entry: Arc<Entry>,
    fetch: Arc<Fetch>,
    /// Its time among the others'.
    overdue_at: u64,
}

impl Fetches {
    pub(crate) fn len(&self) -> usize {
        self.0.lock().all.len()
    }

    pub(crate) fn add(&self, entry: &Arc<Entry>, fetch: &Arc<Fetch>) {
        let (address, overdue_at) = (address(fetch), fetch.overdue_at());
        let (entry, fetch) = (Arc::clone(entry), Arc::clone(fetch));
        let mut state = self.0.lock();
        state.by_time.insert((overdue_at, address));
        state.all.insert(address, InFlight { entry, fetch, overdue_at });
    }

    /// The request of a fetch is sent, and has until another deadline. Returns whether the next fetch is
    /// overdue sooner by that.
    pub(crate) fn sent(&self, fetch: &Arc<Fetch>, deadline: u64) -> bool {
        let mut state = self.0.lock();
        // The time and its place among the others change together.
        fetch.sent_until(deadline);
        state.moved(address(fetch), fetch.overdue_at())
    }

    /// A fetch is handed on to be started before another deadline. Returns as [`Fetches::sent`] does.
    pub(crate) fn handed_on(&self, fetch: &Arc<Fetch>, deadline: u64) -> bool {
        let mut state = self.0.lock();
        fetch.handed_on_until(deadline);
        state.moved(address(fetch), fetch.overdue_at())
    }

    /// A fetch waits for its turn, until this time at most, in nanoseconds since boot.
    pub(crate) fn waits(&self, fetch: &Arc<Fetch>, until: u64) {
        let mut state = self.0.lock();
        fetch.waits_until(until);
        state.moved(address(fetch), fetch.overdue_at());
    }

    /// Removes a fetch; false if somebody did before.
    pub(crate) fn remove(&self, fetch: &Arc<Fetch>) -> bool {
        let address = address(fetch);
        let mut state = self.0.lock();
        let removed = state.all.remove(&address);
        if let Some(found) = &removed {
            state.by_time.remove(&(found.overdue_at, address));
        }
        // It may be the last owner of a grant to wipe, so not under the lock.
        drop(state);
        removed.is_some()
    }

    /// When the next fetch is overdue, in nanoseconds since boot.
    pub(crate) fn next_overdue(&self) -> Option<u64> {
        self.0.lock().by_time.first().map(|(time, _)| *time)
    }

    /// When the last fetch is overdue, in nanoseconds since boot.
    pub(crate) fn last_overdue(&self) -> Option<u64> {
        self.0.lock().by_time.last().map(|(time, _)| *time)
    }

    /// Those that are overdue, the first to be so first.
    pub(crate) fn overdue(&self, now: Now) -> Vec<(Arc<Entry>, Arc<Fetch>)> {
        let state = self.0.lock();
        let overdue = state.by_time.range(..=(now.boot_nanos(), Address::MAX));
        let overdue = overdue.filter_map(|(_, address)| state.all.get(address));
        overdue.map(|found| (Arc::clone(&found.entry), Arc::clone(&found.fetch))).collect()
    }
}

impl State {
    fn moved(&mut self, address: Address, overdue_at: u64) -> bool {
        let Some(found) = self.all.get_mut(&address) else { return false };
        let before = std::mem::replace(&mut found.overdue_at, overdue_at);
        let first = self.by_time.first().copied();
        self.by_time.remove(&(before, address));
        self.by_time.insert((overdue_at, address));
        first.is_some_and(|(time, _)| overdue_at < time)
    }
}

/// What tells a thing from all others for as long as it is kept.
type Address = usize;

fn address<T>(of: &Arc<T>) -> Address {
    Arc::as_ptr(of).addr()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::cache::decide::{EntryState, Key, Lane, Purpose, Turn};
    use crate::cache::store::held::Held;
    use crate::cache::store::limiter::Unlimited;
    use crate::cache::store::realm::Realm;
    use crate::clock::Clock;

    fn entry() -> Arc<Entry> {
        let realm = Arc::new(Realm::new(None, Arc::new(Unlimited)));
        let key = Key::new("stream", Duration::from_secs(60)).unwrap();
        let held = Arc::<Held<Entry>>::default();
        Entry::new(key, realm, EntryState::default(), &held, Clock::system().now())
    }

    fn fetch(deadline: u64) -> Arc<Fetch> {
        let lane = Lane { number: 0, takes_threads: false };
        let turn = Arc::new(Turn::new(lane, 0, 0, 0));
        Arc::new(Fetch::new(Arc::default(), 0, Purpose::Cold, 0, turn, deadline))
    }

    fn at(boot: u64) -> Now {
        Now::new(Duration::from_nanos(boot), Duration::ZERO)
    }

    #[test]
    fn a_fetch_is_removed_once() {
        let (entry, fetches) = (entry(), Fetches::default());
        let all: Vec<_> = (0..3).map(|_| fetch(2)).collect();
        all.iter().for_each(|one| fetches.add(&entry, one));
        assert!(fetches.remove(&all[1]) && !fetches.remove(&all[1]));
        assert_eq!(fetches.len(), 2);
    }

    #[test]
    fn they_are_overdue_in_the_order_of_the_deadlines_that_they_have_now() {
        let (entry, fetches) = (entry(), Fetches::default());
        let all: Vec<_> = (1..=3).map(|time| fetch(10 * time)).collect();
        all.iter().for_each(|one| fetches.add(&entry, one));
        let over = |deadline: u64| all[0].overdue_at() - all[0].deadline() + deadline;
        assert_eq!(fetches.next_overdue(), Some(over(10)));
        assert!(!fetches.sent(&all[0], 40), "it has longer than it had");
        assert!(fetches.sent(&all[2], 5), "it has not, and is the next");
        fetches.waits(&all[1], 5);
        let ends = (fetches.next_overdue(), fetches.last_overdue());
        assert_eq!(ends, (Some(over(5)), Some(over(40))));
        let overdue: Vec<_> =
            fetches.overdue(at(over(20))).into_iter().map(|(_, one)| one).collect();
        assert!(overdue.len() == 2 && Arc::ptr_eq(&overdue[0], &all[2]));
        all.iter().for_each(|one| assert!(fetches.remove(one)));
        assert_eq!((fetches.next_overdue(), fetches.last_overdue()), (None, None));
    }
}
