//! A store as one cache uses it: not asked while it fails, and looked at so many times a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use super::breaker::Breaker;
use super::counters::Counters;
use crate::clock::nanos_of;
use crate::fleet::store::{Answer, SharedStore, Trouble};
use crate::random;

/// Something that may be so of a store for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// It failed, and is not asked for some seconds.
    Broken = 1,
    /// It takes no writes.
    ReadOnly = 2,
    /// It cannot do what a fleet needs.
    Unsupported = 4,
    /// Its clock and this machine's do not agree.
    Skewed = 8,
}

/// A store, and how it does. Holds no lock, so that a forked child goes on with it.
pub(super) struct GuardedStore {
    pub(super) store: Arc<dyn SharedStore>,
    pub(super) breaker: Breaker,
    /// What is so of the store, and what has changed since somebody took note: a bit for each [`State`].
    is_so: AtomicU8,
    changed: AtomicU8,
    /// From when on the next look is due, in nanoseconds since boot.
    next_look: AtomicU64,
}

impl GuardedStore {
    pub(super) fn new(store: Arc<dyn SharedStore>) -> Arc<Self> {
        let [is_so, changed] = [0; 2].map(AtomicU8::new);
        let (breaker, next_look) = (Breaker::default(), AtomicU64::new(0));
        Arc::new(Self { store, breaker, is_so, changed, next_look })
    }

    /// What has begun or ended since this was last asked: bits of [`Condition`].
    pub(super) fn take_changes(&self) -> u8 {
        self.changed.swap(0, Ordering::Relaxed)
    }

    pub(super) fn is(&self, what: Condition) -> bool {
        self.is_so.load(Ordering::Relaxed) & what as u8 != 0
    }

    /// Something is so from now on, or is not.
    pub(super) fn set(&self, what: Condition, is_so: bool) {
        if self.is(what) != is_so {
            let bit = what as u8;
            let before = match is_so {
                true => self.is_so.fetch_or(bit, Ordering::Relaxed),
                false => self.is_so.fetch_and(!bit, Ordering::Relaxed),
            };
            if (before & bit != 0) != is_so {
                self.changed.fetch_or(bit, Ordering::Relaxed);
            }
        }
    }

    /// A place among the looks of this process, at `wanted` or later: so many a second, whatever the slot. A look that is
    /// wanted late holds up none that is wanted before it.
    pub(super) fn place_for_look(&self, wanted: u64, time: u64) -> u64 {
        let step = nanos_of(1.0 / self.store.pacing().per_second);
        let next = |due: u64| due.max(time).saturating_add(step);
        let before = self
            .next_look
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |due| Some(next(due)))
            .unwrap_or(time);
        before.max(wanted)
    }

    /// Takes note of how the store took what it was told, if it has answered already: nobody waits for that.
    pub(super) fn told<T>(&self, answer: &Answer<T>, counters: &Counters, time: u64) {
        if let Answer::Now(result) = answer {
            self.heard(result.as_ref().err(), counters, time);
        }
    }

    /// Takes note of how the store answered.
    pub(super) fn heard(&self, trouble: Option<&Trouble>, counters: &Counters, time: u64) {
        let Some(trouble) = trouble else {
            if self.breaker.answered() {
                self.set(Condition::Broken, false);
            }
            return self.set(Condition::Unsupported, false);
        };
        counters.trouble(&trouble.what);
        if trouble.reads {
            self.set(Condition::ReadOnly, true);
        }
        if trouble.is_unsupported {
            self.set(Condition::Unsupported, true);
        }
        // What others leave can still be read where nothing can be written.
        if !trouble.reads && self.breaker.failed(random::unit(), time) {
            self.set(Condition::Broken, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::store::memory::{MemoryOptions, MemoryStore};

    fn store() -> Arc<GuardedStore> {
        GuardedStore::new(Arc::new(MemoryStore::new(MemoryOptions::default())))
    }

    fn trouble(reads: bool) -> Trouble {
        Trouble { what: "out of order".to_owned(), reads, is_unsupported: false }
    }

    #[test]
    fn a_store_that_can_still_be_read_is_not_given_up() {
        let (store, counters) = (store(), Counters::default());
        (0..5).for_each(|_| store.heard(Some(&trouble(true)), &counters, 0));
        assert!(store.is(Condition::ReadOnly) && !store.is(Condition::Broken));
        assert_eq!(store.breaker.open_until(0), None);
    }

    #[test]
    fn what_begins_and_ends_is_told_once() {
        let (store, counters) = (store(), Counters::default());
        (0..5).for_each(|_| store.heard(Some(&trouble(false)), &counters, 0));
        assert!(store.is(Condition::Broken));
        let broken = Condition::Broken as u8;
        assert_eq!((store.take_changes(), store.take_changes()), (broken, 0));
        (0..2).for_each(|_| store.heard(None, &counters, 0));
        assert!(!store.is(Condition::Broken));
        assert_eq!((store.take_changes(), store.take_changes()), (broken, 0));
    }
}
