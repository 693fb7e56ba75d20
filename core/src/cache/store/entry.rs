//! One entry of the cache: a key, its current state, and who may replace that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};

use super::held::Held;
use super::realm::Realm;
use crate::cache::decide::{EntryState, Key};
use crate::clock::Now;
use crate::sync::{self, Mutex, MutexGuard};

/// Reads within this time of each other count as one, so that readers on many threads do not all
/// write to one cache line.
const READ_GRAIN: u64 = 1_000_000_000;

/// An entry that has left the map was met: look the key up again.
pub(crate) struct Retired;

pub(crate) struct Entry {
    pub(crate) key: Key,
    /// Whose it is.
    pub(crate) realm: Arc<Realm>,
    state: ArcSwap<EntryState>,
    /// The number of the state: equal before and after means untouched between.
    version: AtomicU64,
    /// Held while the state is replaced; readers do not need it.
    lock: Mutex<()>,
    /// When it was last read, in nanoseconds since boot, to within [`READ_GRAIN`].
    last_read: AtomicU64,
    /// Until when it is refreshed without being read, in nanoseconds since boot.
    warm_until: AtomicU64,
    /// What this entry and its like hold.
    held: Arc<Held>,
}

impl Entry {
    pub(crate) fn new(
        key: Key,
        realm: Arc<Realm>,
        state: EntryState,
        held: &Arc<Held>,
        now: Now,
    ) -> Self {
        held.changed(&EntryState::default(), &state);
        Self {
            key,
            realm,
            state: ArcSwap::from_pointee(state),
            version: AtomicU64::new(next_version()),
            lock: Mutex::new(()),
            last_read: AtomicU64::new(now.boot_nanos()),
            warm_until: AtomicU64::new(0),
            held: Arc::clone(held),
        }
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
    pub(crate) fn lock(&self) -> Change<'_> {
        Change { _held: self.lock.lock(), entry: self }
    }

    #[inline]
    pub(crate) fn note_read(&self, now: Now) {
        let time = now.boot_nanos();
        if time.saturating_sub(self.last_read.load(Ordering::Relaxed)) > READ_GRAIN {
            self.last_read.store(time, Ordering::Relaxed);
        }
    }

    pub(crate) fn last_read(&self) -> u64 {
        self.last_read.load(Ordering::Relaxed)
    }

    /// Has it refreshed without being read. Under the lock, so that it is not retired meanwhile.
    pub(crate) fn keep_warm_until(&self, time: u64) -> Result<(), Retired> {
        let change = self.lock();
        if change.state().retired {
            return Err(Retired);
        }
        self.warm_until.store(time, Ordering::Relaxed);
        Ok(())
    }

    /// Has it refreshed without being read until this time at most.
    pub(crate) fn let_cool_until(&self, time: u64) {
        self.warm_until.store(time, Ordering::Relaxed);
    }

    pub(crate) fn warm_until(&self) -> u64 {
        self.warm_until.load(Ordering::Relaxed)
    }
}

/// The right to replace an entry's state, for as long as it is held.
pub(crate) struct Change<'a> {
    _held: MutexGuard<'a, ()>,
    entry: &'a Entry,
}

impl Change<'_> {
    pub(crate) fn state(&self) -> Arc<EntryState> {
        self.entry.state.load_full()
    }

    pub(crate) fn replace(&self, state: EntryState) {
        self.entry.held.changed(&self.entry.state.load(), &state);
        self.entry.state.store(Arc::new(state));
        sync::step();
        self.entry.version.store(next_version(), Ordering::Release);
    }
}

/// A number that no other state has, of this entry or another: the handle of a key may have seen
/// several entries of it.
fn next_version() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
