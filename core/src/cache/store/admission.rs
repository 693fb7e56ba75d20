//! Whether a request may be sent upstream: all that is asked of the account's [`Limiter`].
//!
//! [`Inner::block`] and [`Inner::check_rate_limit`] have callers refused early. [`Inner::admit`] decides,
//! and is asked in one place: by a ticket, right before its request is sent.
//!
//! [`Limiter`]: super::limiter::Limiter

use std::sync::Arc;
use std::time::Duration;

use super::entry::Entry;
use super::inner::Inner;
use super::limiter::{Admission, Permit, Report};
use super::realm::Realm;
use super::requester::Requester;
use crate::cache::decide::{Block, Fetch, cooldown, overdue_at, rate_limited};
use crate::clock::Now;
use crate::error::{Error, Result};
use crate::trace;

impl Inner {
    /// What holds back every key of a user: its credential is refused, or its account cools down.
    pub(crate) fn block(&self, who: &Requester, now: Now) -> Option<Block> {
        let refused = who.credential().block(self.number, now);
        refused.into_iter().chain(who.realm.limiter.block(now)).max_by_key(|block| block.until)
    }

    /// Refuses a cold key whose request could not be sent by `deadline`, in nanoseconds since boot.
    pub(crate) fn check_rate_limit(
        &self,
        realm: &Arc<Realm>,
        deadline: u64,
        now: Now,
    ) -> Result<()> {
        let earliest = realm.limiter.earliest(self.fetches.unsent(realm), now);
        if earliest > deadline.max(now.boot_nanos()) {
            self.counters.refusal();
            return Err(rate_limited(earliest, now));
        }
        Ok(())
    }

    /// Asks whether the request of a fetch may be sent now; it would have until `deadline`, in
    /// nanoseconds since boot.
    pub(crate) fn admit(&self, realm: &Realm, fetch: &Fetch, deadline: u64, now: Now) -> Admission {
        // It was begun before upstream refused another with the same credential.
        if let Some(block) = fetch.credential.block(self.number, now) {
            return Admission::Blocked(block);
        }
        realm.limiter.admit(fetch.purpose, fetch.queue_until, overdue_at(deadline), now)
    }

    /// Begins the account's cool-down after a 429; returns the error that says how long it is.
    pub(super) fn cool_down(
        &self,
        entry: &Entry,
        permit: Option<Permit>,
        error: &Error,
        now: Now,
    ) -> Error {
        let windows = self.policy.windows(entry.key.ttl());
        let in_a_row = entry.realm.limiter.throttled_in_a_row(now);
        let pause = cooldown(&windows, error.retry_after(), in_a_row, self.policy.random());
        let until = now.boot_nanos().saturating_add(pause);
        let time = Duration::from_nanos(pause);
        trace::cool_down(time);
        report(&entry.realm, permit, Report::Throttled { until }, now);
        error.with_retry_after(time)
    }
}

/// Tells the account how an admitted request ended.
pub(super) fn report(realm: &Realm, permit: Option<Permit>, report: Report, now: Now) {
    if let Some(permit) = permit {
        realm.limiter.report(permit, report, now);
    }
}
