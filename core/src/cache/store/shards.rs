//! The map from key to entry: copy-on-write, so that a look-up takes no lock.

#![allow(clippy::mutable_key_type, reason = "an entry is hashed by its key, which never changes")]

use std::borrow::Borrow;
use std::collections::HashSet;
#[cfg(not(shuttle))]
use std::hash::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;

use super::entry::Entry;
use super::held::Held;
use super::realm::Realm;
use crate::cache::decide::{EntryState, Key};
use crate::clock::Now;
use crate::sync::{self, Mutex};

/// Changes to different shards do not wait for each other, and each copies only its own.
const SHARDS: usize = 64;
/// One search for the entries idle longest makes space for this part of all, so that a flood of new
/// keys does not search the whole map for each.
const EVICTED_PART: usize = 64;

/// The same in every run, so that a schedule can be replayed.
#[cfg(shuttle)]
type RandomState = std::hash::BuildHasherDefault<std::hash::DefaultHasher>;

pub(crate) struct Shards {
    shards: Box<[Shard]>,
    hasher: RandomState,
    len: AtomicUsize,
    held: Arc<Held>,
    /// Held by the one thread that makes space.
    making_room: Mutex<()>,
}

type Set = HashSet<ByKey, RandomState>;

struct Shard {
    set: ArcSwap<Set>,
    lock: Mutex<()>,
}

/// An entry, hashed and compared by its key, which so needs no second copy in the map.
#[derive(Clone)]
struct ByKey(Arc<Entry>);

impl Borrow<Key> for ByKey {
    fn borrow(&self) -> &Key {
        &self.0.key
    }
}

impl Hash for ByKey {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.key.hash(hasher);
    }
}

impl PartialEq for ByKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for ByKey {}

impl Shards {
    pub(crate) fn new() -> Self {
        let hasher = RandomState::default();
        let shard = || Shard {
            set: ArcSwap::from_pointee(Set::with_hasher(hasher.clone())),
            lock: Mutex::new(()),
        };
        let shards = (0..SHARDS).map(|_| shard()).collect();
        let (len, held) = (AtomicUsize::new(0), Arc::default());
        Self { shards, hasher, len, held, making_room: Mutex::new(()) }
    }

    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// What the entries hold together.
    pub(crate) fn held(&self) -> &Held {
        &self.held
    }

    /// The entry of a key, if there is one.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Entry>> {
        self.peek(key, Arc::clone)
    }

    /// What a function makes of the entry of a key, if there is one. Keeps no reference to the
    /// entry: to count them would make all threads meet at one number.
    pub(crate) fn peek<R>(&self, key: &Key, look: impl FnOnce(&Arc<Entry>) -> R) -> Option<R> {
        sync::step();
        self.shard(key).set.load().get(key).map(|found| look(&found.0))
    }

    /// The entry of a key; a new one in the given state if there is none yet.
    pub(crate) fn get_or_insert(
        &self,
        key: &Key,
        realm: &Arc<Realm>,
        state: EntryState,
        now: Now,
    ) -> Arc<Entry> {
        let shard = self.shard(key);
        let _held = shard.lock.lock();
        let set = shard.set.load();
        if let Some(found) = set.get(key) {
            return Arc::clone(&found.0);
        }
        let entry = Arc::new(Entry::new(key.clone(), Arc::clone(realm), state, &self.held, now));
        let mut larger = Set::clone(&set);
        larger.insert(ByKey(Arc::clone(&entry)));
        shard.set.store(Arc::new(larger));
        self.len.fetch_add(1, Ordering::Relaxed);
        entry
    }

    /// Every entry, read without a lock.
    pub(crate) fn all(&self) -> Vec<Arc<Entry>> {
        let sets = self.shards.iter().map(|shard| shard.set.load_full());
        sets.flat_map(|set| set.iter().map(|by| Arc::clone(&by.0)).collect::<Vec<_>>()).collect()
    }

    /// Makes space for one more when `max` entries are there: evicts those idle longest, but never one
    /// with a fetch in flight or one that is kept warm. Returns those that it evicted.
    pub(crate) fn make_room(&self, max: usize, now: Now) -> Vec<Arc<Entry>> {
        if self.len() < max {
            return Vec::new();
        }
        let _held = self.making_room.lock();
        let excess = (self.len() + 1).saturating_sub(max);
        if excess == 0 {
            return Vec::new();
        }
        let wanted = excess.max(max / EVICTED_PART);
        let mut idle: Vec<Arc<Entry>> = self.all();
        idle.retain(|entry| is_evictable(entry, &entry.state(), now));
        idle.sort_by_cached_key(|entry| entry.last_read());
        idle.truncate(wanted);
        idle.retain(|entry| self.retire(entry, now));
        idle
    }

    /// Waits until an entry of this key that was met retired has left the map, so that the next
    /// look-up finds another. To look it up again and again would hold up the thread that retires it.
    pub(crate) fn wait_for_retirement(&self, key: &Key) {
        drop(self.shard(key).lock.lock());
    }

    /// Takes an entry out of the map, unless somebody has come to need it.
    fn retire(&self, entry: &Arc<Entry>, now: Now) -> bool {
        let shard = self.shard(&entry.key);
        let _held = shard.lock.lock();
        let change = entry.lock();
        let state = change.state();
        if state.retired || !is_evictable(entry, &state, now) {
            return false;
        }
        change.replace(EntryState { retired: true, era: state.era, ..EntryState::default() });
        let mut smaller = Set::clone(&shard.set.load());
        smaller.remove(&entry.key);
        shard.set.store(Arc::new(smaller));
        self.len.fetch_sub(1, Ordering::Relaxed);
        true
    }

    /// Tells keys apart in this process.
    pub(crate) fn hash(&self, key: &Key) -> u64 {
        self.hasher.hash_one(key)
    }

    fn shard(&self, key: &Key) -> &Shard {
        // The set hashes with the same hasher; other bits of the hash choose the shard.
        let hash = self.hasher.hash_one(key);
        let index = usize::try_from(hash >> 32).unwrap_or(0) % SHARDS;
        &self.shards[index]
    }
}

/// Whether an entry may be evicted: it has no fetch in flight and is not kept warm.
fn is_evictable(entry: &Entry, state: &EntryState, now: Now) -> bool {
    state.live_fetch(now).is_none() && entry.warm_until() <= now.boot_nanos()
}
