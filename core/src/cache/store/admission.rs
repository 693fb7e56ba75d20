//! Whether a request may be sent upstream: all that is asked of the account's [`Limiter`].
//!
//! [`Inner::block`] and [`Inner::check_rate_limit`] have callers refused early. [`Inner::admit`] decides,
//! and is asked in one place: by a ticket, right before its request is sent.
//!
//! [`Limiter`]: super::limiter::Limiter

use std::time::Duration;

use super::inner::Inner;
use super::limiter::{Admission, Permit, Report};
use crate::cache::decide::{Block, Fetch, Key, cooldown, overdue_at, rate_limited};
use crate::clock::Now;
use crate::error::{Error, Result};
use crate::trace;

impl Inner {
    /// What holds back every key: refused credentials, or the account's cool-down.
    pub(crate) fn block(&self, now: Now) -> Option<Block> {
        let own = self.block.load_full().filter(|block| block.until > now.boot_nanos());
        let own = own.as_deref().cloned();
        own.into_iter().chain(self.limiter.block(now)).max_by_key(|block| block.until)
    }

    /// Refuses a cold key whose request could not be sent by `deadline`, in nanoseconds since boot.
    pub(crate) fn check_rate_limit(&self, deadline: u64, now: Now) -> Result<()> {
        let earliest = self.limiter.earliest(self.fetches.unsent(), now);
        if earliest > deadline.max(now.boot_nanos()) {
            self.counters.refusal();
            return Err(rate_limited(earliest, now));
        }
        Ok(())
    }

    /// Asks whether the request of a fetch may be sent now; it would have until `deadline`, in
    /// nanoseconds since boot.
    pub(crate) fn admit(&self, fetch: &Fetch, deadline: u64, now: Now) -> Admission {
        self.limiter.admit(fetch.purpose, fetch.queue_until, overdue_at(deadline), now)
    }

    /// Tells the account how an admitted request ended.
    pub(super) fn report(&self, permit: Option<Permit>, report: Report, now: Now) {
        if let Some(permit) = permit {
            self.limiter.report(permit, report, now);
        }
    }

    /// Begins the account's cool-down after a 429; returns the error that says how long it is.
    pub(super) fn cool_down(
        &self,
        key: &Key,
        permit: Option<Permit>,
        error: &Error,
        now: Now,
    ) -> Error {
        let windows = self.policy.windows(key.ttl());
        let in_a_row = self.limiter.throttled_in_a_row(now);
        let pause = cooldown(&windows, error.retry_after(), in_a_row, self.policy.random());
        let until = now.boot_nanos().saturating_add(pause);
        let time = Duration::from_nanos(pause);
        trace::cool_down(time);
        self.report(permit, Report::Throttled { until }, now);
        error.with_retry_after(time)
    }

    /// How much of the account's cool-down is left.
    pub(super) fn cooldown_left(&self, now: Now) -> Duration {
        let until = self.limiter.block(now).map_or(0, |block| block.until);
        Duration::from_nanos(until.saturating_sub(now.boot_nanos()))
    }
}
