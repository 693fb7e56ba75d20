//! A grant as a future: whoever polls it is handed the grant, judged at that moment.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::beginner::{Beginner, Begun, Caller, begin};
use super::get::hand_now;
use super::options::BeginOptions;
use super::rounds::Rounds;
use super::ticket::{Start, Ticket};
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
    GetFuture { from, fetch, rounds, waiting: None, in_turn: false, kept: Cell::new(None) }
}

/// As [`get_async`], for a host program's own function: where other processes are asked first, that is not called
/// before it is clear that this process has to fetch.
pub(crate) fn get_async_in_turn<B, F>(from: B, options: BeginOptions, fetch: F) -> GetFuture<B, F>
where
    B: Beginner,
    F: Fn(Ticket),
{
    GetFuture { in_turn: true, ..get_async(from, options, fetch) }
}

/// A grant that a caller has asked for. Dropping it ends the wait, never the fetch.
pub(crate) struct GetFuture<B, F> {
    from: B,
    fetch: F,
    rounds: Rounds,
    waiting: Option<Waiting>,
    /// The function is the host program's.
    in_turn: bool,
    /// What waits for other processes.
    kept: Cell<Option<Ticket>>,
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
        let hand = |ticket: Ticket, caller: Caller| match self.in_turn {
            true => self.kept.set(hand_now(ticket, caller, &self.fetch)),
            false => (self.fetch)(ticket),
        };
        begin(&self.from, self.rounds.options(&self.from), &hand)
    }

    /// Hands the ticket on that waits for other processes, once it is clear that this one has to fetch.
    fn hand_in_turn(&self, context: &mut Context<'_>) {
        let Some(mut ticket) = self.kept.take() else { return };
        match ticket.poll_turn(context) {
            Poll::Pending => self.kept.set(Some(ticket)),
            Poll::Ready(Start::Go(_)) => (self.fetch)(ticket),
            Poll::Ready(_) => {}
        }
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
        self.hand_in_turn(context);
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
