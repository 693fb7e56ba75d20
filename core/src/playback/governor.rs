//! One account at one endpoint: its cool-down after a 429, the probe that ends it, and the budget
//! of calls. Shared by every cache of the account, since upstream throttles the account.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::cache::{Admission, Block, Gate, GrantCacheBuilder, Permit, Purpose, Report};
use crate::clock::Now;
use crate::error::{Error, ErrorKind};
use crate::fork::{self, ForkCell, Generation, Reborn};
use crate::sync::Mutex;

const SECOND: u64 = 1_000_000_000;
/// How many calls may be made at once after a quiet time.
const BURST: f64 = 20.0;
/// Calls per second.
const RATE: f64 = 10.0;
/// However often upstream throttles, this many calls per second are tried.
const RATE_MIN: f64 = 0.5;
/// After so long without a 429 the rate grows by one call per second.
const CLEAN: u64 = 10 * SECOND;
/// How many callers may queue for the budget; more are told to come back much later.
const QUEUE_MAX: usize = 1024;
/// A place in the queue whose owner has not come for it is given away after this time.
const PLACE_KEPT: u64 = SECOND;
/// After a probe without an answer, the pause before the next.
const PROBE_PAUSE: u64 = SECOND;

/// The gate of one account.
pub(crate) struct Governor(ForkCell<Account>);

impl Governor {
    pub(crate) fn new() -> Self {
        Self(ForkCell::new(Account::default()))
    }
}

impl GrantCacheBuilder {
    /// Counts the cache's calls against a budget of its own, as those of one account at one
    /// endpoint: 20 at once and 10 a second, less after a 429, which also keeps every key from
    /// being fetched for a while.
    #[must_use]
    pub fn governed(self) -> Self {
        self.gate(Arc::new(Governor::new()))
    }
}

/// What this process knows of the account. The cool-down is read without a lock.
struct Account {
    born: Generation,
    /// No call before this, in nanoseconds since boot.
    cooldown_until: AtomicU64,
    /// A 429 has come and no probe has succeeded since.
    half_open: AtomicBool,
    /// When the probe in the air counts as lost, in nanoseconds since boot; zero without one.
    probe_until: AtomicU64,
    throttled_in_a_row: AtomicU32,
    budget: Mutex<Budget>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            born: fork::generation(),
            cooldown_until: AtomicU64::new(0),
            half_open: AtomicBool::new(false),
            probe_until: AtomicU64::new(0),
            throttled_in_a_row: AtomicU32::new(0),
            budget: Mutex::new(Budget::default()),
        }
    }
}

impl Reborn for Account {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    /// A child keeps the cool-down, which is upstream's word; the parent's probe and budget are
    /// its own.
    fn reborn(&self) -> Self {
        Self {
            cooldown_until: AtomicU64::new(get(&self.cooldown_until)),
            half_open: AtomicBool::new(self.half_open.load(Ordering::Relaxed)),
            throttled_in_a_row: AtomicU32::new(self.throttled_in_a_row.load(Ordering::Relaxed)),
            ..Self::default()
        }
    }
}

impl Gate for Governor {
    fn block(&self, now: Now) -> Option<Block> {
        self.0.get().block(now.boot_nanos())
    }

    fn earliest(&self, unsent: usize, now: Now) -> u64 {
        let account = self.0.get();
        let mut budget = account.budget.lock();
        budget.refill(now.boot_nanos());
        // Of those unsent some have a place in the queue: whichever are more are before it.
        let cold = unsent.max(budget.cold.0.len());
        budget.when(needed_after(budget.refreshes.0.len() + cold), now.boot_nanos())
    }

    fn admit(&self, purpose: Purpose, queue_until: u64, lost_at: u64, now: Now) -> Admission {
        let (account, time) = (self.0.get(), now.boot_nanos());
        // Under the lock, so that of two calls only one becomes the probe.
        let mut budget = account.budget.lock();
        if let Some(block) = account.block(time) {
            return Admission::Blocked(block);
        }
        if let Err(later) = budget.take(purpose, queue_until, time) {
            return later;
        }
        let probe = account.half_open.load(Ordering::Relaxed).then_some(lost_at);
        if probe.is_some() {
            account.probe_until.store(lost_at, Ordering::Relaxed);
        }
        Admission::Go(Permit { probe })
    }

    fn report(&self, permit: Permit, report: Report, now: Now) {
        let (account, time) = (self.0.get(), now.boot_nanos());
        let mut budget = account.budget.lock();
        match report {
            Report::Throttled { until } => account.throttled(&mut budget, until, time),
            Report::Answered if permit.probe.is_some_and(|lost| account.hears(lost, time)) => {
                account.open();
            }
            // A probe that was given up says nothing of the one that followed it.
            Report::Unknown if permit.probe == Some(get(&account.probe_until)) => {
                account.cool_until(time.saturating_add(PROBE_PAUSE));
            }
            Report::Answered | Report::Unknown => {}
        }
    }

    fn throttled_in_a_row(&self, now: Now) -> u32 {
        let account = self.0.get();
        let before = account.throttled_in_a_row.load(Ordering::Relaxed);
        before.saturating_add(u32::from(!account.cools(now.boot_nanos())))
    }
}

impl Account {
    fn block(&self, time: u64) -> Option<Block> {
        let cooling = get(&self.cooldown_until);
        let probing =
            if self.half_open.load(Ordering::Relaxed) { get(&self.probe_until) } else { 0 };
        let until = cooling.max(probing);
        (until > time).then(|| Block { until, error: throttled() })
    }

    fn cools(&self, time: u64) -> bool {
        get(&self.cooldown_until) > time
    }

    fn throttled(&self, budget: &mut Budget, until: u64, time: u64) {
        // Answers to calls that were in the air together are one refusal.
        if !self.cools(time) {
            self.throttled_in_a_row.fetch_add(1, Ordering::Relaxed);
            budget.halve(time);
        }
        self.half_open.store(true, Ordering::Relaxed);
        self.cool_until(until);
    }

    fn cool_until(&self, until: u64) {
        self.probe_until.store(0, Ordering::Relaxed);
        self.cooldown_until.fetch_max(until, Ordering::Relaxed);
    }

    /// Whether the answer to a probe counts: to the one in the air, or to a lost one that comes
    /// before anything else was heard of upstream.
    fn hears(&self, lost_at: u64, time: u64) -> bool {
        get(&self.probe_until) == lost_at || self.block(time).is_none()
    }

    fn open(&self) {
        self.probe_until.store(0, Ordering::Relaxed);
        self.half_open.store(false, Ordering::Relaxed);
        self.throttled_in_a_row.store(0, Ordering::Relaxed);
    }
}

fn get(value: &AtomicU64) -> u64 {
    value.load(Ordering::Relaxed)
}

fn throttled() -> Error {
    Error::new(
        ErrorKind::Throttled,
        "upstream limits this account's requests (429); no call is made before the cool-down ends",
    )
}

/// A bucket of calls that fills with time. Who finds it empty gets a place in a queue; refreshes go
/// before cold keys, so that those who watch already stay in.
struct Budget {
    /// Calls that may be made now.
    level: f64,
    /// Calls per second.
    rate: f64,
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

impl Default for Budget {
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

impl Budget {
    /// Takes one call; else a place in the queue, unless that falls due after `queue_until`: a
    /// place that nobody comes for would hold up all behind it.
    fn take(&mut self, purpose: Purpose, queue_until: u64, time: u64) -> Result<(), Admission> {
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

    /// The level at which somebody may go: one call for itself and one for each before it. Whose
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

    fn halve(&mut self, time: u64) {
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

    /// Whoever asks when a place is due is taken for its owner.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    fn clock() -> ManualClock {
        ManualClock::new(Duration::from_secs(1_700_000_000))
    }

    fn goes(governor: &Governor, purpose: Purpose, clock: &ManualClock) -> bool {
        let now = clock.now();
        let lost_at = now.boot_nanos() + 5 * SECOND;
        matches!(governor.admit(purpose, u64::MAX, lost_at, now), Admission::Go(_))
    }

    fn throttle(governor: &Governor, seconds: u64, clock: &ManualClock) {
        let now = clock.now();
        let until = now.boot_nanos() + seconds * SECOND;
        governor.report(Permit::default(), Report::Throttled { until }, now);
    }

    /// What the probe in the air was allowed with.
    fn probe(governor: &Governor) -> Permit {
        Permit { probe: Some(get(&governor.0.get().probe_until)) }
    }

    fn cooldown_left(governor: &Governor, clock: &ManualClock) -> u64 {
        governor.block(clock.now()).map_or(0, |block| block.until - clock.now().boot_nanos())
    }

    #[test]
    fn twenty_calls_at_once_then_ten_a_second() {
        let (governor, clock) = (Governor::new(), clock());
        let burst = (0..40).filter(|_| goes(&governor, Purpose::Cold, &clock)).count();
        assert_eq!(burst, 20);
        clock.advance(Duration::from_millis(1001));
        let later = (0..40).filter(|_| goes(&governor, Purpose::Cold, &clock)).count();
        assert_eq!(later, 10);
    }

    #[test]
    fn who_queues_is_told_when_to_come_back_and_then_goes() {
        let (governor, clock) = (Governor::new(), clock());
        while goes(&governor, Purpose::Cold, &clock) {}
        let start = clock.now().boot_nanos();
        let Admission::Later(at) = governor.admit(Purpose::Cold, u64::MAX, 0, clock.now()) else {
            panic!("the budget is used up");
        };
        // Two are before it: the one that emptied the loop and this one's own call.
        assert!((150..=250).contains(&((at - start) / 1_000_000)), "{}", at - start);
        clock.advance(Duration::from_nanos(at - start));
        assert!(goes(&governor, Purpose::Cold, &clock));
    }

    #[test]
    fn who_cannot_wait_takes_no_place_in_the_queue() {
        let (governor, clock) = (Governor::new(), clock());
        while goes(&governor, Purpose::Cold, &clock) {}
        let now = clock.now();
        let earliest = governor.earliest(0, now);
        for _ in 0..100 {
            let answer = governor.admit(Purpose::Cold, now.boot_nanos(), 0, now);
            assert!(matches!(answer, Admission::Full(at) if at == earliest));
        }
    }

    #[test]
    fn refreshes_go_before_cold_keys() {
        let (governor, clock) = (Governor::new(), clock());
        while goes(&governor, Purpose::Cold, &clock) {}
        let mut refreshed = 0;
        for _ in 0..20 {
            clock.advance(Duration::from_millis(100));
            refreshed += u32::from(goes(&governor, Purpose::Refresh, &clock));
            assert!(!goes(&governor, Purpose::Cold, &clock));
        }
        assert!(refreshed >= 19, "{refreshed}");
    }

    #[test]
    fn a_cool_down_ends_with_one_probe() {
        let (governor, clock) = (Governor::new(), clock());
        throttle(&governor, 10, &clock);
        assert!(!goes(&governor, Purpose::Refresh, &clock));
        clock.advance(Duration::from_secs(10));
        assert!(governor.block(clock.now()).is_none());
        assert!(goes(&governor, Purpose::Cold, &clock));
        assert!(!goes(&governor, Purpose::Refresh, &clock), "the probe is in the air");
        governor.report(probe(&governor), Report::Answered, clock.now());
        assert!(goes(&governor, Purpose::Refresh, &clock));
        assert_eq!(governor.throttled_in_a_row(clock.now()), 1);
    }

    #[test]
    fn a_lost_probe_is_followed_by_another() {
        let (governor, clock) = (Governor::new(), clock());
        throttle(&governor, 1, &clock);
        clock.advance(Duration::from_secs(1));
        assert!(goes(&governor, Purpose::Cold, &clock));
        clock.advance(Duration::from_secs(5));
        assert!(goes(&governor, Purpose::Cold, &clock), "the first never came back");
        governor.report(Permit { probe: Some(1) }, Report::Unknown, clock.now());
        assert_eq!(cooldown_left(&governor, &clock), 5 * SECOND, "the second is in the air");
        governor.report(probe(&governor), Report::Unknown, clock.now());
        assert_eq!(cooldown_left(&governor, &clock), SECOND);
        assert!(!goes(&governor, Purpose::Cold, &clock));
        clock.advance(Duration::from_secs(1));
        assert!(goes(&governor, Purpose::Cold, &clock));
    }

    #[test]
    fn the_late_answer_to_a_lost_probe_says_nothing_of_a_later_429() {
        let (governor, clock) = (Governor::new(), clock());
        throttle(&governor, 1, &clock);
        clock.advance(Duration::from_secs(1));
        assert!(goes(&governor, Purpose::Cold, &clock));
        let lost = probe(&governor);
        clock.advance(Duration::from_secs(5));
        assert!(goes(&governor, Purpose::Cold, &clock), "the first never came back");
        throttle(&governor, 10, &clock);
        governor.report(lost, Report::Answered, clock.now());
        clock.advance(Duration::from_secs(10));
        assert!(goes(&governor, Purpose::Cold, &clock));
        assert!(!goes(&governor, Purpose::Cold, &clock), "one probe, as after any 429");
    }

    #[test]
    fn calls_that_wait_for_a_thread_count() {
        let (governor, clock) = (Governor::new(), clock());
        let wait = |unsent| {
            let now = clock.now();
            (governor.earliest(unsent, now) - now.boot_nanos()) / SECOND
        };
        assert_eq!([wait(0), wait(19), wait(40), wait(70)], [0, 0, 2, 5]);
    }

    #[test]
    fn a_429_halves_the_rate_and_quiet_time_mends_it() {
        let (governor, clock) = (Governor::new(), clock());
        throttle(&governor, 1, &clock);
        throttle(&governor, 1, &clock);
        assert_eq!(governor.throttled_in_a_row(clock.now()), 1, "one refusal");
        let rate = |governor: &Governor| governor.0.get().budget.lock().rate;
        assert_eq!(rate(&governor), 5.0);
        clock.advance(Duration::from_secs(30));
        governor.earliest(0, clock.now());
        assert_eq!(rate(&governor), 8.0);
        for _ in 0..10 {
            clock.advance(Duration::from_secs(2));
            throttle(&governor, 1, &clock);
        }
        assert_eq!(rate(&governor), RATE_MIN);
    }
}
