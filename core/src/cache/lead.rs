//! From a caller's wish to what it gets: the decision, and the take-off of a flight.

use std::sync::Arc;
use std::time::Duration;

use super::entry::{Change, Entry};
use super::events::EventKind;
use super::flight::Flight;
use super::gate::{Block, Purpose};
use super::grant::{Freshness, Hit};
use super::grant_cache::{Begin, DEFAULT_TIMEOUT};
use super::inner::Inner;
use super::key::Key;
use super::policy::MIN_SPACING;
use super::sighting::{Sighting, StillFresh};
use super::state::{Decision, EntryState};
use super::ticket::Ticket;
use super::waiter::Waiter;
use crate::clock::{Now, nanos};
use crate::error::{Error, ErrorKind, Result};

/// What a caller asks for, in the machine's units.
#[derive(Clone, Copy)]
pub(super) struct Wish {
    /// The least remaining life, in nanoseconds.
    pub(super) promise: u64,
    /// Until when the caller waits, in nanoseconds since boot.
    pub(super) deadline: u64,
}

/// An entry that has left the map was met: look the key up again.
pub(super) struct Retired;

impl Inner {
    /// The entry of a key, made if need be. New keys cost a place and a call: they are refused
    /// while no call may be made.
    pub(super) fn entry(&self, key: &Key, wish: Wish, now: Now) -> Result<Arc<Entry>> {
        if let Some(entry) = self.shards.get(key) {
            return Ok(entry);
        }
        if let Some(block) = self.block(now) {
            self.counters.refusal();
            return Err(refusal(&block, now));
        }
        self.check_budget(wish, now)?;
        self.make_room(now)?;
        Ok(self.shards.get_or_insert(key, EntryState::default(), now))
    }

    /// Serves a caller from an entry. Takes no lock unless it has to wait or lead.
    #[inline]
    pub(super) fn begin(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        wish: Wish,
        now: Now,
    ) -> Result<Result<Begin>, Retired> {
        match self.hit_at_once(entry, wish, now)? {
            Some(hit) => Ok(Ok(Begin::Hit(hit))),
            None => self.begin_slow(entry, wish, now),
        }
    }

    /// A hit that leaves nothing to do. Takes no lock.
    #[inline]
    pub(super) fn hit_at_once(
        &self,
        entry: &Arc<Entry>,
        wish: Wish,
        now: Now,
    ) -> Result<Option<Hit>, Retired> {
        let version = entry.version();
        let state = entry.state();
        if state.retired {
            return Err(Retired);
        }
        let Decision::Hit(freshness, reason) = state.decide(wish.promise, now, || self.block(now))
        else {
            return Ok(None);
        };
        entry.note_read(now);
        self.counters.hit(freshness);
        Ok(Some(Hit::in_state(state, version, now, freshness, reason)))
    }

    /// Whether a grant that was seen in an entry is still fresh there. Takes no lock.
    #[inline]
    pub(super) fn still_fresh(
        &self,
        entry: &Entry,
        seen: &Sighting,
        promise: u64,
        is_of_use: impl FnOnce(&StillFresh) -> bool,
    ) -> Option<StillFresh> {
        if self.is_foreign() || entry.version() != seen.version {
            return None;
        }
        let now = self.clock.now();
        let fresh = seen.at(now, promise).filter(is_of_use)?;
        entry.note_read(now);
        self.counters.hit(StillFresh::FRESHNESS);
        Some(fresh)
    }

    fn begin_slow(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        wish: Wish,
        now: Now,
    ) -> Result<Result<Begin>, Retired> {
        entry.note_read(now);
        let change = self.lock_alive(entry, now);
        let state = change.state();
        if state.retired {
            return Err(Retired);
        }
        Ok(match state.decide(wish.promise, now, || self.block(now)) {
            Decision::Hit(freshness, reason) => {
                drop(change);
                self.hit(&state, now, freshness, reason).map(Begin::Hit)
            }
            Decision::Wait => {
                drop(change);
                let flight = state.live_flight(now).cloned().ok_or(Retired)?;
                Ok(Begin::Wait(self.waiter(entry, flight, wish)))
            }
            Decision::Refuse(error) => {
                self.counters.refusal();
                Err(error)
            }
            Decision::HitAndLead(freshness, reason) => {
                let ticket = self.take_off(entry, &change, &state, wish, now);
                drop(change);
                self.hit(&state, now, freshness, reason).map(|hit| Begin::HitAndLead(hit, ticket))
            }
            Decision::Lead => {
                if state.keeping(0, now).is_none()
                    && let Err(error) = self.check_budget(wish, now)
                {
                    return Ok(Err(error));
                }
                let ticket = self.take_off(entry, &change, &state, wish, now);
                drop(change);
                let waiter = self.waiter(entry, Arc::clone(ticket.flight()), wish);
                Ok(Begin::Lead(ticket, waiter))
            }
        })
    }

    /// A flight for an entry that is to be kept warm, if one is due and may start.
    pub(super) fn lead_if_due(self: &Arc<Self>, entry: &Arc<Entry>, now: Now) -> Option<Ticket> {
        let change = self.lock_alive(entry, now);
        let state = change.state();
        let ttl = entry.key.ttl();
        let promise = nanos(self.policy.min_remaining(ttl));
        let due = matches!(
            state.decide(promise, now, || self.block(now)),
            Decision::Lead | Decision::HitAndLead(..)
        );
        let deadline = now.plus(DEFAULT_TIMEOUT).boot_nanos();
        (due && !state.retired)
            .then(|| self.take_off(entry, &change, &state, Wish { promise, deadline }, now))
    }

    /// The right to change an entry whose flight, if it has one, is not dead.
    fn lock_alive<'a>(&self, entry: &'a Arc<Entry>, now: Now) -> Change<'a> {
        loop {
            let change = entry.lock();
            let state = change.state();
            match &state.flight {
                Some(flight) if flight.is_dead(now) => {
                    drop(change);
                    self.bury(entry, flight, now);
                }
                _ => return change,
            }
        }
    }

    fn take_off(
        self: &Arc<Self>,
        entry: &Arc<Entry>,
        change: &Change<'_>,
        state: &EntryState,
        wish: Wish,
        now: Now,
    ) -> Ticket {
        let live = state.keeping(0, now).is_some();
        let purpose = if live { Purpose::Refresh } else { Purpose::Cold };
        let started = now.boot_nanos();
        let timeout = self.policy.windows(entry.key.ttl()).fetch_timeout;
        // A refresh may queue for as long as anybody would, however short its first caller's time.
        let patience = if live { nanos(DEFAULT_TIMEOUT) } else { 0 };
        let queue_until = wish.deadline.max(started.saturating_add(patience));
        let deadline = queue_until.max(started.saturating_add(timeout));
        let flight = Flight::new(state.era, purpose, started, queue_until, deadline);
        let flight = Arc::new(flight);
        change.replace(state.leading(Arc::clone(&flight)));
        self.flights.lock().push((Arc::clone(entry), Arc::clone(&flight)));
        Ticket::new(Arc::clone(self), Arc::clone(entry), flight)
    }

    fn hit(
        &self,
        state: &EntryState,
        now: Now,
        freshness: Freshness,
        reason: Option<Error>,
    ) -> Result<Hit> {
        self.counters.hit(freshness);
        let value = state.value.clone().ok_or_else(super::state::abandoned)?;
        Ok(Hit::of(value, now, freshness, reason))
    }

    fn waiter(self: &Arc<Self>, entry: &Arc<Entry>, flight: Arc<Flight>, wish: Wish) -> Waiter {
        self.counters.wait();
        Waiter::new(Arc::clone(self), Arc::clone(entry), flight, wish)
    }

    /// Has the keys idle longest make room for a new one. If all are being fetched or kept warm, the
    /// new one has to come back: the cache grows past its limit by no more than the threads that add to
    /// it at once.
    fn make_room(&self, now: Now) -> Result<()> {
        let max = self.policy.max_keys();
        let evicted = self.shards.make_room(max, now);
        self.counters.evicted(evicted.len());
        for entry in &evicted {
            self.note(now, EventKind::Evicted, Some(&entry.key));
        }
        if self.shards.len() < max {
            return Ok(());
        }
        self.counters.refusal();
        Err(overloaded(now.boot_nanos().saturating_add(MIN_SPACING), now))
    }

    /// Refuses a cold key whose call could not even start within the caller's time.
    fn check_budget(&self, wish: Wish, now: Now) -> Result<()> {
        // Those that wait for a thread have taken nothing out of the budget yet.
        let unsent = |flight: &Flight| flight.purpose == Purpose::Cold && !flight.is_sent();
        let unsent = self.flights.lock().iter().filter(|(_, flight)| unsent(flight)).count();
        let earliest = self.gate.earliest(unsent, now);
        if earliest > wish.deadline.max(now.boot_nanos()) {
            self.counters.refusal();
            return Err(overloaded(earliest, now));
        }
        Ok(())
    }
}

pub(super) fn refusal(block: &Block, now: Now) -> Error {
    let wait = Duration::from_nanos(block.until.saturating_sub(now.boot_nanos()));
    block.error.with_retry_after(wait)
}

pub(super) fn overloaded(earliest: u64, now: Now) -> Error {
    let wait = Duration::from_nanos(earliest.saturating_sub(now.boot_nanos()));
    Error::new(
        ErrorKind::Overloaded,
        "the budget of upstream calls, or the room for keys, is used up; try again later",
    )
    .with_retry_after(wait)
}
