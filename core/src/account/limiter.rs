//! The [`Limiter`] of one account at one endpoint, shared by every cache of the account, since upstream
//! throttles the account.
//!
//! What it decides is the [`Desk`]'s. Here is what that needs of a process: a lock, a thread that comes when
//! the next turn is due, and a new start in a forked child.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::task::Waker;

use arc_swap::ArcSwap;

use super::desk::{Answer, Desk};
use super::pace::Heard;
use crate::cache::{
    AccountOptions, Admission, Block, GrantCacheBuilder, Limiter, Need, NoRoom, Permit, Report,
    Throttled, Traffic, Turn, Wakes,
};
use crate::clock::{Clock, Now};
use crate::error::{Error, ErrorKind, Result};
use crate::fork::{self, ForkCell, Generation, Reborn};
use crate::sync::Mutex;
use crate::thread::boot_nanos;
use crate::watch;

/// The limiter of one account. Clones share it.
#[derive(Clone)]
pub(crate) struct AccountLimiter {
    account: Arc<ForkCell<Account>>,
    /// Nobody comes when a turn is due: a simulation asks by itself, so that it is the same each time.
    is_by_hand: bool,
}

impl GrantCacheBuilder {
    /// Counts the cache's calls against a rate of its own, as those of one account at one endpoint: 20 at
    /// once, then 10 a second, more while they are needed and upstream does not refuse, less after a 429,
    /// which also keeps every key from being fetched for a while.
    #[must_use]
    pub fn rate_limited(self) -> Self {
        self.limiter(Arc::new(AccountLimiter::new()))
    }

    /// As [`GrantCacheBuilder::rate_limited`], with what is known of the limits.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for what is no limit: see [`AccountOptions`].
    pub fn rate_limited_by(self, options: &AccountOptions) -> Result<Self> {
        options.check()?;
        let limiter = AccountLimiter::new();
        limiter.agree(options);
        Ok(self.limiter(Arc::new(limiter)))
    }

    /// The same, but whose turn comes is told only when somebody asks.
    #[cfg(feature = "test-helpers")]
    #[doc(hidden)]
    pub fn rate_limited_by_hand(self, options: &AccountOptions) -> Result<Self> {
        options.check()?;
        let limiter = AccountLimiter { is_by_hand: true, ..AccountLimiter::new() };
        limiter.agree(options);
        Ok(self.limiter(Arc::new(limiter)))
    }

    /// What a host program says of limits in one go: `rate_limited` as it gave it, if it did, and the account's
    /// options. One of those alone asks for a rate limit, too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] as of [`GrantCacheBuilder::rate_limited_by`], and for limits of a cache
    /// that shall have none.
    pub fn limits(self, rate_limited: Option<bool>, options: &AccountOptions) -> Result<Self> {
        let Some(given) = options.first_given() else {
            return Ok(if rate_limited == Some(true) { self.rate_limited() } else { self });
        };
        if rate_limited == Some(false) {
            let what = "has no effect on a cache whose rate_limited is off: give one of the two";
            return Err(Error::of_argument(ErrorKind::InvalidArgument, given, what));
        }
        self.rate_limited_by(options)
    }
}

/// What this process knows of the account.
struct Account {
    born: Generation,
    options: ArcSwap<AccountOptions>,
    desk: Mutex<Desk>,
    heard: Published,
}

/// The cool-down, to be read without a lock.
#[derive(Default)]
struct Published {
    /// No call before this, in nanoseconds since boot.
    closed_until: AtomicU64,
    cooling_until: AtomicU64,
    is_half_open: AtomicBool,
    refused: AtomicU32,
}

impl AccountLimiter {
    pub(crate) fn new() -> Self {
        let account = Account::new(AccountOptions::default(), Heard::default());
        Self { account: Arc::new(ForkCell::new(account)), is_by_hand: false }
    }

    /// From when on it is as good as a new one, in nanoseconds since boot.
    pub(super) fn quiet_at(&self, now: Now) -> u64 {
        let account = self.account.get();
        let mut desk = account.desk.lock();
        desk.quiet_at(now.boot_nanos())
    }

    /// Does something at the desk, and calls all whose turn that brings about.
    fn at_desk<R>(&self, now: Now, act: impl FnOnce(&mut Desk, u64) -> R) -> (R, Wakes) {
        let (account, time) = (self.account.get(), now.boot_nanos());
        let mut wakes = Wakes::default();
        let mut desk = account.desk.lock();
        let result = act(&mut desk, time);
        let next = desk.call_up(&mut wakes, time);
        account.heard.publish(&desk);
        let alarm = next.and_then(|at| Some((desk.set_alarm(at)?, at)));
        drop(desk);
        if let Some(((clock, number), at)) = alarm
            && !self.is_by_hand
        {
            self.set_alarm(clock, number, at.saturating_sub(time));
        }
        (result, wakes)
    }

    fn admission(&self, answer: Answer, now: Now) -> Admission {
        match answer {
            Answer::Go(permit) => Admission::Go(permit),
            Answer::Waits(at) => Admission::Later(at),
            Answer::Gone => self.block(now).map_or(Admission::TooLate, Admission::Blocked),
        }
    }

    /// Has those called whose turn it is after so many nanoseconds.
    fn set_alarm(&self, clock: Clock, number: u64, after: u64) {
        let account: Weak<ForkCell<Account>> = Arc::downgrade(&self.account);
        watch::at(boot_nanos().saturating_add(after), move || {
            let Some(account) = account.upgrade() else { return };
            let limiter = Self { account, is_by_hand: false };
            if limiter.account.get().desk.lock().alarm_is_over(number) {
                let ((), wakes) = limiter.at_desk(clock.now(), |_, _| ());
                wakes.wake();
            }
        });
    }
}

impl Account {
    fn new(options: AccountOptions, heard: Heard) -> Self {
        let account = Self {
            born: fork::generation(),
            desk: Mutex::new(Desk::new(&options, heard)),
            options: ArcSwap::from_pointee(options),
            heard: Published::default(),
        };
        account.heard.publish(&account.desk.lock());
        account
    }
}

impl Reborn for Account {
    fn is_foreign(&self) -> bool {
        self.born != fork::generation()
    }

    /// A child keeps the cool-down, which is upstream's word; the parent's probe, rate and queue are its own.
    fn reborn(&self) -> Self {
        Self::new(**self.options.load(), self.heard.read())
    }
}

impl Published {
    fn publish(&self, desk: &Desk) {
        let heard = desk.heard();
        self.closed_until.store(desk.closed_until(), Ordering::Relaxed);
        self.cooling_until.store(heard.until, Ordering::Relaxed);
        self.is_half_open.store(heard.is_half_open, Ordering::Relaxed);
        self.refused.store(heard.refused, Ordering::Relaxed);
    }

    fn read(&self) -> Heard {
        Heard {
            until: self.cooling_until.load(Ordering::Relaxed),
            is_half_open: self.is_half_open.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }

    fn block(&self, time: u64) -> Option<Block> {
        let until = self.closed_until.load(Ordering::Relaxed);
        (until > time).then(|| Block { until, error: throttled() })
    }
}

impl Limiter for AccountLimiter {
    fn agree(&self, options: &AccountOptions) -> bool {
        let account = self.account.get();
        let mut desk = account.desk.lock();
        let (agreed, differ) = account.options.load().agreed(options);
        account.options.store(Arc::new(agreed));
        desk.limit_to(&agreed);
        !differ
    }

    fn block(&self, now: Now) -> Option<Block> {
        self.account.get().heard.block(now.boot_nanos())
    }

    fn check_cold(&self, key: u64, deadline: u64, now: Now) -> std::result::Result<(), NoRoom> {
        self.account.get().desk.lock().check_cold(key, deadline, now.boot_nanos())
    }

    fn enter(&self, turn: &Arc<Turn>, need: Need, clock: &Clock, now: Now) -> Wakes {
        self.at_desk(now, |desk, time| desk.enter(turn, need, clock, time)).1
    }

    fn join(
        &self,
        turn: &Arc<Turn>,
        need: Need,
        deadline: u64,
        now: Now,
    ) -> (std::result::Result<(), NoRoom>, Wakes) {
        self.at_desk(now, |desk, time| desk.join(turn, need, deadline, time))
    }

    fn look(&self, turn: &Arc<Turn>, waker: Option<&Waker>, now: Now) -> (Admission, Wakes) {
        let mut wakes = Wakes::default();
        let look = |desk: &mut Desk, time| desk.look(turn, waker, &mut wakes, time);
        let (answer, later) = self.at_desk(now, look);
        (self.admission(answer, now), wakes.and(later))
    }

    fn start(&self, turn: &Arc<Turn>, waker: Option<&Waker>, now: Now) -> (Admission, Wakes) {
        let mut wakes = Wakes::default();
        let start = |desk: &mut Desk, time| desk.start(turn, waker, &mut wakes, time);
        let (answer, later) = self.at_desk(now, start);
        (self.admission(answer, now), wakes.and(later))
    }

    fn end(
        &self,
        turn: &Turn,
        permit: Option<Permit>,
        how: Report,
        now: Now,
    ) -> (Throttled, Wakes) {
        let mut wakes = Wakes::default();
        let end = |desk: &mut Desk, time| desk.end(turn, permit, how, &mut wakes, time);
        let (throttled, later) = self.at_desk(now, end);
        (throttled, wakes.and(later))
    }

    fn traffic(&self, now: Now) -> Traffic {
        self.account.get().desk.lock().traffic(now.boot_nanos())
    }
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
    use super::*;
    use crate::cache::GrantCache;

    #[test]
    fn a_cache_has_a_rate_limit_if_it_is_asked_for_or_one_is_known() {
        let rate = |rate_limited, options| {
            let cache = GrantCache::builder().limits(rate_limited, &options).unwrap().build();
            cache.stats().calls_per_second
        };
        let (unknown, known) = (AccountOptions::new(), AccountOptions::new().calls_per_second(5.0));
        assert_eq!((rate(None, unknown), rate(Some(false), unknown)), (None, None));
        assert_eq!(rate(Some(true), unknown), Some(10.0));
        assert_eq!((rate(None, known), rate(Some(true), known)), (Some(5.0), Some(5.0)));
    }
}
