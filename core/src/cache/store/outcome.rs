//! What the end of a fetch changes: in its entry, for its waiters and for the account.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::entry::Entry;
use super::events::EventKind;
use super::inner::Inner;
use super::limiter::{Permit, Report};
use crate::cache::decide::{
    Block, EntryState, Failure, Fetch, Grant, StoredGrant, Windows, abandoned, grant_too_short,
    not_sent_in_time,
};
use crate::clock::{Now, nanos};
use crate::error::{Error, ErrorKind, Scope};
use crate::fleet::{Brought, Left, Mark, Outcome, seldom_early};

/// A fetch that is over: which, how its request was admitted and when that was sent.
pub(crate) struct Ended<'a> {
    pub(crate) entry: &'a Arc<Entry>,
    pub(crate) fetch: &'a Arc<Fetch>,
    pub(crate) permit: Option<Permit>,
    pub(crate) sent: Option<Now>,
}

impl Inner {
    /// A fetch brought a grant that lives for `lifetime` from when its request was sent.
    pub(crate) fn succeeded(&self, ended: &Ended<'_>, grant: Grant, lifetime: Duration) {
        let now = self.clock.now();
        ended.fetch.credential.accepted();
        self.answered(ended, Report::Answered, now);
        let stored = self.stored(ended, grant, lifetime, now);
        let is_short = stored.remaining(now) < stored.promise;
        if is_short && stored.remaining_since_boot(now) >= stored.promise {
            // The wall clock was stepped forward during the fetch, or the machine stood still
            // unseen: nobody can say how old the grant is, and another one is easily had.
            return self.abandon(ended, now);
        }
        if stored.remaining(now) == 0 {
            return self.fail(ended, grant_too_short(), now);
        }
        let stored = match is_short {
            true => {
                // Other processes could not use it either, and to ask again would not help them.
                let until = now.boot_nanos().saturating_add(self.spacing(ended.entry));
                self.tell_others(ended.fetch, &grant_too_short(), until, now);
                Arc::new(stored)
            }
            false => Arc::new(self.shared(ended, stored, lifetime, now)),
        };
        let kind = EventKind::FetchSucceeded { generation: stored.generation };
        self.bring(ended, stored, is_short, kind, now);
    }

    /// Another process has brought a grant, which is good for some time yet.
    pub(crate) fn found(&self, ended: &Ended<'_>, brought: Brought, mark: Mark, now: Now) {
        let Brought { text, lifetime, age, .. } = brought;
        let ended = Ended { sent: Some(now.minus(age)), ..*ended };
        let grant = Grant::new(text.into_string());
        let stored = self.stored(&ended, grant, lifetime, now);
        let stored = Arc::new(StoredGrant { mark: Some(mark), ..stored });
        if stored.remaining(now) < stored.promise {
            // It is old for its lifetime, which is known only now. By that, another try looks for a better one.
            return self.found_old(&ended, stored, now);
        }
        let kind = EventKind::FleetValue { generation: stored.generation };
        self.bring(&ended, stored, false, kind, now);
    }

    /// Keeps what another process has brought and is too old to be promised; the waiters begin again.
    fn found_old(&self, ended: &Ended<'_>, stored: Arc<StoredGrant>, now: Now) {
        let change = ended.entry.lock();
        let state = change.state();
        if state.awaits(ended.fetch) && state.era == ended.fetch.era && state.value.is_none() {
            change.replace(EntryState { value: Some(stored), ..state.as_ref().clone() });
        }
        drop(change);
        self.abandon(ended, now);
    }

    /// Leaves a grant for other processes, if the cache shares with any.
    fn shared(
        &self,
        ended: &Ended<'_>,
        stored: StoredGrant,
        lifetime: Duration,
        now: Now,
    ) -> StoredGrant {
        let Some(shared) = &ended.fetch.shared else { return stored };
        let sent = ended.sent.unwrap_or(now);
        let left = Left { text: stored.grant.as_str(), sent, lifetime };
        let mark = shared.publish(&left, &self.counters.fleet, now);
        self.note_fleet(now);
        StoredGrant { mark, ..stored }
    }

    fn bring(
        &self,
        ended: &Ended<'_>,
        stored: Arc<StoredGrant>,
        is_short: bool,
        kind: EventKind,
        now: Now,
    ) {
        let Ended { entry, fetch, .. } = *ended;
        self.note(now, kind, Some(&entry.key));
        let change = entry.lock();
        if let Some(next) = self.with_grant(&change.state(), ended, &stored, is_short, now) {
            change.replace(next);
        }
        drop(change);
        self.fetches.remove(fetch);
        fetch.completion.complete(Ok(stored));
    }

    /// The state with a grant that was fetched; none if it may not be stored.
    fn with_grant(
        &self,
        state: &EntryState,
        ended: &Ended<'_>,
        stored: &Arc<StoredGrant>,
        is_short: bool,
        now: Now,
    ) -> Option<EntryState> {
        let Ended { fetch, .. } = *ended;
        if state.era != fetch.era || state.retired {
            return None;
        }
        let outlived = state.value.as_ref().is_some_and(|old| !stored.outlives(old, now));
        let value = if outlived { state.value.clone() } else { Some(Arc::clone(stored)) };
        let kept = EntryState { value, ..state.clone() };
        if !state.awaits(fetch) {
            // Late: the fetch was given up, but what it brings may still be the best there is.
            return Some(kept);
        }
        if !is_short {
            return Some(kept.succeeded(self.next_fetch(ended, &kept)));
        }
        // It is kept for callers who can use it, but asking again right away would not help.
        self.counters.error(ErrorKind::GrantTooShort);
        let pause = self.failure(&kept, ended, now).backoff();
        let next = self.next_fetch(ended, &kept).max(now.boot_nanos().saturating_add(pause));
        Some(kept.failed(grant_too_short(), next))
    }

    /// A fetch failed.
    pub(crate) fn failed(&self, ended: &Ended<'_>, error: Error) {
        let now = self.clock.now();
        let error = if error.kind().scope() == Scope::Account {
            self.note_latency(ended, now);
            self.cool_down(ended, &error, now)
        } else {
            self.answered(ended, report_of(error.kind()), now);
            error
        };
        self.fail(ended, error, now);
    }

    /// Notes a failure in the entry, or of the credential if it speaks of that; tells the waiters.
    fn fail(&self, ended: &Ended<'_>, error: Error, now: Now) {
        let Ended { entry, fetch, .. } = *ended;
        // A fetch that timed out was counted then.
        if self.fetches.remove(fetch) {
            self.counters.error(error.kind());
            self.note(now, EventKind::FetchFailed(error.kind()), Some(&entry.key));
        }
        let scope = error.kind().scope();
        let time = now.boot_nanos();
        let change = entry.lock();
        let state = change.state();
        let mut told = error.clone();
        let pause = self.failure(&state, ended, now).pause(&error);
        let mut until = time.saturating_add(pause);
        if state.awaits(fetch) {
            if scope == Scope::Credential {
                told = told.with_retry_after(Duration::from_nanos(pause));
                let block = Block { until: time.saturating_add(pause), error: error.clone() };
                fetch.credential.refuse(self.number, block);
            }
            let is_attempt = scope != Scope::Nobody;
            let next = match error.kind() {
                ErrorKind::Abandoned => state.abandoned(self.next_fetch(ended, &state)),
                _ if scope == Scope::Credential => state.refused(),
                _ if is_attempt => {
                    until = self.next_fetch(ended, &state).max(until);
                    let failed = state.failed(error.clone(), until);
                    match fetch.shared.is_some() && !error.kind().is_of_upstream() {
                        true => {
                            let others = others_first(failed.past.failures);
                            failed.fetching_from(time.saturating_add(others))
                        }
                        false => failed,
                    }
                }
                _ => state.held_off(error.clone(), time.saturating_add(self.spacing(entry))),
            };
            let says_when =
                scope == Scope::Credential || !is_attempt && told.retry_after().is_some();
            if next.past.next > time && !says_when {
                told = told.with_retry_after(Duration::from_nanos(next.past.next - time));
            }
            change.replace(next);
        }
        drop(change);
        self.tell_others(fetch, &error, until, now);
        fetch.completion.complete(Err(told));
    }

    /// Gives back the right to fetch, and tells other processes why nothing came of it.
    fn tell_others(&self, fetch: &Fetch, error: &Error, until: u64, now: Now) {
        let Some(shared) = &fetch.shared else { return };
        let outcome = match error.kind().scope() {
            // The account's cell says when it may be called again.
            Scope::Account | Scope::Nobody => Outcome::Nothing,
            Scope::Credential => Outcome::Said { error, until, of_credential: true },
            _ if error.kind().is_of_upstream() => {
                Outcome::Said { error, until, of_credential: false }
            }
            _ => Outcome::Failed { error },
        };
        shared.end(&outcome, &self.counters.fleet, now);
        self.note_fleet(now);
    }

    /// Gives back the right to fetch, of which nothing came.
    fn hand_back(&self, fetch: &Fetch, now: Now) {
        if let Some(shared) = &fetch.shared {
            shared.end(&Outcome::Nothing, &self.counters.fleet, now);
        }
    }

    /// A fetch was dropped by its driver without an outcome.
    pub(crate) fn dropped(&self, ended: &Ended<'_>) {
        let now = self.clock.now();
        let how = if ended.sent.is_some() { Report::Unknown } else { Report::Unsent };
        self.answered(ended, how, now);
        self.abandon(ended, now);
    }

    /// Ends a fetch without an outcome: its waiters begin again.
    fn abandon(&self, ended: &Ended<'_>, now: Now) {
        let Ended { entry, fetch, .. } = *ended;
        // A fetch that timed out was noted then.
        if self.fetches.remove(fetch) {
            self.note(now, EventKind::FetchAbandoned, Some(&entry.key));
        }
        self.let_go(ended);
        self.hand_back(fetch, now);
        fetch.completion.complete(Err(abandoned()));
    }

    /// Another fetch may begin in the place of one that had no outcome.
    fn let_go(&self, ended: &Ended<'_>) {
        let change = ended.entry.lock();
        let state = change.state();
        if state.awaits(ended.fetch) {
            change.replace(state.abandoned(self.next_fetch(ended, &state)));
        }
    }

    /// A fetch was not allowed to send its request, so there is nothing to note of upstream. No other begins before
    /// `until`, in nanoseconds since boot, if that is said.
    pub(crate) fn not_sent(
        &self,
        entry: &Arc<Entry>,
        fetch: &Arc<Fetch>,
        error: Error,
        until: Option<u64>,
    ) {
        self.counters.refusal();
        let now = self.clock.now();
        let change = entry.lock();
        let state = change.state();
        if state.awaits(fetch) {
            change.replace(match (error.kind(), until) {
                (_, Some(until)) => state.held_off(error.clone(), until),
                (ErrorKind::Overloaded, None) => {
                    let next = now.boot_nanos().saturating_add(self.spacing(entry));
                    state.held_off(error.clone(), next)
                }
                // The cool-down itself holds everybody back.
                _ => EntryState { fetch: None, ..EntryState::clone(&state) },
            });
        }
        drop(change);
        self.fetches.remove(fetch);
        self.hand_back(fetch, now);
        fetch.completion.complete(Err(error));
        let ended = Ended { entry, fetch, permit: None, sent: None };
        self.report(&ended, Report::Unsent, now);
    }

    /// Ends a fetch that is overdue, whatever its driver still does.
    pub(crate) fn time_out(&self, entry: &Arc<Entry>, fetch: &Arc<Fetch>, now: Now) {
        let ended = Ended { entry, fetch, permit: None, sent: None };
        if !fetch.is_sent() {
            return self.never_sent(&ended, now);
        }
        if !fetch.is_overdue(now) {
            // It was sent at this very moment, and has its time.
            return;
        }
        let error =
            Error::new(ErrorKind::UpstreamTimeout, "the fetch of a grant did not end in its time");
        self.fail(&ended, error, now);
        self.report(&ended, Report::Overdue, now);
    }

    /// Nobody has sent the request of a fetch in its time. That is not upstream's fault, and another
    /// may begin.
    fn never_sent(&self, ended: &Ended<'_>, now: Now) {
        let Ended { entry, fetch, .. } = *ended;
        if self.fetches.remove(fetch) {
            self.counters.error(ErrorKind::Overloaded);
            self.note(now, EventKind::FetchFailed(ErrorKind::Overloaded), Some(&entry.key));
        }
        self.let_go(ended);
        self.hand_back(fetch, now);
        let error = not_sent_in_time(Duration::from_nanos(self.spacing(entry)));
        fetch.completion.complete(Err(error));
        self.report(ended, Report::Unsent, now);
    }

    /// Ends every fetch that is overdue.
    pub(crate) fn time_out_overdue(&self, now: Now) {
        for (entry, fetch) in self.fetches.overdue(now) {
            self.time_out(&entry, &fetch, now);
        }
    }

    fn stored(&self, ended: &Ended<'_>, grant: Grant, lifetime: Duration, now: Now) -> StoredGrant {
        let windows = self.policy.windows(lifetime);
        let sent = ended.sent.unwrap_or(now);
        let lifetime = nanos(lifetime);
        let nominal = self.policy.nominal(ended.entry.key.ttl(), Some(lifetime));
        StoredGrant {
            grant,
            generation: self.next_grant.fetch_add(1, Ordering::Relaxed),
            expires: sent.plus(Duration::from_nanos(windows.net_lifetime)),
            came: now.boot_nanos(),
            soft: windows.soft(self.early(ended)),
            wait_below: windows.wait_below,
            lifetime,
            promise: nanos(self.policy.min_remaining(nominal)),
            mark: None,
        }
    }

    /// How early a grant is refreshed, as a part of the most (`0.0..=1.0`).
    fn early(&self, ended: &Ended<'_>) -> f64 {
        let random = self.policy.random();
        if ended.fetch.shared.is_some() { seldom_early(random) } else { random }
    }

    /// When the fetch after this one may start, in nanoseconds since boot.
    fn next_fetch(&self, ended: &Ended<'_>, state: &EntryState) -> u64 {
        let spacing = self.windows_in(state, ended.entry).spacing;
        ended.fetch.started.saturating_add(spacing)
    }

    fn spacing(&self, entry: &Entry) -> u64 {
        self.windows(entry).spacing
    }

    /// The windows that hold for a key now: by the lifetime that its grants have.
    pub(crate) fn windows(&self, entry: &Entry) -> Windows {
        self.windows_in(&entry.state(), entry)
    }

    fn windows_in(&self, state: &EntryState, entry: &Entry) -> Windows {
        self.policy.windows(self.policy.nominal(entry.key.ttl(), state.lifetime()))
    }

    pub(super) fn failure<'a>(
        &'a self,
        state: &'a EntryState,
        ended: &Ended<'a>,
        now: Now,
    ) -> Failure<'a> {
        let refusals = ended.fetch.credential.refusals();
        Failure { policy: &self.policy, key: &ended.entry.key, state, refusals, now }
    }

    /// Tells the account how an admitted request ended, and notes how long it took.
    fn answered(&self, ended: &Ended<'_>, how: Report, now: Now) {
        self.report(ended, how, now);
        self.note_latency(ended, now);
    }

    fn note_latency(&self, ended: &Ended<'_>, now: Now) {
        if let Some(sent) = ended.sent {
            self.counters.took(now.boot_nanos().saturating_sub(sent.boot_nanos()));
        }
    }
}

/// How long other processes fetch first after so many failures in a row that were this one's alone.
fn others_first(failures: u32) -> u64 {
    const STEP: u64 = 2_000_000_000;
    STEP.saturating_mul(failures.into()).min(15 * STEP)
}

/// What an error that is not a 429 says of upstream. A source of the host may fail for reasons of its own.
fn report_of(kind: ErrorKind) -> Report {
    match kind {
        ErrorKind::UpstreamBadRequest
        | ErrorKind::UpstreamUnauthorized
        | ErrorKind::UpstreamForbidden
        | ErrorKind::UpstreamNotFound
        | ErrorKind::UpstreamStatus
        | ErrorKind::UpstreamNotJson
        | ErrorKind::UpstreamNoGrant
        | ErrorKind::UpstreamTooLarge
        | ErrorKind::GrantTooShort => Report::Answered,
        ErrorKind::UpstreamUnavailable
        | ErrorKind::UpstreamTimeout
        | ErrorKind::UpstreamConnect => Report::Failed,
        _ => Report::Unknown,
    }
}
