//! What one process knows of a cache: the entries, the flights in the air and how they end.
//!
//! Lock order: a shard's, then an entry's. The small locks (flights, warm entries, events, a
//! flight's desk) are leaves. No lock is held while a callback runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;

use super::entry::Entry;
use super::events::{Event, EventKind, Ring};
use super::flight::Flight;
use super::gate::{Block, Gate, Permit, Report, Scope};
use super::grant::{Grant, StoredGrant};
use super::key::Key;
use super::policy::{CachePolicy, asked_for, negative_ttl};
use super::shards::Shards;
use super::state::{EntryState, abandoned, grant_too_short};
use super::stats::{Counters, Stats};
use crate::clock::{Clock, Now, nanos};
use crate::error::{Error, ErrorKind};
use crate::fork::{self, Generation};
use crate::sync::Mutex;
use crate::trace;

pub(crate) struct Inner {
    pub(super) clock: Clock,
    pub(super) policy: CachePolicy,
    pub(super) gate: Arc<dyn Gate>,
    pub(super) shards: Shards,
    pub(super) counters: Counters,
    /// Set while the credentials are refused: no key is tried.
    pub(super) block: ArcSwapOption<Block>,
    /// Every flight in the air with its entry, to find the dead ones.
    pub(super) flights: Mutex<Vec<(Arc<Entry>, Arc<Flight>)>>,
    /// Entries that are refreshed without being read.
    pub(super) warm: Mutex<Vec<Arc<Entry>>>,
    events: Ring,
    /// The number of the next grant.
    next_grant: AtomicU64,
    /// The process, counted in forks, that this was made in.
    born: Generation,
    /// Set by a test that pretends a fork.
    left_behind: AtomicBool,
}

/// A fetch that is over: which, how it was allowed and when it was sent.
pub(super) struct Landing<'a> {
    pub(super) entry: &'a Arc<Entry>,
    pub(super) flight: &'a Arc<Flight>,
    pub(super) permit: Option<Permit>,
    pub(super) sent: Option<Now>,
}

impl Inner {
    pub(super) fn new(clock: Clock, policy: CachePolicy, gate: Arc<dyn Gate>) -> Self {
        Self {
            clock,
            policy,
            gate,
            shards: Shards::new(),
            counters: Counters::new(),
            block: ArcSwapOption::empty(),
            flights: Mutex::default(),
            warm: Mutex::default(),
            events: Ring::default(),
            next_grant: AtomicU64::new(1),
            born: fork::generation(),
            left_behind: AtomicBool::new(false),
        }
    }

    /// What a forked child starts with: nothing of its parent's but the grants that are still good.
    /// Everything here is read without a lock, since a thread that is gone may hold any of them.
    pub(super) fn reborn(&self) -> Self {
        let born = Self::new(self.clock.clone(), self.policy.clone(), Arc::clone(&self.gate));
        born.next_grant.store(self.next_grant.load(Ordering::Relaxed), Ordering::Relaxed);
        let now = self.clock.now();
        for entry in self.shards.all() {
            let state = entry.state();
            if let Some(value) = state.keeping(0, now) {
                let kept = EntryState { value: Some(Arc::clone(value)), ..EntryState::default() };
                born.shards.get_or_insert(&entry.key, kept, now);
            }
        }
        born.note(now, EventKind::Forked, None);
        born
    }

    /// Whether this is another process's: then its locks and flights must not be touched.
    #[inline]
    pub(super) fn is_foreign(&self) -> bool {
        self.born != fork::generation() || self.left_behind.load(Ordering::Relaxed)
    }

    /// What holds everybody back: refused credentials, or the account's cool-down.
    pub(super) fn block(&self, now: Now) -> Option<Block> {
        let own = self.block.load_full().filter(|block| block.until > now.boot_nanos());
        let own = own.as_deref().cloned();
        own.into_iter().chain(self.gate.block(now)).max_by_key(|block| block.until)
    }

    /// A fetch brought a grant that lives for `life` from when it was sent.
    pub(super) fn landed(&self, landing: &Landing<'_>, grant: Grant, life: Duration) {
        let now = self.clock.now();
        let Landing { entry, flight, .. } = *landing;
        self.report(landing, Report::Answered, now);
        let stored = Arc::new(self.stored(landing, grant, life));
        let remaining = stored.remaining(now);
        let promise = nanos(self.policy.min_remaining(entry.key.ttl()));
        if remaining < promise && stored.remaining_since_boot(now) >= promise {
            // The wall clock was stepped forward during the flight, or the machine stood still
            // unseen: nobody can say how old the grant is, and another one is easily had.
            return self.abandon(landing, now);
        }
        if remaining == 0 {
            return self.fail_entry(landing, grant_too_short(), now);
        }
        self.note(
            now,
            EventKind::FetchSucceeded { generation: stored.generation },
            Some(&entry.key),
        );
        let change = entry.lock();
        let state = change.state();
        if state.era == flight.era && !state.retired {
            let outlived = state.value.as_ref().is_some_and(|old| !stored.outlives(old, now));
            let value = if outlived { state.value.clone() } else { Some(Arc::clone(&stored)) };
            let kept = EntryState { value, ..EntryState::clone(&state) };
            change.replace(match state.flight.as_ref() {
                Some(current) if Arc::ptr_eq(current, flight) && remaining < promise => {
                    // It is kept for whoever can use it, but asking again at once would not help.
                    self.counters.error(ErrorKind::GrantTooShort);
                    let pause = self.transient_pause(&kept, entry, now);
                    let (started, end) = (flight.started, now.boot_nanos());
                    kept.failed(grant_too_short(), started, end, pause)
                }
                Some(current) if Arc::ptr_eq(current, flight) => {
                    kept.succeeded(kept.value.clone(), flight.started)
                }
                // Late: the flight was given up, but what it brings may still be the best there is.
                _ => kept,
            });
        }
        drop(change);
        self.forget(flight);
        flight.end(Ok(stored));
    }

    /// A fetch failed.
    pub(super) fn failed(&self, landing: &Landing<'_>, error: Error) {
        let now = self.clock.now();
        let error = match Scope::of(&error) {
            Scope::Account => {
                let windows = self.policy.windows(landing.entry.key.ttl());
                let in_a_row = self.gate.throttled_in_a_row(now);
                let asked = error.retry_after().map(nanos);
                let pause = windows.cooldown(asked, in_a_row, self.policy.random());
                let until = now.boot_nanos().saturating_add(pause);
                trace::cool_down(Duration::from_nanos(pause));
                self.report(landing, Report::Throttled { until }, now);
                error.with_retry_after(Duration::from_nanos(pause))
            }
            _ if is_answer(error.kind()) => {
                self.report(landing, Report::Answered, now);
                error
            }
            _ => {
                self.report(landing, Report::Unknown, now);
                error
            }
        };
        self.fail_entry(landing, error, now);
    }

    /// Notes a failure in the entry, and in the cache if it speaks of the credentials; tells all
    /// who wait.
    fn fail_entry(&self, landing: &Landing<'_>, error: Error, now: Now) {
        let Landing { entry, flight, .. } = *landing;
        // Whoever buried the flight has counted it.
        if self.forget(flight) {
            self.counters.error(error.kind());
            self.note(now, EventKind::FetchFailed(error.kind()), Some(&entry.key));
        }
        let time = now.boot_nanos();
        let change = entry.lock();
        let state = change.state();
        let ours = state.flight.as_ref().is_some_and(|current| Arc::ptr_eq(current, flight));
        let mut told = error.clone();
        if ours {
            let pause = self.pause(&state, &error, entry, now);
            let next = match Scope::of(&error) {
                Scope::Nobody if error.kind() == ErrorKind::Abandoned => {
                    state.abandoned(flight.started)
                }
                Scope::Nobody => state.held_off(error.clone(), now),
                _ => state.failed(error.clone(), flight.started, time, pause),
            };
            if Scope::of(&error) == Scope::Cache {
                let until = time.saturating_add(pause);
                self.block.store(Some(Arc::new(Block { until, error })));
            }
            let is_attempt = Scope::of(&told) != Scope::Nobody;
            if next.past.next > time && (is_attempt || told.retry_after().is_none()) {
                told = told.with_retry_after(Duration::from_nanos(next.past.next - time));
            }
            change.replace(next);
        }
        drop(change);
        flight.end(Err(told));
    }

    /// A flight was dropped by its driver without an outcome.
    pub(super) fn dropped(&self, landing: &Landing<'_>) {
        let now = self.clock.now();
        self.report(landing, Report::Unknown, now);
        self.abandon(landing, now);
    }

    /// Ends a flight without an outcome: those who wait begin again.
    fn abandon(&self, landing: &Landing<'_>, now: Now) {
        let Landing { entry, flight, .. } = *landing;
        // Whoever buried the flight has noted it.
        if self.forget(flight) {
            self.note(now, EventKind::FetchAbandoned, Some(&entry.key));
        }
        let change = entry.lock();
        let state = change.state();
        if state.flight.as_ref().is_some_and(|current| Arc::ptr_eq(current, flight)) {
            change.replace(state.abandoned(flight.started));
        }
        drop(change);
        flight.end(Err(abandoned()));
    }

    /// A flight was not allowed to send its request: no attempt, so nothing to note of upstream.
    pub(super) fn not_sent(&self, entry: &Arc<Entry>, flight: &Arc<Flight>, error: Error) {
        self.counters.refusal();
        let now = self.clock.now();
        let change = entry.lock();
        let state = change.state();
        if state.flight.as_ref().is_some_and(|current| Arc::ptr_eq(current, flight)) {
            change.replace(match error.kind() {
                ErrorKind::Overloaded => state.held_off(error.clone(), now),
                // The cool-down itself holds everybody back.
                _ => EntryState { flight: None, ..EntryState::clone(&state) },
            });
        }
        drop(change);
        self.forget(flight);
        flight.end(Err(error));
    }

    /// Ends a flight that is past its time, whatever its driver still does.
    pub(super) fn bury(&self, entry: &Arc<Entry>, flight: &Arc<Flight>, now: Now) {
        let error =
            Error::new(ErrorKind::UpstreamTimeout, "the fetch of a grant did not end in its time");
        let landing = Landing { entry, flight, permit: None, sent: None };
        self.fail_entry(&landing, error, now);
    }

    /// Ends every flight that is past its time.
    pub(super) fn bury_the_dead(&self, now: Now) {
        let mut flights = self.flights.lock().clone();
        flights.retain(|(_, flight)| flight.is_dead(now));
        for (entry, flight) in flights {
            self.bury(&entry, &flight, now);
        }
    }

    /// Empties an entry; with `generation`, only if that grant is the one stored. A flight in the
    /// air serves those who wait for it and is not stored.
    pub(super) fn invalidate(&self, entry: &Arc<Entry>, generation: Option<u64>) -> bool {
        let change = entry.lock();
        let state = change.state();
        let stored = state.value.as_ref().map(|value| value.generation);
        if generation.is_some() && generation != stored {
            return false;
        }
        change.replace(state.renewed(false));
        drop(change);
        self.note(self.clock.now(), EventKind::Invalidated, Some(&entry.key));
        true
    }

    /// Starts a new era in every entry.
    pub(super) fn renew_all(&self, keep_values: bool, kind: EventKind) {
        for entry in self.shards.all() {
            let change = entry.lock();
            change.replace(change.state().renewed(keep_values));
        }
        // Last, since until its entry is renewed a flight of the old credentials can set it.
        self.block.store(None);
        self.note(self.clock.now(), kind, None);
    }

    pub(super) fn simulate_fork(&self) {
        self.left_behind.store(true, Ordering::SeqCst);
    }

    pub(super) fn note(&self, now: Now, kind: EventKind, key: Option<&Key>) {
        trace::event(kind, key);
        self.events.push(now, kind, key);
    }

    pub(super) fn drain_events(&self) -> Vec<Event> {
        self.events.drain()
    }

    pub(super) fn stats(&self) -> Stats {
        let now = self.clock.now();
        let left = |until: u64| Duration::from_nanos(until.saturating_sub(now.boot_nanos()));
        Stats {
            keys: self.shards.len(),
            in_flight: self.flights.lock().len(),
            cooldown_left: self.gate.block(now).map_or(Duration::ZERO, |block| left(block.until)),
            ..self.counters.read()
        }
    }

    /// How long an entry is left alone after a failure.
    fn pause(&self, state: &EntryState, error: &Error, entry: &Entry, now: Now) -> u64 {
        match Scope::of(error) {
            Scope::Account => error.retry_after().map_or(0, nanos),
            Scope::Cache | Scope::Entry => negative_ttl(error.kind(), self.policy.random()),
            Scope::Transient => {
                let asked = self.asked_pause(state, error, entry, now);
                self.transient_pause(state, entry, now).max(asked)
            }
            Scope::Nobody => 0,
        }
    }

    /// The time that upstream asked for beside an error of one key. While a grant is served it is
    /// cut short so that one more attempt can end before the grant's promise does.
    fn asked_pause(&self, state: &EntryState, error: &Error, entry: &Entry, now: Now) -> u64 {
        let Some(asked) = error.retry_after() else { return 0 };
        let asked = asked_for(nanos(asked), self.policy.random());
        let fetch = self.policy.windows(entry.key.ttl()).fetch_timeout;
        match self.spare(state, entry, now) {
            Some(spare) if spare > fetch => asked.min(spare - fetch),
            _ => asked,
        }
    }

    fn transient_pause(&self, state: &EntryState, entry: &Entry, now: Now) -> u64 {
        let windows = self.policy.windows(entry.key.ttl());
        let failures = state.past.failures.saturating_add(1);
        windows.transient_backoff(failures, self.spare(state, entry, now), self.policy.random())
    }

    /// The life that the grant in the store has above its promise, if any.
    fn spare(&self, state: &EntryState, entry: &Entry, now: Now) -> Option<u64> {
        let promise = nanos(self.policy.min_remaining(entry.key.ttl()));
        let spare = state.value.as_ref()?.remaining(now).saturating_sub(promise);
        (spare > 0).then_some(spare)
    }

    fn stored(&self, landing: &Landing<'_>, grant: Grant, life: Duration) -> StoredGrant {
        let windows = self.policy.windows(life);
        let sent = landing.sent.unwrap_or_else(|| self.clock.now());
        StoredGrant {
            grant,
            generation: self.next_grant.fetch_add(1, Ordering::Relaxed),
            expires: sent.plus(Duration::from_nanos(windows.net_life)),
            soft: windows.soft(self.policy.random()),
            wait_below: windows.wait_below,
        }
    }

    fn report(&self, landing: &Landing<'_>, report: Report, now: Now) {
        if let Some(permit) = landing.permit {
            self.gate.report(permit, report, now);
        }
        if let Some(sent) = landing.sent {
            self.counters.took(now.boot_nanos().saturating_sub(sent.boot_nanos()));
        }
    }

    /// Takes a flight off the list of those in the air; false if somebody did before.
    fn forget(&self, flight: &Arc<Flight>) -> bool {
        let mut flights = self.flights.lock();
        let found = flights.iter().position(|(_, other)| Arc::ptr_eq(other, flight));
        let forgotten = found.map(|index| flights.swap_remove(index));
        // It may be the last owner of a grant to wipe, so not under the lock.
        drop(flights);
        forgotten.is_some()
    }
}

/// Whether an error means that upstream did answer, so that a probe has found it there.
fn is_answer(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UpstreamBadRequest
            | ErrorKind::UpstreamUnauthorized
            | ErrorKind::UpstreamForbidden
            | ErrorKind::UpstreamNotFound
            | ErrorKind::UpstreamUnavailable
            | ErrorKind::UpstreamStatus
            | ErrorKind::UpstreamNotJson
            | ErrorKind::UpstreamNoGrant
            | ErrorKind::UpstreamTooLarge
            | ErrorKind::GrantTooShort
    )
}
