//! One entry of the cache: a key, its current state, and who may replace that.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use arc_swap::{ArcSwap, Guard};

use super::held::Held;
use super::idle::{Idles, Place};
use super::realm::Realm;
use super::warm::{Due, Warms};
use crate::cache::decide::{EntryState, Key};
use crate::clock::Now;
use crate::sync::{self, Mutex, MutexGuard};

/// Reads within this time of each other count as one, so that readers on many threads do not all
/// write to one cache line.
const READ_GRAIN: u64 = 1_000_000_000;

/// Who keeps something beside an entry, for as long as that is in the map.
pub(crate) trait Follower: Send + Sync {
    /// The entry of this key has left the map.
    fn evicted(&self, key: &Key);
}

/// An entry that has left the map was met: look the key up again.
pub(crate) struct Retired;

pub(crate) struct Entry {
    pub(crate) key: Key,
    /// Tells it from all others.
    number: u64,
    /// Whose it is.
    pub(crate) realm: Arc<Realm>,
    state: ArcSwap<EntryState>,
    /// The number of the state: equal before and after means untouched between.
    version: AtomicU64,
    /// Held while the state is replaced; readers do not need it.
    lock: Mutex<Followers>,
    /// When it was last read, in nanoseconds since boot, to within [`READ_GRAIN`].
    last_read: AtomicU64,
    /// Where it stands among those that may be evicted: with no fetch in flight and not kept warm.
    place: Place,
    /// Until when it is refreshed without being read, in nanoseconds since boot; 0 if it is not.
    warm_until: AtomicU64,
    /// What this entry and its like hold.
    held: Arc<Held<Entry>>,
}

impl Entry {
    pub(crate) fn new(
        key: Key,
        realm: Arc<Realm>,
        state: EntryState,
        held: &Arc<Held<Self>>,
        now: Now,
    ) -> Arc<Self> {
        held.changed(&EntryState::default(), &state);
        let entry = Arc::new(Self {
            key,
            number: next_version(),
            realm,
            state: ArcSwap::from_pointee(state),
            version: AtomicU64::new(next_version()),
            lock: Mutex::default(),
            last_read: AtomicU64::new(now.boot_nanos()),
            place: Place::default(),
            warm_until: AtomicU64::new(0),
            held: Arc::clone(held),
        });
        entry.lock().rank();
        entry
    }

    /// The state to read from.
    #[inline]
    pub(crate) fn state(&self) -> Guard<Arc<EntryState>> {
        sync::step();
        self.state.load()
    }

    /// Which state it is in. Read before the state itself, so that a state that comes between is
    /// taken for an old one and never an old one for new.
    #[inline]
    pub(crate) fn version(&self) -> u64 {
        sync::step();
        self.version.load(Ordering::Acquire)
    }

    /// The right to replace the state.
    pub(crate) fn lock(self: &Arc<Self>) -> Change<'_> {
        Change { followers: self.lock.lock(), entry: self }
    }

    #[inline]
    pub(crate) fn note_read(&self, now: Now) {
        let time = now.boot_nanos();
        if time.saturating_sub(self.last_read.load(Ordering::Relaxed)) > READ_GRAIN {
            self.last_read.store(time, Ordering::Relaxed);
        }
    }

    /// Keeps it warm for an owner; a time that has passed ends it. Under the lock, so that it is not retired
    /// meanwhile.
    pub(crate) fn keep_warm(
        self: &Arc<Self>,
        owner: u64,
        until: u64,
        now: Now,
    ) -> Result<(), Retired> {
        let change = self.lock();
        if change.state().retired {
            return Err(Retired);
        }
        change.set_warm_until(self.held.warm.keep(owner, self, until, now));
        Ok(())
    }

    /// Takes in that somebody does not keep it warm any more.
    pub(crate) fn let_cool(self: &Arc<Self>) {
        let change = self.lock();
        change.set_warm_until(self.held.warm.longest(self));
    }

    /// Tells somebody when the entry leaves the map.
    pub(crate) fn follow(self: &Arc<Self>, follower: Weak<dyn Follower>) -> Result<(), Retired> {
        let mut change = self.lock();
        if change.state().retired {
            return Err(Retired);
        }
        if change.followers.len() == change.followers.capacity() {
            change.followers.retain(|other| other.strong_count() > 0);
        }
        change.followers.push(follower);
        Ok(())
    }

    /// Tells those who follow that it has left the map.
    pub(crate) fn tell_followers(self: &Arc<Self>) {
        let followers = std::mem::take(&mut *self.lock().followers);
        for follower in followers.iter().filter_map(Weak::upgrade) {
            follower.evicted(&self.key);
        }
    }

    /// Whether it may be evicted in this state: it has no fetch in flight and is not kept warm.
    fn is_evictable(&self, state: &EntryState) -> bool {
        !state.retired && state.fetch.is_none() && self.warm_until.load(Ordering::Relaxed) == 0
    }
}

impl Idles for Entry {
    fn number(&self) -> u64 {
        self.number
    }

    fn last_read(&self) -> u64 {
        self.last_read.load(Ordering::Relaxed)
    }

    fn place(&self) -> &Place {
        &self.place
    }
}

impl Warms for Entry {
    fn number(&self) -> u64 {
        self.number
    }

    fn due(&self, now: Now) -> Due {
        due(&self.state(), now)
    }
}

type Followers = Vec<Weak<dyn Follower>>;

/// The right to replace an entry's state, for as long as it is held.
pub(crate) struct Change<'a> {
    followers: MutexGuard<'a, Followers>,
    entry: &'a Arc<Entry>,
}

impl Change<'_> {
    pub(crate) fn state(&self) -> Arc<EntryState> {
        self.entry.state.load_full()
    }

    /// Puts another state in the place of this one, and the entry in its places in the orders: O(log n).
    pub(crate) fn replace(&self, state: EntryState) {
        let entry = self.entry;
        let before = entry.state.load();
        entry.held.changed(&before, &state);
        let moves = entry.is_evictable(&before) != entry.is_evictable(&state);
        drop(before);
        entry.state.store(Arc::new(state));
        sync::step();
        entry.version.store(next_version(), Ordering::Release);
        if moves {
            self.rank();
        }
        if entry.warm_until.load(Ordering::Relaxed) > 0 {
            // Not later than it is: whoever comes to it by then knows the time.
            entry.held.warm.moved(entry, due(&entry.state(), Now::default()));
        }
    }

    /// Whether the entry may be evicted.
    pub(crate) fn is_evictable(&self) -> bool {
        self.entry.is_evictable(&self.entry.state())
    }

    fn set_warm_until(&self, time: u64) {
        self.entry.warm_until.store(time, Ordering::Relaxed);
        self.rank();
    }

    /// Puts the entry in its place among those that may be evicted, or removes it from them.
    fn rank(&self) {
        match self.is_evictable() {
            true => self.entry.held.idle.add(self.entry),
            false => self.entry.held.idle.remove(self.entry),
        }
    }
}

/// When an entry that is kept warm falls due in a state; not before a fetch in flight is over.
fn due(state: &EntryState, now: Now) -> Due {
    if let Some(fetch) = &state.fetch {
        return Due::at_boot(fetch.overdue_at());
    }
    let next = state.past.next;
    let Some(value) = &state.value else { return Due::at_boot(next) };
    // One nanosecond after the soft point.
    let after = |end: u64| end.saturating_add(1).saturating_sub(value.soft);
    let (boot, wall) = (after(value.expires.boot_nanos()), after(value.expires.wall_nanos()));
    let pause = next.saturating_sub(now.boot_nanos());
    if pause > 0 && wall.saturating_sub(now.wall_nanos()) <= pause {
        return Due::at_boot(next);
    }
    Due { boot: boot.max(next), wall }
}

/// A number that no other state has, of this entry or another: the handle of a key may have seen
/// several entries of it.
fn next_version() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
