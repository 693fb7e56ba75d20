//! The duty to fetch a grant: held by whoever leads a flight.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::entry::Entry;
use super::events::EventKind;
use super::flight::Flight;
use super::gate::{Admission, Permit, Purpose};
use super::grant::Grant;
use super::inner::{Inner, Landing};
use super::key::Key;
use super::lead::{overloaded, refusal};
use super::policy::DEAD_AFTER;
use crate::clock::Now;
use crate::error::Error;

/// The duty to fetch one grant, for all who wait for it. Bring it to an end with
/// [`Ticket::complete`] or [`Ticket::fail`], from any thread; a ticket that is dropped ends the
/// flight as [`ErrorKind::Abandoned`](crate::ErrorKind::Abandoned), so that nobody waits in vain.
#[must_use = "a dropped ticket ends its flight without an outcome"]
pub struct Ticket {
    inner: Arc<Inner>,
    entry: Arc<Entry>,
    flight: Arc<Flight>,
    permit: Option<Permit>,
    sent: Option<Now>,
    /// When its place in the queue for the budget falls due, in nanoseconds since boot.
    place: u64,
    ended: bool,
}

/// Whether the request may be sent.
#[derive(Clone, Debug)]
pub enum Start {
    /// Send it now; it has this long.
    Go(Duration),
    /// The account's budget is used up: ask again after this time.
    Later(Duration),
    /// It may not be sent. The flight has ended with this error.
    Refused(Error),
}

impl Ticket {
    pub(super) fn new(inner: Arc<Inner>, entry: Arc<Entry>, flight: Arc<Flight>) -> Self {
        Self { inner, entry, flight, permit: None, sent: None, place: 0, ended: false }
    }

    /// The key whose grant is wanted.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.entry.key
    }

    /// Whether a grant that is still good is being replaced.
    #[must_use]
    pub fn is_refresh(&self) -> bool {
        self.flight.purpose == Purpose::Refresh
    }

    /// Asks whether the request may be sent, right before it would be: the grant's life counts from
    /// here, so connecting and answering cost it nothing it has.
    pub fn start(&mut self) -> Start {
        if self.ended || self.inner.is_foreign() {
            return Start::Refused(super::state::abandoned());
        }
        let now = self.inner.clock.now();
        let time = now.boot_nanos();
        if self.sent.is_some() {
            // Asked again after it was sent: what is left of its time.
            let deadline = self.flight.dead_at().saturating_sub(DEAD_AFTER);
            return Start::Go(Duration::from_nanos(deadline.saturating_sub(time)));
        }
        if let Some(error) = self.too_late(now) {
            return Start::Refused(error);
        }
        if self.place > time {
            return Start::Later(Duration::from_nanos(self.place - time));
        }
        let timeout = self.inner.policy.windows(self.entry.key.ttl()).fetch_timeout;
        let deadline = time.saturating_add(timeout);
        let lost_at = super::state::dead_at(deadline);
        match self.inner.gate.admit(self.flight.purpose, self.flight.queue_until, lost_at, now) {
            Admission::Go(permit) => {
                self.permit = Some(permit);
                self.flight.sent_until(deadline);
                self.inner.counters.fetch(self.is_refresh());
                self.inner.note(now, EventKind::FetchSent, Some(&self.entry.key));
                self.sent = Some(now);
                Start::Go(Duration::from_nanos(timeout))
            }
            Admission::Later(at) => {
                self.place = at;
                Start::Later(Duration::from_nanos(at.saturating_sub(time)))
            }
            Admission::Full(at) => self.refused(overloaded(at, now)),
            Admission::Blocked(block) => self.refused(refusal(&block, now)),
        }
    }

    /// Ends the flight with a grant that lives for `life` from when the request was sent (from now,
    /// if [`Ticket::start`] was never asked).
    pub fn complete(mut self, grant: Grant, life: Duration) {
        if let Some(inner) = self.end() {
            inner.landed(&self.landing(), grant, life);
        }
    }

    /// Ends the flight with an error for all who wait.
    pub fn fail(mut self, error: Error) {
        if let Some(inner) = self.end() {
            inner.failed(&self.landing(), error);
        }
    }

    /// Notes how far the clock of upstream is ahead of the local one.
    pub(crate) fn note_clock_offset(&self, ms: i64) {
        self.inner.counters.clock_offset(ms);
    }

    pub(super) fn flight(&self) -> &Arc<Flight> {
        &self.flight
    }

    /// The error that those who waited were told, if the flight is over before it was sent: a call
    /// would serve nobody.
    fn too_late(&mut self, now: Now) -> Option<Error> {
        if self.flight.is_dead(now) {
            self.inner.bury(&self.entry, &self.flight, now);
        }
        let outcome = self.flight.outcome()?;
        self.ended = true;
        Some(outcome.err().unwrap_or_else(super::state::abandoned))
    }

    /// Ends the flight without an attempt having been made: no failure of upstream is noted.
    fn refused(&mut self, error: Error) -> Start {
        if let Some(inner) = self.end() {
            inner.not_sent(&self.entry, &self.flight, error.clone());
        }
        Start::Refused(error)
    }

    /// The first end only, and only in the process that the ticket belongs to.
    fn end(&mut self) -> Option<Arc<Inner>> {
        let first = !std::mem::replace(&mut self.ended, true);
        (first && !self.inner.is_foreign()).then(|| Arc::clone(&self.inner))
    }

    fn landing(&self) -> Landing<'_> {
        Landing { entry: &self.entry, flight: &self.flight, permit: self.permit, sent: self.sent }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(inner) = self.end() {
            inner.dropped(&self.landing());
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("key", self.key()).finish_non_exhaustive()
    }
}
