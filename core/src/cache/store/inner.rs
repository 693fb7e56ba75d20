//! Everything that one process keeps of a cache.
//!
//! Lock order: a shard's, then an entry's. The small locks (fetches, warm entries, events, a
//! completion) are leaves. No lock is held while a callback runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::ArcSwapOption;

use super::counters::Counters;
use super::entry::Entry;
use super::events::{Event, EventKind, Ring};
use super::fetches::Fetches;
use super::limiter::Limiter;
use super::shards::Shards;
use super::stats::Stats;
use crate::cache::decide::{Block, CachePolicy, EntryState, Key};
use crate::clock::{Clock, Now};
use crate::fork::{self, Generation, Reborn};
use crate::sync::Mutex;

pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) policy: CachePolicy,
    pub(crate) shards: Shards,
    pub(crate) counters: Counters,
    pub(crate) fetches: Fetches,
    /// Entries that are refreshed without being read.
    pub(crate) warm: Mutex<Vec<Arc<Entry>>>,
    /// What the account allows.
    pub(super) limiter: Arc<dyn Limiter>,
    /// Set while the credentials are refused: no key is tried.
    pub(super) block: ArcSwapOption<Block>,
    /// The number of the next grant.
    pub(super) next_grant: AtomicU64,
    events: Ring,
    /// The process, counted in forks, that this was made in.
    born: Generation,
    /// Set by a test that pretends a fork.
    left_behind: AtomicBool,
}

impl Inner {
    pub(crate) fn new(clock: Clock, policy: CachePolicy, limiter: Arc<dyn Limiter>) -> Self {
        Self {
            clock,
            policy,
            shards: Shards::new(),
            counters: Counters::new(),
            fetches: Fetches::default(),
            warm: Mutex::default(),
            limiter,
            block: ArcSwapOption::empty(),
            next_grant: AtomicU64::new(1),
            events: Ring::default(),
            born: fork::generation(),
            left_behind: AtomicBool::new(false),
        }
    }

    /// Empties an entry; with `generation`, only if that grant is the one stored. The outcome of a
    /// fetch in flight goes to its waiters and is not stored.
    pub(crate) fn invalidate(&self, entry: &Arc<Entry>, generation: Option<u64>) -> bool {
        let change = entry.lock();
        let state = change.state();
        let stored = state.value.as_ref().map(|value| value.generation);
        if generation.is_some() && generation != stored {
            return false;
        }
        change.replace(state.renewed(false));
        drop(change);
        self.note(self.clock.now(), EventKind::Invalidated, Some(&entry.key));
        true
    }

    /// Starts a new era in every entry.
    pub(crate) fn renew_all(&self, keep_values: bool, kind: EventKind) {
        for entry in self.shards.all() {
            let change = entry.lock();
            change.replace(change.state().renewed(keep_values));
        }
        // Last, since until its entry is renewed a fetch with the old credentials can set it.
        self.block.store(None);
        self.note(self.clock.now(), kind, None);
    }

    /// When the last grant, cached error and fetch in flight have ended, in nanoseconds since boot.
    pub(crate) fn ends_at(&self) -> u64 {
        let block = self.block.load().as_ref().map_or(0, |block| block.until);
        let fetches = self.fetches.last_overdue().unwrap_or(0);
        self.shards.held().until().max(block).max(fetches)
    }

    /// Keeps nothing warm any more.
    pub(crate) fn let_cool(&self) {
        let warm = std::mem::take(&mut *self.warm.lock());
        warm.iter().for_each(|entry| entry.let_cool());
    }

    pub(crate) fn simulate_fork(&self) {
        self.left_behind.store(true, Ordering::SeqCst);
    }

    pub(crate) fn note(&self, now: Now, kind: EventKind, key: Option<&Key>) {
        self.events.push(now, kind, key);
    }

    pub(crate) fn drain_events(&self) -> Vec<Event> {
        self.events.drain()
    }

    pub(crate) fn stats(&self) -> Stats {
        let now = self.clock.now();
        Stats {
            keys: self.shards.len(),
            in_flight: self.fetches.len(),
            cooldown_left: self.cooldown_left(now),
            ..self.counters.read()
        }
    }
}

impl Reborn for Inner {
    /// Whether this is another process's: then its locks and fetches must not be touched.
    #[inline]
    fn is_foreign(&self) -> bool {
        self.born != fork::generation() || self.left_behind.load(Ordering::Relaxed)
    }

    /// What a forked child starts with: nothing of its parent's but the grants that are still good.
    /// Everything here is read without a lock, since a thread that is gone may hold any of them.
    fn reborn(&self) -> Self {
        let born = Self::new(self.clock.clone(), self.policy.clone(), Arc::clone(&self.limiter));
        born.next_grant.store(self.next_grant.load(Ordering::Relaxed), Ordering::Relaxed);
        let now = self.clock.now();
        for entry in self.shards.all() {
            let state = entry.state();
            if let Some(value) = state.keeping(0, now) {
                let kept = EntryState { value: Some(Arc::clone(value)), ..EntryState::default() };
                born.shards.get_or_insert(&entry.key, kept, now);
            }
        }
        born.note(now, EventKind::Forked, None);
        born
    }
}
