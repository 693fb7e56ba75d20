//! A store as one cache uses it: not asked while it fails, and looked at so many times a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::breaker::Breaker;
use super::counters::Counters;
use crate::clock::nanos_of;
use crate::fleet::store::{Answer, SharedStore, Trouble};
use crate::random;

/// A store, and how it does. Holds no lock, so that a forked child goes on with it.
pub(super) struct GuardedStore {
    pub(super) store: Arc<dyn SharedStore>,
    pub(super) breaker: Breaker,
    /// The breaker has opened or closed, and nobody has taken note.
    has_turned: AtomicBool,
    /// From when on the next look is due, in nanoseconds since boot.
    next_look: AtomicU64,
}

impl GuardedStore {
    pub(super) fn new(store: Arc<dyn SharedStore>) -> Arc<Self> {
        let (has_turned, next_look) = (AtomicBool::new(false), AtomicU64::new(0));
        Arc::new(Self { store, breaker: Breaker::default(), has_turned, next_look })
    }

    /// Whether the breaker has opened or closed since this was last asked.
    pub(super) fn take_turn(&self) -> bool {
        self.has_turned.load(Ordering::Relaxed) && self.has_turned.swap(false, Ordering::Relaxed)
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
        let has_turned = match trouble {
            None => self.breaker.answered(),
            Some(trouble) => {
                counters.trouble(&trouble.what);
                // What others leave can still be read where nothing can be written.
                !trouble.reads && self.breaker.failed(random::unit(), time)
            }
        };
        if has_turned {
            self.has_turned.store(true, Ordering::Relaxed);
        }
    }
}
