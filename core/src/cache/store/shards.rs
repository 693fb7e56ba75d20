//! The map from key to entry: copy-on-write, so that a look-up takes no lock.

use std::hash::BuildHasher;
#[cfg(not(shuttle))]
use std::hash::RandomState;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::entry::Entry;
use super::held::Held;
use super::realm::Realm;
use crate::cache::decide::{EntryState, Key};
use crate::clock::Now;
use crate::hash_trie::HashTrie;
use crate::sync::{self, Mutex};

/// Changes to different shards do not wait for each other.
const SHARDS: usize = 64;
/// Whoever makes space ends so many times to keep something warm at most.
const ENDED_MAX: usize = 64;

/// The same in every run, so that a schedule can be replayed.
#[cfg(shuttle)]
type RandomState = std::hash::BuildHasherDefault<std::hash::DefaultHasher>;

/// With n keys, a look-up, the addition of a key and an eviction take O(log n) steps each. A look-up
/// allocates nothing; the others copy a few small pieces of a [`HashTrie`].
pub(crate) struct Shards {
    shards: Box<[Shard]>,
    hasher: RandomState,
    len: AtomicUsize,
    held: Arc<Held<Entry>>,
    /// Held by the one thread that makes space.
    making_room: Mutex<()>,
}

#[derive(Default)]
struct Shard {
    entries: HashTrie<Arc<Entry>>,
    lock: Mutex<()>,
}

impl Shards {
    pub(crate) fn new() -> Self {
        let shards = (0..SHARDS).map(|_| Shard::default()).collect();
        let (hasher, len, held) = (RandomState::default(), AtomicUsize::new(0), Arc::default());
        Self { shards, hasher, len, held, making_room: Mutex::new(()) }
    }

    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// What the entries hold together.
    pub(crate) fn held(&self) -> &Arc<Held<Entry>> {
        &self.held
    }

    /// The entry of a key, if there is one.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Entry>> {
        self.peek(key, Arc::clone)
    }

    /// What a function makes of the entry of a key, if there is one. Keeps no reference to the
    /// entry: to count them would make all threads meet at one number.
    #[inline]
    pub(crate) fn peek<R>(&self, key: &Key, look: impl FnOnce(&Arc<Entry>) -> R) -> Option<R> {
        sync::step();
        let (shard, hash) = self.shard(key);
        shard.entries.peek(hash, |entry| entry.key == *key, look)
    }

    /// The entry of a key; a new one in the given state if there is none yet.
    pub(crate) fn get_or_insert(
        &self,
        key: &Key,
        realm: &Arc<Realm>,
        state: EntryState,
        now: Now,
    ) -> Arc<Entry> {
        let (shard, hash) = self.shard(key);
        let _held = shard.lock.lock();
        if let Some(found) = shard.entries.get(hash, |entry| entry.key == *key) {
            return found;
        }
        let entry = Entry::new(key.clone(), Arc::clone(realm), state, &self.held, now);
        self.len.fetch_add(1, Ordering::Relaxed);
        shard.entries.add(hash, &entry, |_| false, |_| true);
        entry
    }

    /// Every entry, read without a lock. Visits them all: for what concerns all.
    pub(crate) fn all(&self) -> Vec<Arc<Entry>> {
        self.shards.iter().flat_map(|shard| shard.entries.all()).collect()
    }

    /// Makes space for one more when `max` entries are there: evicts one that is among those idle longest,
    /// but never one with a fetch in flight or one that is kept warm. Evicts more only if threads that came
    /// together have added more than there was space for. Returns those that it evicted.
    pub(crate) fn make_room(&self, max: usize, now: Now) -> Vec<Arc<Entry>> {
        let mut evicted = Vec::new();
        if self.len() < max {
            return evicted;
        }
        let _held = self.making_room.lock();
        for entry in self.held.warm.end(ENDED_MAX, now) {
            entry.let_cool();
        }
        while self.len() >= max {
            let Some(entry) = self.held.idle.first() else { break };
            if self.retire(&entry) {
                evicted.push(entry);
            }
        }
        evicted
    }

    /// Takes the entry of a key out of the map, unless somebody needs it.
    #[cfg(feature = "http")]
    pub(crate) fn remove(&self, key: &Key) -> Option<Arc<Entry>> {
        let entry = self.get(key)?;
        self.retire(&entry).then_some(entry)
    }

    /// Waits until an entry of this key that was met retired has left the map, so that the next
    /// look-up finds another. To look it up again and again would hold up the thread that retires it.
    pub(crate) fn wait_for_retirement(&self, key: &Key) {
        drop(self.shard(key).0.lock.lock());
    }

    /// Takes an entry out of the map, unless somebody has come to need it: then it does not stand among
    /// those that may be evicted any more.
    fn retire(&self, entry: &Arc<Entry>) -> bool {
        let (shard, hash) = self.shard(&entry.key);
        let _held = shard.lock.lock();
        let change = entry.lock();
        if !change.is_evictable() {
            return false;
        }
        let era = change.state().era;
        change.replace(EntryState { retired: true, era, ..EntryState::default() });
        shard.entries.remove(hash, |other| Arc::ptr_eq(other, entry));
        self.len.fetch_sub(1, Ordering::Relaxed);
        true
    }

    /// Tells keys apart in this process.
    pub(crate) fn hash(&self, key: &Key) -> u64 {
        self.hasher.hash_one(key)
    }

    /// Where a key belongs, and its hash.
    #[inline]
    fn shard(&self, key: &Key) -> (&Shard, u64) {
        let hash = self.hasher.hash_one(key);
        // The trie uses the other end of the hash first.
        let index = usize::try_from(hash >> 32).unwrap_or(0) % SHARDS;
        (&self.shards[index], hash)
    }
}
