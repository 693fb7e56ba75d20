//! One fetch in flight: what it is for, by when it must be sent and over, and its outcome, which all
//! who wait for it share, errors too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::credential::Credential;
use super::grant::StoredGrant;
use super::turn::Turn;
use crate::clock::Now;
use crate::completion::Completion;
use crate::error::Result;
use crate::fleet::SharedFetch;
use crate::sync;

/// A fetch this long past its deadline is overdue: it has failed, whatever its driver does.
const OVERDUE_AFTER: u64 = 1_000_000_000;

/// Why a fetch is wanted. Refreshes keep an audience watching that was let in, so they go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Refresh,
    Cold,
}

/// How a fetch ended.
pub(crate) type Outcome = Result<Arc<StoredGrant>>;

pub(crate) struct Fetch {
    /// What it is made with.
    pub(crate) credential: Arc<Credential>,
    /// The era of the entry it was begun in.
    pub(crate) era: u32,
    pub(crate) purpose: Purpose,
    /// When it was begun, in nanoseconds since boot.
    pub(crate) started: u64,
    /// When its request may be sent.
    pub(crate) turn: Arc<Turn>,
    /// Its way past what other processes have, if they share.
    pub(crate) shared: Option<SharedFetch>,
    /// For how long what it brings has to be good, for all who wait for it; in nanoseconds.
    promise: AtomicU64,
    /// From when on it is overdue, in nanoseconds since boot.
    overdue_at: AtomicU64,
    handed_on: AtomicBool,
    sent: AtomicBool,
    pub(crate) completion: Completion<Outcome>,
}

impl Fetch {
    /// A fetch begun at `started` which has to be over by `deadline`, both in nanoseconds since boot.
    pub(crate) fn new(
        credential: Arc<Credential>,
        era: u32,
        purpose: Purpose,
        started: u64,
        turn: Arc<Turn>,
        shared: Option<SharedFetch>,
        deadline: u64,
    ) -> Self {
        Self {
            credential,
            era,
            purpose,
            started,
            turn,
            shared,
            promise: AtomicU64::new(0),
            overdue_at: AtomicU64::new(overdue_at(deadline)),
            handed_on: AtomicBool::new(false),
            sent: AtomicBool::new(false),
            completion: Completion::default(),
        }
    }

    /// Somebody waits for it who needs a grant that is good for so many nanoseconds.
    pub(crate) fn promises(&self, time: u64) {
        self.promise.fetch_max(time, Ordering::Relaxed);
    }

    /// For how long what it brings has to be good, in nanoseconds.
    pub(crate) fn promise(&self) -> u64 {
        self.promise.load(Ordering::Relaxed)
    }

    /// By when it must be over, in nanoseconds since boot.
    pub(crate) fn deadline(&self) -> u64 {
        self.overdue_at().saturating_sub(OVERDUE_AFTER)
    }

    /// Whether it has failed for want of an end, whatever its driver does.
    pub(crate) fn is_overdue(&self, now: Now) -> bool {
        now.boot_nanos() >= self.overdue_at()
    }

    pub(crate) fn overdue_at(&self) -> u64 {
        self.overdue_at.load(Ordering::Relaxed)
    }

    /// The request is sent, and has until another deadline.
    pub(crate) fn sent_until(&self, deadline: u64) {
        sync::step();
        self.overdue_at.store(overdue_at(deadline), Ordering::Relaxed);
        self.sent.store(true, Ordering::Relaxed);
    }

    /// The request waits for its turn, until this time at most, in nanoseconds since boot.
    pub(crate) fn waits_until(&self, time: u64) {
        self.overdue_at.fetch_max(overdue_at(time), Ordering::Relaxed);
    }

    /// Its turn has come, and whoever sends the request is handed it, to start it before this deadline.
    pub(crate) fn handed_on_until(&self, deadline: u64) {
        sync::step();
        self.overdue_at.store(overdue_at(deadline), Ordering::Relaxed);
        self.handed_on.store(true, Ordering::Relaxed);
    }

    /// Whether it has been handed on, and its request has not been sent.
    pub(crate) fn awaits_start(&self) -> bool {
        self.handed_on.load(Ordering::Relaxed) && !self.is_sent()
    }

    /// Whether the request has been sent.
    pub(crate) fn is_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// The outcome, once there is one.
    pub(crate) fn outcome(&self) -> Option<Outcome> {
        self.completion.outcome()
    }
}

/// From when on a fetch with this deadline is overdue. Both in nanoseconds since boot.
pub(crate) fn overdue_at(deadline: u64) -> u64 {
    deadline.saturating_add(OVERDUE_AFTER)
}
