//! One account at one endpoint: its cool-down after a 429, the probe that ends it, and its rate limit of
//! requests. Shared by every cache of the account, since upstream throttles the account.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use super::rate_limit::RateLimit;
use crate::cache::{Admission, Block, GrantCacheBuilder, Limiter, Permit, Purpose, Report};
use crate::clock::Now;
use crate::error::{Error, ErrorKind};
use crate::fork::{self, ForkCell, Generation, Reborn};
use crate::sync::Mutex;

const SECOND: u64 = 1_000_000_000;
/// After a probe without an answer, the pause before the next.
const PROBE_PAUSE: u64 = SECOND;
/// If nobody asks after a cool-down, it is remembered for so long that the next request is a probe.
const PROBE_KEPT: u64 = 60 * SECOND;

/// The limiter of one account.
pub(crate) struct AccountLimiter(ForkCell<Account>);

impl AccountLimiter {
    pub(crate) fn new() -> Self {
        Self(ForkCell::new(Account::default()))
    }

    /// From when on it is as good as a new one, in nanoseconds since boot.
    pub(super) fn quiet_at(&self, now: Now) -> u64 {
        let account = self.0.get();
        let full = account.rate_limit.lock().full_at(now.boot_nanos());
        let (cooling, probing) = (get(&account.cooldown_until), get(&account.probe_until));
        let is_half_open = account.half_open.load(Ordering::Relaxed);
        let kept = if is_half_open { cooling.saturating_add(PROBE_KEPT) } else { cooling };
        full.max(kept).max(probing)
    }
}

impl GrantCacheBuilder {
    /// Counts the cache's calls against a rate limit of its own, as those of one account at one
    /// endpoint: 20 at once and 10 a second, less after a 429, which also keeps every key from
    /// being fetched for a while.
    #[must_use]
    pub fn rate_limited(self) -> Self {
        self.limiter(Arc::new(AccountLimiter::new()))
    }
}

/// What this process knows of the account. The cool-down is read without a lock.
struct Account {
    born: Generation,
    /// No call before this, in nanoseconds since boot.
    cooldown_until: AtomicU64,
    /// A 429 has come and no probe has succeeded since.
    half_open: AtomicBool,
    /// When the probe in flight counts as lost, in nanoseconds since boot; zero without one.
    probe_until: AtomicU64,
    throttled_in_a_row: AtomicU32,
    rate_limit: Mutex<RateLimit>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            born: fork::generation(),
            cooldown_until: AtomicU64::new(0),
            half_open: AtomicBool::new(false),
            probe_until: AtomicU64::new(0),
            throttled_in_a_row: AtomicU32::new(0),
            rate_limit: Mutex::new(RateLimit::default()),
        }
    }
}

impl Reborn for Account {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    /// A child keeps the cool-down, which is upstream's word; the parent's probe and rate limit are
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

impl Limiter for AccountLimiter {
    fn block(&self, now: Now) -> Option<Block> {
        self.0.get().block(now.boot_nanos())
    }

    fn earliest(&self, unsent: usize, now: Now) -> u64 {
        let account = self.0.get();
        let mut rate_limit = account.rate_limit.lock();
        rate_limit.earliest(unsent, now.boot_nanos())
    }

    fn admit(&self, purpose: Purpose, queue_until: u64, lost_at: u64, now: Now) -> Admission {
        let (account, time) = (self.0.get(), now.boot_nanos());
        // Under the lock, so that of two calls only one becomes the probe.
        let mut rate_limit = account.rate_limit.lock();
        if let Some(block) = account.block(time) {
            return Admission::Blocked(block);
        }
        if let Err(later) = rate_limit.take(purpose, queue_until, time) {
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
        let mut rate_limit = account.rate_limit.lock();
        match report {
            Report::Throttled { until } => account.throttled(&mut rate_limit, until, time),
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

    fn throttled(&self, rate_limit: &mut RateLimit, until: u64, time: u64) {
        // Answers to calls that were in flight together are one refusal.
        if !self.cools(time) {
            self.throttled_in_a_row.fetch_add(1, Ordering::Relaxed);
            rate_limit.halve(time);
        }
        self.half_open.store(true, Ordering::Relaxed);
        self.cool_until(until);
    }

    fn cool_until(&self, until: u64) {
        self.probe_until.store(0, Ordering::Relaxed);
        self.cooldown_until.fetch_max(until, Ordering::Relaxed);
    }

    /// Whether the answer to a probe counts: to the one in flight, or to a lost one that comes
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
        "upstream answered 429; no request is sent for this account before the cool-down ends: answer \
         503 with Retry-After",
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::account::rate_limit::RATE_MIN;
    use crate::clock::ManualClock;

    fn clock() -> ManualClock {
        ManualClock::new(Duration::from_secs(1_700_000_000))
    }

    fn goes(limiter: &AccountLimiter, purpose: Purpose, clock: &ManualClock) -> bool {
        let now = clock.now();
        let lost_at = now.boot_nanos() + 5 * SECOND;
        matches!(limiter.admit(purpose, u64::MAX, lost_at, now), Admission::Go(_))
    }

    fn throttle(limiter: &AccountLimiter, seconds: u64, clock: &ManualClock) {
        let now = clock.now();
        let until = now.boot_nanos() + seconds * SECOND;
        limiter.report(Permit::default(), Report::Throttled { until }, now);
    }

    /// What the probe in flight was allowed with.
    fn probe(limiter: &AccountLimiter) -> Permit {
        Permit { probe: Some(get(&limiter.0.get().probe_until)) }
    }

    fn cooldown_left(limiter: &AccountLimiter, clock: &ManualClock) -> u64 {
        limiter.block(clock.now()).map_or(0, |block| block.until - clock.now().boot_nanos())
    }

    #[test]
    fn twenty_calls_at_once_then_ten_a_second() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        let burst = (0..40).filter(|_| goes(&limiter, Purpose::Cold, &clock)).count();
        assert_eq!(burst, 20);
        clock.advance(Duration::from_millis(1001));
        let later = (0..40).filter(|_| goes(&limiter, Purpose::Cold, &clock)).count();
        assert_eq!(later, 10);
    }

    #[test]
    fn who_queues_is_told_when_to_come_back_and_then_goes() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        while goes(&limiter, Purpose::Cold, &clock) {}
        let start = clock.now().boot_nanos();
        let Admission::Later(at) = limiter.admit(Purpose::Cold, u64::MAX, 0, clock.now()) else {
            panic!("the rate limit is used up");
        };
        // Two are before it: the one that emptied the loop and this one's own call.
        assert!((150..=250).contains(&((at - start) / 1_000_000)), "{}", at - start);
        clock.advance(Duration::from_nanos(at - start));
        assert!(goes(&limiter, Purpose::Cold, &clock));
    }

    #[test]
    fn who_cannot_wait_takes_no_place_in_the_queue() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        while goes(&limiter, Purpose::Cold, &clock) {}
        let now = clock.now();
        let earliest = limiter.earliest(0, now);
        for _ in 0..100 {
            let answer = limiter.admit(Purpose::Cold, now.boot_nanos(), 0, now);
            assert!(matches!(answer, Admission::Full(at) if at == earliest));
        }
    }

    #[test]
    fn refreshes_go_before_cold_keys() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        while goes(&limiter, Purpose::Cold, &clock) {}
        let mut refreshed = 0;
        for _ in 0..20 {
            clock.advance(Duration::from_millis(100));
            refreshed += u32::from(goes(&limiter, Purpose::Refresh, &clock));
            assert!(!goes(&limiter, Purpose::Cold, &clock));
        }
        assert!(refreshed >= 19, "{refreshed}");
    }

    #[test]
    fn a_cool_down_ends_with_one_probe() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        throttle(&limiter, 10, &clock);
        assert!(!goes(&limiter, Purpose::Refresh, &clock));
        clock.advance(Duration::from_secs(10));
        assert!(limiter.block(clock.now()).is_none());
        assert!(goes(&limiter, Purpose::Cold, &clock));
        assert!(!goes(&limiter, Purpose::Refresh, &clock), "the probe is in flight");
        limiter.report(probe(&limiter), Report::Answered, clock.now());
        assert!(goes(&limiter, Purpose::Refresh, &clock));
        assert_eq!(limiter.throttled_in_a_row(clock.now()), 1);
    }

    #[test]
    fn a_lost_probe_is_followed_by_another() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        throttle(&limiter, 1, &clock);
        clock.advance(Duration::from_secs(1));
        assert!(goes(&limiter, Purpose::Cold, &clock));
        clock.advance(Duration::from_secs(5));
        assert!(goes(&limiter, Purpose::Cold, &clock), "the first never came back");
        limiter.report(Permit { probe: Some(1) }, Report::Unknown, clock.now());
        assert_eq!(cooldown_left(&limiter, &clock), 5 * SECOND, "the second is in flight");
        limiter.report(probe(&limiter), Report::Unknown, clock.now());
        assert_eq!(cooldown_left(&limiter, &clock), SECOND);
        assert!(!goes(&limiter, Purpose::Cold, &clock));
        clock.advance(Duration::from_secs(1));
        assert!(goes(&limiter, Purpose::Cold, &clock));
    }

    #[test]
    fn the_late_answer_to_a_lost_probe_says_nothing_of_a_later_429() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        throttle(&limiter, 1, &clock);
        clock.advance(Duration::from_secs(1));
        assert!(goes(&limiter, Purpose::Cold, &clock));
        let lost = probe(&limiter);
        clock.advance(Duration::from_secs(5));
        assert!(goes(&limiter, Purpose::Cold, &clock), "the first never came back");
        throttle(&limiter, 10, &clock);
        limiter.report(lost, Report::Answered, clock.now());
        clock.advance(Duration::from_secs(10));
        assert!(goes(&limiter, Purpose::Cold, &clock));
        assert!(!goes(&limiter, Purpose::Cold, &clock), "one probe, as after any 429");
    }

    #[test]
    fn it_is_quiet_when_cool_down_back_off_and_used_rate_limit_are_over() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        let quiet_in = |limiter: &AccountLimiter| {
            let now = clock.now();
            (limiter.quiet_at(now) - now.boot_nanos()) / SECOND
        };
        assert_eq!(quiet_in(&limiter), 0);
        while goes(&limiter, Purpose::Cold, &clock) {}
        assert_eq!(quiet_in(&limiter), 2, "twenty requests at ten a second");
        throttle(&limiter, 5, &clock);
        assert_eq!(quiet_in(&limiter), 65, "the next request is a probe");
        throttle(&limiter, 300, &clock);
        assert_eq!(quiet_in(&limiter), 360);
        clock.advance(Duration::from_secs(300));
        assert!(goes(&limiter, Purpose::Cold, &clock));
        limiter.report(probe(&limiter), Report::Answered, clock.now());
        assert!(quiet_in(&limiter) < 2);
        let other = AccountLimiter::new();
        throttle(&other, 1, &clock);
        clock.advance(Duration::from_secs(1));
        assert!(goes(&other, Purpose::Cold, &clock));
        other.report(probe(&other), Report::Answered, clock.now());
        assert_eq!(quiet_in(&other), 49, "its rate is back after fifty seconds");
    }

    #[test]
    fn calls_that_wait_for_a_thread_count() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        let wait = |unsent| {
            let now = clock.now();
            (limiter.earliest(unsent, now) - now.boot_nanos()) / SECOND
        };
        assert_eq!([wait(0), wait(19), wait(40), wait(70)], [0, 0, 2, 5]);
    }

    #[test]
    fn a_429_halves_the_rate_and_quiet_time_mends_it() {
        let (limiter, clock) = (AccountLimiter::new(), clock());
        throttle(&limiter, 1, &clock);
        throttle(&limiter, 1, &clock);
        assert_eq!(limiter.throttled_in_a_row(clock.now()), 1, "one refusal");
        let rate = |limiter: &AccountLimiter| limiter.0.get().rate_limit.lock().rate;
        assert_eq!(rate(&limiter), 5.0);
        clock.advance(Duration::from_secs(30));
        limiter.earliest(0, clock.now());
        assert_eq!(rate(&limiter), 8.0);
        for _ in 0..10 {
            clock.advance(Duration::from_secs(2));
            throttle(&limiter, 1, &clock);
        }
        assert_eq!(rate(&limiter), RATE_MIN);
    }
}
