//! What a ticket does first whose cache shares with other processes: it asks whether one of them has the grant, or
//! fetches it. Only then does the process's own limiter come, and at last the account's, which all share.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::ticket::{Start, Ticket};
use crate::cache::decide::{Promise, abandoned};
use crate::cache::store::{Need, Traffic};
use crate::clock::{Now, nanos};
use crate::error::{Error, ErrorKind, Scope};
use crate::fleet::{Admitted, Allowed, Claimed, Hand, Pause, SharedFetch, Terms};
use crate::thread::boot_nanos;
use crate::watch;

/// The rate that an account's shared limit begins with where this process knows none.
const FIRST_RATE: f64 = 10.0;
/// How soon a caller looks again whether a store has answered that is asked over a network.
const LOOK: Duration = Duration::from_millis(2);

impl Ticket {
    /// Asks for what other processes have. None if this process has to fetch, and its request waits for its turn.
    pub(super) fn claim(&mut self, waker: Option<&Waker>, now: Now) -> Option<Start> {
        let need = self.claims_for?;
        let fetch = Arc::clone(&self.fetch);
        let shared = fetch.shared.as_ref()?;
        let hand = self.hand(now);
        let asks = shared.ask(&hand, waker, &self.inner.counters.fleet, now);
        self.inner.note_fleet(now);
        if let (true, Some(mark)) = (asks.give_up, hand.mark) {
            self.inner.give_up(&self.entry, mark, now);
        }
        match asks.claimed {
            Claimed::Fetches => self.enter(need, now),
            Claimed::Later(at) => Some(self.later(at, waker, now)),
            Claimed::Unanswered(until) => Some(self.looks_again(until, waker, now)),
            Claimed::Value(brought, mark) => {
                if let Some(inner) = self.end() {
                    inner.found(&self.ended(), brought, mark, now);
                }
                Some(Start::Served)
            }
            Claimed::Paused(pause) => Some(self.paused(pause, now)),
            Claimed::NotAgain => {
                let error = self.entry.state().past.error.clone().unwrap_or_else(abandoned);
                let next = now.boot_nanos().saturating_add(self.spacing());
                Some(self.refused_until(error, next, now))
            }
        }
    }

    /// What this process has of the key.
    fn hand(&self, now: Now) -> Hand {
        let (policy, state) = (&self.inner.policy, self.entry.state());
        let ttl = self.entry.key.ttl();
        let nominal = policy.nominal(ttl, state.lifetime());
        let known = policy.known(ttl, state.lifetime());
        let usual = known.map_or(0, |lifetime| nanos(policy.min_remaining(lifetime)));
        let value = state.keeping(Promise::ANY, now);
        Hand {
            mark: value.and_then(|value| value.mark),
            left: value.map_or(0, |value| value.remaining(now)),
            need: self.fetch.promise().max(usual),
            margin: known.map_or(0, |lifetime| policy.windows(lifetime).margin),
            fetch_timeout: policy.windows(nominal).fetch_timeout,
            may_fetch: state.past.fetches_from <= now.boot_nanos(),
            terms: self.terms_at_once(now),
        }
    }

    /// The request waits for its turn from now on, unless nothing may be sent.
    fn enter(&mut self, need: Need, now: Now) -> Option<Start> {
        let (realm, fetch) = (&self.entry.realm, &self.fetch);
        if let Some(block) = self.inner.block_upstream(realm, &fetch.credential, now) {
            return Some(self.refused_until(block.refusal(now), block.until, now));
        }
        let deadline = fetch.turn.last_wanted();
        if need == Need::Cold
            && let Err(error) = self.inner.check_room(realm, &self.entry.key, deadline, now)
        {
            let next = now.boot_nanos().saturating_add(self.spacing());
            return Some(self.refused_until(error, next, now));
        }
        self.claims_for = None;
        realm.limiter.enter(&fetch.turn, need, &self.inner.clock, now).wake();
        None
    }

    /// Asks the account's limit that all processes share, once it is this request's turn here. None if it may be sent.
    pub(super) fn pass_account(&mut self, waker: Option<&Waker>, now: Now) -> Option<Start> {
        let fetch = Arc::clone(&self.fetch);
        let shared = fetch.shared.as_ref()?;
        let allowed = self.ask_account(shared, waker, now);
        self.inner.note_fleet(now);
        match allowed {
            Allowed::Said(Admitted::Go(_)) => None,
            Allowed::Said(Admitted::Later(at)) => Some(self.later(at, waker, now)),
            Allowed::Unanswered(until) => Some(self.looks_again(until, waker, now)),
            Allowed::Said(Admitted::Cooling(until)) => {
                let wait = Duration::from_nanos(until.saturating_sub(now.boot_nanos()));
                let error = Error::new(
                    ErrorKind::Throttled,
                    "upstream answered 429 to a process of the fleet; no request is sent for this account before the \
                     cool-down ends: answer 503 with Retry-After",
                );
                Some(self.refused_until(error.with_retry_after(wait), until, now))
            }
        }
    }

    fn ask_account(&self, shared: &SharedFetch, waker: Option<&Waker>, now: Now) -> Allowed {
        let terms = self.terms(self.entry.realm.limiter.traffic(now));
        shared.admit(&terms, waker, &self.inner.counters.fleet, now)
    }

    /// If the request could be sent right away.
    fn terms_at_once(&self, now: Now) -> Option<Terms> {
        let realm = &self.entry.realm;
        let traffic = realm.limiter.traffic(now);
        let is_free = traffic.is_free
            && self.inner.block_upstream(realm, &self.fetch.credential, now).is_none();
        is_free.then(|| self.terms(traffic))
    }

    fn terms(&self, traffic: Traffic) -> Terms {
        let Traffic { rate, most, .. } = traffic;
        Terms { rate: rate.unwrap_or(FIRST_RATE), most, lost_after: self.fetch.turn.lost_after }
    }

    /// Upstream has refused another process.
    fn paused(&mut self, pause: Pause, now: Now) -> Start {
        let Pause { error, until, .. } = pause;
        let wait = Duration::from_nanos(until.saturating_sub(now.boot_nanos()));
        if error.kind().scope() == Scope::Credential {
            self.inner.refuse_credential(&self.fetch, &error, until);
        }
        self.refused_until(error.with_retry_after(wait), until, now)
    }

    /// Ends the fetch without a request; none begins for its key before `until`, in nanoseconds since boot.
    fn refused_until(&mut self, error: Error, until: u64, now: Now) -> Start {
        let until = until.max(now.boot_nanos());
        if let Some(inner) = self.end() {
            inner.not_sent(&self.entry, &self.fetch, error.clone(), Some(until));
        }
        Start::Refused(error)
    }

    /// Asks again at a time, in nanoseconds since boot.
    fn later(&self, at: u64, waker: Option<&Waker>, now: Now) -> Start {
        let after = at.saturating_sub(now.boot_nanos());
        if let Some(waker) = waker
            && !self.inner.clock.is_manual()
        {
            let waker = waker.clone();
            watch::at(boot_nanos().saturating_add(after), move || waker.wake());
        }
        self.waits_until(at, waker.is_some())
    }

    /// The store has not answered. Who is woken when it has looks again when the time for that is over, anybody else
    /// soon.
    fn looks_again(&self, until: u64, waker: Option<&Waker>, now: Now) -> Start {
        let soon = now.boot_nanos().saturating_add(nanos(LOOK));
        self.later(if waker.is_some() { until } else { soon.min(until) }, waker, now)
    }

    fn spacing(&self) -> u64 {
        self.inner.windows(&self.entry).spacing
    }
}
