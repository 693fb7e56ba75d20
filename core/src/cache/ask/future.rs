//! A grant as a future: whoever polls it is handed the grant, judged at that moment.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::beginner::{Beginner, Begun, begin};
use super::options::BeginOptions;
use super::rounds::Rounds;
use super::ticket::Ticket;
use super::waiter::Waiter;
use crate::cache::store::Hit;
use crate::clock::nanos;
use crate::error::Result;
use crate::thread::boot_nanos;
use crate::watch::{self, Alarm};

/// A grant within the caller's time, which runs from now on. Begins when it is first polled, and
/// begins again after a fetch that was dropped, or whose grant was looked at too late.
pub(crate) fn get_async<B, F>(from: B, options: BeginOptions, fetch: F) -> GetFuture<B, F>
where
    B: Beginner,
    F: Fn(Ticket),
{
    let rounds = Rounds::new(&from, options);
    GetFuture { from, fetch, rounds, waiting: None }
}

/// A grant that a caller has asked for. Dropping it ends the wait, never the fetch.
pub(crate) struct GetFuture<B, F> {
    from: B,
    fetch: F,
    rounds: Rounds,
    waiting: Option<Waiting>,
}

/// Nothing in it is pinned.
impl<B, F> Unpin for GetFuture<B, F> {}

impl<B: Beginner, F: Fn(Ticket)> Future for GetFuture<B, F> {
    type Output = Result<Hit>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<Hit>> {
        let this = self.get_mut();
        loop {
            let polled = this.poll_round(context);
            match &polled {
                Poll::Ready(Err(error)) if this.rounds.goes_on_after(error) => {}
                _ => return polled,
            }
        }
    }
}

impl<B: Beginner, F: Fn(Ticket)> GetFuture<B, F> {
    fn begin(&self) -> Begun {
        begin(&self.from, self.rounds.options(&self.from), &|ticket, _| (self.fetch)(ticket))
    }

    /// One fetch that is waited for.
    fn poll_round(&mut self, context: &mut Context<'_>) -> Poll<Result<Hit>> {
        let mut waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => match self.begin() {
                Begun::Now(result) => return Poll::Ready(result),
                Begun::Later(waiter) => Waiting { waiter, alarm: None },
            },
        };
        let polled = Pin::new(&mut waiting.waiter).poll(context);
        if polled.is_ready() {
            return polled;
        }
        if !waiting.set_alarm(context.waker()) && !self.rounds.looks_again() {
            return Poll::Ready(waiting.waiter.unwatched());
        }
        self.waiting = Some(waiting);
        polled
    }
}

/// A waiter whose caller's time is watched.
struct Waiting {
    waiter: Waiter,
    alarm: Option<Alarm>,
}

impl Waiting {
    /// Has the caller's time watched; false if nobody does.
    fn set_alarm(&mut self, waker: &Waker) -> bool {
        self.cancel_alarm();
        let time = boot_nanos().saturating_add(nanos(self.waiter.time_left()));
        let waker = waker.clone();
        let alarm = watch::at(time, move || waker.wake());
        let is_attended = alarm.is_attended();
        self.alarm = Some(alarm);
        is_attended
    }

    fn cancel_alarm(&mut self) {
        if let Some(alarm) = self.alarm.take() {
            alarm.cancel();
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.cancel_alarm();
    }
}
