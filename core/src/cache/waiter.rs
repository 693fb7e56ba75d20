//! Waiting for a flight: by blocking, by a callback or as a future. A waiter that gives up changes
//! nothing and leaves nothing behind.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::entry::Entry;
use super::flight::{Flight, Outcome, Wake};
use super::grant::{Freshness, Hit};
use super::inner::Inner;
use super::lead::Wish;
use super::state::{abandoned, grant_too_short};
use crate::clock::Now;
use crate::error::{Error, ErrorKind, Result};

/// On a clock that a test moves, how often a waiter looks at it, in real time.
const MANUAL_SLICE: Duration = Duration::from_millis(1);

/// A grant to fall back on is handed out this long before it would break the promise.
const LAST_CALL: u64 = 100_000_000;

/// A place among those who wait for one flight. Each applies its own `min_remaining` to the
/// outcome; if that is an error, it falls back on the stored grant as long as that keeps the
/// promise.
#[must_use = "a waiter that is dropped has given up"]
pub struct Waiter {
    inner: Arc<Inner>,
    entry: Arc<Entry>,
    flight: Arc<Flight>,
    wish: Wish,
    /// The place of this waiter's task, once it has been polled as a future.
    seat: Option<u64>,
}

impl Waiter {
    pub(super) fn new(
        inner: Arc<Inner>,
        entry: Arc<Entry>,
        flight: Arc<Flight>,
        wish: Wish,
    ) -> Self {
        Self { inner, entry, flight, wish, seat: None }
    }

    /// The outcome, if the flight or the caller's time is over; does not block.
    #[must_use]
    pub fn try_result(&self) -> Option<Result<Hit>> {
        if self.inner.is_foreign() {
            return Some(Err(abandoned()));
        }
        let now = self.inner.clock.now();
        if let Some(outcome) = self.flight.outcome() {
            return Some(self.resolve(outcome, now));
        }
        if self.flight.is_dead(now) {
            self.inner.bury(&self.entry, &self.flight, now);
            return self.flight.outcome().map(|outcome| self.resolve(outcome, now));
        }
        (now.boot_nanos() >= self.patience(now)).then(|| self.give_up(now))
    }

    /// Until when to wait, in nanoseconds since boot: for the caller's time, but no longer than
    /// there is a grant to fall back on. To wait for a better one is a wish, which must not cost
    /// the promise.
    fn patience(&self, now: Now) -> u64 {
        let promise = self.wish.promise;
        let state = self.entry.state();
        let last_call = state.keeping(promise, now).map_or(u64::MAX, |value| {
            let spare = value.remaining(now).saturating_sub(promise);
            now.boot_nanos().saturating_add(spare.saturating_sub(LAST_CALL))
        });
        self.wish.deadline.min(last_call)
    }

    /// Blocks until the flight or the caller's time is over.
    ///
    /// # Errors
    ///
    /// That of the flight; [`ErrorKind::DeadlineExceeded`] when the caller's time is over first;
    /// [`ErrorKind::GrantTooShort`] when the new grant does not keep the caller's promise;
    /// [`ErrorKind::Abandoned`] when the flight was dropped: begin again.
    pub fn wait(self) -> Result<Hit> {
        loop {
            if let Some(result) = self.try_result() {
                return result;
            }
            self.flight.wait(self.time_left());
        }
    }

    /// What the store has for this caller now, if it keeps the promise; for those who do not wait.
    #[must_use]
    pub fn fallback(&self) -> Option<Hit> {
        let now = self.inner.clock.now();
        let state = self.entry.state();
        let value = state.keeping(self.wish.promise, now)?;
        Some(Hit::of(Arc::clone(value), now, Freshness::Refreshing, None))
    }

    /// Calls back when the flight is over: on the thread that ends it, or at once on this one if it
    /// has ended. No lock is held. A flight always ends, but the caller's time is not watched: for
    /// that, ask with [`GrantCache::get_then`](super::GrantCache::get_then).
    pub fn on_ready(self, callback: impl FnOnce(Result<Hit>) + Send + 'static) -> Registration {
        let (inner, flight) = (Arc::clone(&self.inner), Arc::clone(&self.flight));
        if inner.is_foreign() {
            // The parent's locks may be held by threads that are not there.
            callback(Err(abandoned()));
            return Registration { inner, flight, seat: None };
        }
        let call = move || callback(self.outcome_now());
        match flight.sign_up(Wake::Callback(Box::new(call))) {
            Ok(seat) => Registration { inner, flight, seat: Some(seat) },
            Err(wake) => {
                if let Wake::Callback(callback) = wake {
                    callback();
                }
                Registration { inner, flight, seat: None }
            }
        }
    }

    /// Has something run when the flight is over: on the thread that ends it. None, and nothing is
    /// run, if it has ended already. For drivers that watch the caller's time themselves.
    pub(crate) fn on_end(&self, run: impl FnOnce() + Send + 'static) -> Option<Registration> {
        if self.inner.is_foreign() {
            return None;
        }
        let (inner, flight) = (Arc::clone(&self.inner), Arc::clone(&self.flight));
        let seat = flight.sign_up(Wake::Callback(Box::new(run))).ok()?;
        Some(Registration { inner, flight, seat: Some(seat) })
    }

    /// After which time [`Waiter::try_result`] has a result even if the flight goes on.
    pub(crate) fn time_left(&self) -> Duration {
        if self.inner.is_foreign() {
            return Duration::ZERO;
        }
        let now = self.inner.clock.now();
        let end = self.patience(now).min(self.flight.dead_at());
        let left = Duration::from_nanos(end.saturating_sub(now.boot_nanos()));
        if self.inner.clock.is_manual() { left.min(MANUAL_SLICE) } else { left }
    }

    /// The outcome of a flight that has ended.
    fn outcome_now(&self) -> Result<Hit> {
        self.try_result().unwrap_or_else(|| Err(abandoned()))
    }

    fn resolve(&self, outcome: Outcome, now: Now) -> Result<Hit> {
        let promise = self.wish.promise;
        let error = match outcome {
            Ok(grant) if grant.remaining(now) >= promise => {
                let soft = grant.remaining(now) < grant.soft;
                let freshness = if soft { Freshness::Refreshing } else { Freshness::Fresh };
                return Ok(Hit::of(grant, now, freshness, None));
            }
            Ok(_) => grant_too_short(),
            Err(error) => error,
        };
        self.fall_back(error, now)
    }

    fn give_up(&self, now: Now) -> Result<Hit> {
        let error = Error::new(
            ErrorKind::DeadlineExceeded,
            "no grant came within the caller's time; the fetch goes on",
        );
        self.fall_back(error, now)
    }

    fn fall_back(&self, error: Error, now: Now) -> Result<Hit> {
        let state = self.entry.state();
        match state.keeping(self.wish.promise, now) {
            Some(value) => Ok(Hit::of(Arc::clone(value), now, Freshness::Degraded, Some(error))),
            None => Err(error),
        }
    }

    fn stand_up(&mut self) {
        if let Some(seat) = self.seat.take()
            && !self.inner.is_foreign()
        {
            self.flight.leave(seat);
        }
    }
}

/// Resolves when the flight is over. The caller's time is not watched: wrap it in the runtime's own
/// time-out.
impl Future for Waiter {
    type Output = Result<Hit>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(result) = self.try_result() {
            return Poll::Ready(result);
        }
        let waker = context.waker();
        if let Some(seat) = self.seat
            && self.flight.sit_again(seat, waker)
        {
            return Poll::Pending;
        }
        match self.flight.sign_up(Wake::Task(waker.clone())) {
            Ok(seat) => {
                self.seat = Some(seat);
                Poll::Pending
            }
            // The flight ended between the two looks.
            Err(_) => Poll::Ready(self.outcome_now()),
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.stand_up();
    }
}

impl fmt::Debug for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiter").field("key", &self.entry.key).finish_non_exhaustive()
    }
}

/// A callback that has been signed up. Dropping this leaves it in place.
pub struct Registration {
    inner: Arc<Inner>,
    flight: Arc<Flight>,
    seat: Option<u64>,
}

impl Registration {
    /// Takes the callback back. True if it will not be called; false if it was or is being called.
    pub fn cancel(mut self) -> bool {
        let seat = self.seat.take().filter(|_| !self.inner.is_foreign());
        seat.is_some_and(|seat| self.flight.leave(seat))
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").finish_non_exhaustive()
    }
}
