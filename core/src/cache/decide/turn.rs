//! A fetch's turn to send its request, among all that the account's limiter keeps waiting.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

const IDLE: u8 = 0;
const WANTED: u8 = 1;
const COME: u8 = 2;

/// When a fetch may send its request. Its limiter says so; the cache reads it without a lock.
#[derive(Debug)]
pub(crate) struct Turn {
    /// Tells it apart from all others of this process.
    pub(crate) number: u64,
    pub(crate) lane: Lane,
    /// The hash of the key that is fetched.
    pub(crate) key: u64,
    /// For how long after its time a refresh is still of use, in nanoseconds.
    pub(crate) grace: u64,
    /// After how long a request that was sent counts as lost, in nanoseconds.
    pub(crate) lost_after: u64,
    phase: AtomicU8,
    /// Until when a caller waits for it, in nanoseconds since boot.
    wanted_until: AtomicU64,
}

/// Which fetches wait for each other: those of one account in one cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) number: usize,
    /// The library's own threads run them, of which there are only so many.
    pub(crate) takes_threads: bool,
}

impl Turn {
    pub(crate) fn new(lane: Lane, key: u64, grace: u64, lost_after: u64) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            lane,
            key,
            grace,
            lost_after,
            phase: AtomicU8::new(IDLE),
            wanted_until: AtomicU64::new(0),
        }
    }

    /// Whether its request may be sent, or has been.
    pub(crate) fn is_come(&self) -> bool {
        self.phase.load(Ordering::Acquire) == COME
    }

    /// Whether it waits, and nobody has asked for it.
    pub(crate) fn is_idle(&self) -> bool {
        self.phase.load(Ordering::Relaxed) == IDLE
    }

    /// Its request may be sent.
    pub(crate) fn has_come(&self) {
        self.phase.store(COME, Ordering::Release);
    }

    /// It waits again, or for the first time.
    pub(crate) fn waits(&self, is_wanted: bool) {
        self.phase.store(if is_wanted { WANTED } else { IDLE }, Ordering::Relaxed);
    }

    /// A caller waits for it until a time, in nanoseconds since boot.
    pub(crate) fn wanted_until(&self, time: u64) {
        self.wanted_until.fetch_max(time, Ordering::Relaxed);
    }

    /// Until when the last caller waits for it, in nanoseconds since boot.
    pub(crate) fn last_wanted(&self) -> u64 {
        self.wanted_until.load(Ordering::Relaxed)
    }
}
