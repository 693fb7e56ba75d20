//! An account's rate limit: a bucket that fills with time, and the queue of those who find it
//! empty.

use std::collections::VecDeque;
use std::time::Duration;

use crate::cache::{Admission, Purpose};

const SECOND: u64 = 1_000_000_000;
/// How many requests may be sent together after a quiet time.
const BURST: f64 = 20.0;
/// Requests per second.
const RATE: f64 = 10.0;
/// However often upstream throttles, this many requests per second are tried.
pub(super) const RATE_MIN: f64 = 0.5;
/// After so long without a 429 the rate grows by one request per second.
const CLEAN: u64 = 10 * SECOND;
/// How many callers may queue for the rate limit; more are told to come back much later.
const QUEUE_MAX: usize = 1024;
/// A place in the queue whose owner has not come for it is given away after this time.
const PLACE_KEPT: u64 = SECOND;

/// A bucket of requests that fills with time. A caller that finds it empty gets a place in a queue;
/// refreshes go before cold keys, so that those who watch already stay in.
pub(super) struct RateLimit {
    /// Calls that may be made now.
    level: f64,
    /// Calls per second.
    pub(super) rate: f64,
    /// When the level was right, in nanoseconds since boot.
    at: u64,
    /// Since when no 429 has come, in nanoseconds since boot.
    clean_since: u64,
    refreshes: Queue,
    cold: Queue,
}

/// The times, in nanoseconds since boot, at which those who queue were told to come back.
#[derive(Default)]
struct Queue(VecDeque<u64>);

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            level: BURST,
            rate: RATE,
            at: 0,
            clean_since: 0,
            refreshes: Queue::default(),
            cold: Queue::default(),
        }
    }
}

impl RateLimit {
    /// Takes one request; else a place in the queue, unless that falls due after `queue_until`: a
    /// place that nobody comes for would hold up all behind it.
    pub(super) fn take(
        &mut self,
        purpose: Purpose,
        queue_until: u64,
        time: u64,
    ) -> Result<(), Admission> {
        self.refill(time);
        let queue = match purpose {
            Purpose::Refresh => &mut self.refreshes,
            Purpose::Cold => &mut self.cold,
        };
        let is_due = queue.leave_if_due(time);
        let needed = self.needed(purpose, is_due);
        if self.level >= needed {
            self.level -= 1.0;
            return Ok(());
        }
        let at = self.when(needed, time);
        if at > queue_until {
            return Err(Admission::Full(at));
        }
        match purpose {
            Purpose::Refresh => self.refreshes.enter(at),
            Purpose::Cold => self.cold.enter(at),
        }
        Err(Admission::Later(at))
    }

    /// When a request for a cold key could be sent at the earliest, with so many before it in its cache
    /// that have not been sent.
    pub(super) fn earliest(&mut self, unsent: usize, time: u64) -> u64 {
        self.refill(time);
        // Of those unsent some have a place in the queue: whichever are more are before it.
        let cold = unsent.max(self.cold.0.len());
        self.when(needed_after(self.refreshes.0.len() + cold), time)
    }

    /// The level at which somebody may go: one request for itself and one for each before it. Whose
    /// place is due comes first among its like.
    fn needed(&self, purpose: Purpose, is_due: bool) -> f64 {
        let (refreshes, cold) = (self.refreshes.0.len(), self.cold.0.len());
        let before = match (purpose, is_due) {
            (Purpose::Refresh, true) => 0,
            (Purpose::Refresh, false) | (Purpose::Cold, true) => refreshes,
            (Purpose::Cold, false) => refreshes + cold,
        };
        needed_after(before)
    }

    /// When the level will be reached.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the wait is positive and at most some thousand seconds"
    )]
    fn when(&self, level: f64, time: u64) -> u64 {
        if self.level >= level {
            return time;
        }
        let seconds = (level - self.level) / self.rate;
        // One nanosecond more than rounding could take away.
        time.saturating_add((seconds * SECOND as f64) as u64 + 1)
    }

    fn refill(&mut self, time: u64) {
        let passed = time.saturating_sub(self.at);
        let seconds = Duration::from_nanos(passed).as_secs_f64();
        self.at = self.at.max(time);
        self.level = (self.level + seconds * self.rate).min(BURST);
        while self.rate < RATE && time.saturating_sub(self.clean_since) >= CLEAN {
            self.rate = (self.rate + 1.0).min(RATE);
            self.clean_since += CLEAN;
        }
        self.refreshes.forget_lost(time);
        self.cold.forget_lost(time);
    }

    /// When nothing of it is used up any more and its rate is the usual one, if nobody takes anything.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the steps are positive and at most ten"
    )]
    pub(super) fn full_at(&mut self, time: u64) -> u64 {
        self.refill(time);
        let steps = (RATE - self.rate).ceil() as u64;
        let usual = if steps == 0 { time } else { self.clean_since + steps * CLEAN };
        self.when(BURST, time).max(usual)
    }

    pub(super) fn halve(&mut self, time: u64) {
        self.refill(time);
        self.rate = (self.rate / 2.0).max(RATE_MIN);
        self.level = self.level.min(1.0);
        self.clean_since = time;
    }
}

/// The level at which a call may go that has so many before it.
#[allow(clippy::cast_precision_loss, reason = "a queue is far shorter than 2^52")]
fn needed_after(calls: usize) -> f64 {
    1.0 + calls as f64
}

impl Queue {
    fn enter(&mut self, at: u64) {
        if self.0.len() < QUEUE_MAX {
            self.0.push_back(at);
        }
    }

    /// A caller that asks when a place is due is taken for its owner.
    fn leave_if_due(&mut self, time: u64) -> bool {
        let due = self.0.front().is_some_and(|at| *at <= time);
        if due {
            self.0.pop_front();
        }
        due
    }

    fn forget_lost(&mut self, time: u64) {
        while self.0.front().is_some_and(|at| at.saturating_add(PLACE_KEPT) <= time) {
            self.0.pop_front();
        }
    }
}
