//! One call that is answered by callback: by the end of the fetch or when the caller's time is over,
//! whichever comes first, and exactly once.

use std::fmt;
use std::sync::Arc;

use super::feed::Feed;
use super::thread::boot_nanos;
use super::watch::{self, Alarm};
use crate::cache::{
    BEGIN_AGAIN, BeginOptions, Beginner, Begun, Hit, Registration, Waiter, begin, what_is_left,
};
use crate::clock::{Now, nanos};
use crate::error::{ErrorKind, Result};
use crate::fork::{self, Generation};
use crate::sync::Mutex;

type Callback = Box<dyn FnOnce(Result<Hit>) + Send>;

/// A call that has not been answered, or has.
pub(super) struct Call<B> {
    born: Generation,
    feed: Arc<Feed>,
    from: B,
    wish: BeginOptions,
    start: Now,
    state: Mutex<State>,
}

struct State {
    /// Taken by whoever answers or cancels the call.
    callback: Option<Callback>,
    /// How often a fetch was waited for: what belongs to an earlier one comes too late.
    round: u32,
    waiting: Waiting,
}

/// What is signed up for the fetch that is waited for.
#[derive(Default)]
struct Waiting {
    waiter: Option<Arc<Waiter>>,
    end: Option<Registration>,
    alarm: Option<Alarm>,
}

impl<B: Beginner + Send + Sync + 'static> Call<B> {
    pub(super) fn start(
        feed: Arc<Feed>,
        from: B,
        wish: BeginOptions,
        callback: impl FnOnce(Result<Hit>) + Send + 'static,
    ) -> PendingCall {
        let start = from.clock().now();
        let callback: Callback = Box::new(callback);
        match begin(&from, wish, &|ticket| feed.dispatch(ticket)) {
            Err(error) => callback(Err(error)),
            Ok(Begun::Now(hit)) => callback(Ok(hit)),
            Ok(Begun::Later(waiter)) => {
                let waiting = Waiting::default();
                let state = Mutex::new(State { callback: Some(callback), round: 0, waiting });
                let born = fork::generation();
                let call = Arc::new(Self { born, feed, from, wish, start, state });
                call.wait(0, waiter);
                return PendingCall(Some(call));
            }
        }
        PendingCall(None)
    }

    fn begin_again(self: &Arc<Self>, round: u32) {
        let wish = what_is_left(self.wish, self.start, &self.from);
        match begin(&self.from, wish, &|ticket| self.feed.dispatch(ticket)) {
            Err(error) => self.answer(round, Err(error)),
            Ok(Begun::Now(hit)) => self.answer(round, Ok(hit)),
            Ok(Begun::Later(waiter)) => self.wait(round, waiter),
        }
    }

    /// Has itself called when the flight ends and when the caller's time is over.
    fn wait(self: &Arc<Self>, round: u32, waiter: Waiter) {
        let waiter = Arc::new(waiter);
        let shared = Arc::clone(&waiter);
        if !self.while_waiting(round, move |waiting| waiting.waiter = Some(shared)) {
            return;
        }
        let call = Arc::clone(self);
        let Some(end) = waiter.on_end(move || call.look(round)) else {
            return self.look(round);
        };
        self.while_waiting(round, move |waiting| waiting.end = Some(end));
        self.set_alarm(round, &waiter);
    }

    fn set_alarm(self: &Arc<Self>, round: u32, waiter: &Waiter) {
        let time = boot_nanos().saturating_add(nanos(waiter.time_left()));
        let call = Arc::clone(self);
        let alarm = watch::at(time, move || call.look(round));
        self.while_waiting(round, move |waiting| waiting.alarm = Some(alarm));
    }

    /// Answers, if there is an answer by now.
    fn look(self: &Arc<Self>, round: u32) {
        let state = self.state.lock();
        let waiter = state.waiting.waiter.clone().filter(|_| state.round == round);
        drop(state);
        let Some(waiter) = waiter else { return };
        match waiter.try_result() {
            Some(result) => self.answer(round, result),
            None => self.set_alarm(round, &waiter),
        }
    }

    /// Hands on the result, or begins again if the fetch was dropped. Only the first to come here in
    /// a round does.
    fn answer(self: &Arc<Self>, round: u32, result: Result<Hit>) {
        let dropped = matches!(&result, Err(error) if error.kind() == ErrorKind::Abandoned);
        let again = dropped && round < BEGIN_AGAIN;
        let mut state = self.state.lock();
        if state.round != round {
            return;
        }
        state.round += 1;
        let waiting = std::mem::take(&mut state.waiting);
        let callback = if again { None } else { state.callback.take() };
        drop(state);
        waiting.leave();
        if again {
            self.begin_again(round + 1);
        } else if let Some(callback) = callback {
            callback(result);
        }
    }

    /// Notes what has been signed up, or takes it back if it is no longer waited for.
    fn while_waiting(&self, round: u32, note: impl FnOnce(&mut Waiting)) -> bool {
        let mut state = self.state.lock();
        if state.round == round && state.callback.is_some() {
            note(&mut state.waiting);
            return true;
        }
        drop(state);
        let mut waiting = Waiting::default();
        note(&mut waiting);
        waiting.leave();
        false
    }
}

impl Waiting {
    /// Leaves nothing behind with the flight and the watch.
    fn leave(self) {
        if let Some(end) = self.end {
            end.cancel();
        }
        if let Some(alarm) = self.alarm {
            alarm.cancel();
        }
    }
}

/// What can be taken back, whatever it asks.
trait Cancel: Send + Sync {
    fn cancel(&self) -> bool;
}

impl<B: Send + Sync> Cancel for Call<B> {
    fn cancel(&self) -> bool {
        if self.born != fork::generation() {
            // In a forked child nobody will call, and the lock may be held by a thread that is not
            // there.
            return true;
        }
        let mut state = self.state.lock();
        let callback = state.callback.take();
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        waiting.leave();
        // What it owns may do anything when dropped, so not under the lock.
        callback.is_some()
    }
}

/// A call that will be answered by callback, unless it has been. Dropping this leaves it as it is.
pub struct PendingCall(Option<Arc<dyn Cancel>>);

impl PendingCall {
    /// For a call that has been answered.
    pub(super) fn answered() -> Self {
        Self(None)
    }

    /// Takes the callback back and drops it; the fetch goes on for others. True if it will not be
    /// called; false if it was or is being called.
    pub fn cancel(self) -> bool {
        self.0.is_some_and(|call| call.cancel())
    }
}

impl fmt::Debug for PendingCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCall").finish_non_exhaustive()
    }
}
