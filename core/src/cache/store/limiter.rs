//! What an account allows its caches: the interface to its cool-down and its rate limit.
//! The cache asks; the maker of the cache implements it.

use crate::cache::decide::{Block, Purpose};
use crate::clock::Now;

/// Allows one call; handed back with its outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permit {
    /// For the one call that finds out whether a cool-down is over: when it counts as lost, in
    /// nanoseconds since boot.
    pub(crate) probe: Option<u64>,
}

/// The answer to whether a call may start.
#[derive(Clone, Debug)]
pub(crate) enum Admission {
    Go(Permit),
    /// The rate limit is used up, and a place in the queue is taken: ask again at this time, in
    /// nanoseconds since boot.
    Later(u64),
    /// The rate limit is used up until this time, in nanoseconds since boot, which is too late.
    Full(u64),
    Blocked(Block),
}

/// How an allowed call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// Upstream answered with anything but a 429.
    Answered,
    /// A 429; the time until which to leave the account alone, in nanoseconds since boot.
    Throttled { until: u64 },
    /// No answer came.
    Unknown,
}

pub(crate) trait Limiter: Send + Sync {
    /// The cool-down or probe that holds everybody back now, if any. Called when no fresh grant is
    /// at hand, so it must be quick and take no lock.
    fn block(&self, now: Now) -> Option<Block>;

    /// When a call for a cold key could start at the earliest, with so many before it in its cache
    /// that have not been sent, in nanoseconds since boot.
    fn earliest(&self, unsent: usize, now: Now) -> u64;

    /// Takes one call out of the rate limit, or a place in the queue if that falls due before
    /// `queue_until`. A probe counts as lost when `lost_at` passes without a report. Both in
    /// nanoseconds since boot.
    fn admit(&self, purpose: Purpose, queue_until: u64, lost_at: u64, now: Now) -> Admission;

    /// Takes note of how an allowed call ended.
    fn report(&self, permit: Permit, report: Report, now: Now);

    /// Which 429 in a row one that comes now would be. Answers to calls that were in flight
    /// together are one.
    fn throttled_in_a_row(&self, now: Now) -> u32;
}

/// Lets everything through.
pub(crate) struct Unlimited;

impl Limiter for Unlimited {
    fn block(&self, _now: Now) -> Option<Block> {
        None
    }

    fn earliest(&self, _unsent: usize, now: Now) -> u64 {
        now.boot_nanos()
    }

    fn admit(&self, _: Purpose, _queue_until: u64, _lost_at: u64, _: Now) -> Admission {
        Admission::Go(Permit::default())
    }

    fn report(&self, _: Permit, _: Report, _: Now) {}

    fn throttled_in_a_row(&self, _: Now) -> u32 {
        1
    }
}
