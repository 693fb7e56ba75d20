//! A grant by callback: at the end of the fetch or when the caller's time is over, whichever comes
//! first, and exactly once.

use std::fmt;
use std::sync::Arc;

use super::beginner::{Beginner, Begun, begin};
use super::options::BeginOptions;
use super::rounds::Rounds;
use super::ticket::Ticket;
use super::waiter::{Registration, Waiter};
use crate::cache::store::Hit;
use crate::clock::nanos;
use crate::error::Result;
use crate::fork::{self, Generation};
use crate::sync::Mutex;
use crate::thread::boot_nanos;
use crate::watch::{self, Alarm};

/// A grant by callback, within the caller's time.
pub(crate) fn get_then(
    from: impl Beginner + Send + Sync + 'static,
    options: BeginOptions,
    fetch: impl Fn(Ticket) + Send + Sync + 'static,
    callback: impl FnOnce(Result<Hit>) + Send + 'static,
) -> PendingCall {
    let rounds = Rounds::new(&from, options);
    let callback: Callback = Box::new(callback);
    match begin(&from, options, &fetch) {
        Begun::Now(result) => {
            callback(result);
            PendingCall(None)
        }
        Begun::Later(waiter) => {
            let waiting = Waiting::default();
            let state = Mutex::new(State { callback: Some(callback), rounds, waiting });
            let call = Arc::new(Call { born: fork::generation(), from, fetch, state });
            call.wait(0, waiter);
            PendingCall(Some(call))
        }
    }
}

type Callback = Box<dyn FnOnce(Result<Hit>) + Send>;

/// A call that has not been answered, or has.
struct Call<B, F> {
    born: Generation,
    from: B,
    fetch: F,
    state: Mutex<State>,
}

struct State {
    /// Taken when the call is answered or cancelled.
    callback: Option<Callback>,
    /// Which fetch is waited for: what belongs to an earlier one comes too late.
    rounds: Rounds,
    waiting: Waiting,
}

/// What is registered for the fetch that is waited for.
#[derive(Default)]
struct Waiting {
    waiter: Option<Arc<Waiter>>,
    end: Option<Registration>,
    alarm: Option<Alarm>,
}

impl<B, F> Call<B, F>
where
    B: Beginner + Send + Sync + 'static,
    F: Fn(Ticket) + Send + Sync + 'static,
{
    fn begin_again(self: &Arc<Self>, rounds: Rounds) {
        let round = rounds.number();
        match begin(&self.from, rounds.options(&self.from), &self.fetch) {
            Begun::Now(result) => self.answer(round, result),
            Begun::Later(waiter) => self.wait(round, waiter),
        }
    }

    /// Has itself called when the fetch ends and when the caller's time is over.
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
        let waiter = state.waiting.waiter.clone().filter(|_| state.awaits(round));
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
        let mut state = self.state.lock();
        if !state.awaits(round) {
            return;
        }
        let again = result.as_ref().is_err_and(|error| state.rounds.goes_on_after(error));
        let rounds = state.rounds;
        let waiting = std::mem::take(&mut state.waiting);
        let callback = if again { None } else { state.callback.take() };
        drop(state);
        waiting.leave();
        if again {
            self.begin_again(rounds);
        } else if let Some(callback) = callback {
            callback(result);
        }
    }

    /// Notes what has been registered, or takes it back if it is no longer waited for.
    fn while_waiting(&self, round: u32, note: impl FnOnce(&mut Waiting)) -> bool {
        let mut state = self.state.lock();
        if state.awaits(round) {
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

impl State {
    /// Whether it is neither answered nor cancelled, and this is the fetch that is waited for.
    fn awaits(&self, round: u32) -> bool {
        self.callback.is_some() && self.rounds.number() == round
    }
}

impl Waiting {
    /// Leaves nothing behind with the fetch and the watching thread.
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

impl<B: Send + Sync, F: Send + Sync> Cancel for Call<B, F> {
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
    pub(crate) fn answered() -> Self {
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use super::*;
    use crate::cache::{Grant, GrantCache, Key};
    use crate::clock::ManualClock;
    use crate::error::ErrorKind;

    const LIFETIME: Duration = Duration::from_secs(60);
    const LONG: Duration = Duration::from_secs(10);

    struct Asked {
        clock: ManualClock,
        call: PendingCall,
        tickets: Receiver<Ticket>,
        answers: Receiver<Result<String>>,
    }

    fn ask(timeout: Duration) -> Asked {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let cache = GrantCache::builder().clock(&clock).build();
        let key = Key::new("stream-1", LIFETIME).unwrap();
        let options = BeginOptions { timeout: Some(timeout), ..Default::default() };
        let (fetch, tickets) = channel();
        let (answer, answers) = channel();
        let call = cache.get_then(
            &key,
            options,
            move |ticket| fetch.send(ticket).unwrap(),
            move |hit| answer.send(hit.map(|hit| hit.as_str().to_owned())).unwrap(),
        );
        Asked { clock, call, tickets, answers }
    }

    #[test]
    fn the_answer_comes_when_the_fetch_is_over() {
        let asked = ask(LIFETIME);
        let ticket = asked.tickets.recv().unwrap();
        assert!(asked.answers.try_recv().is_err());
        ticket.complete(Grant::new("a grant"), LIFETIME);
        assert_eq!(asked.answers.try_recv().unwrap().unwrap(), "a grant");
        assert!(!asked.call.cancel());
    }

    #[test]
    fn the_answer_comes_when_the_callers_time_is_over() {
        let asked = ask(Duration::from_secs(1));
        let ticket = asked.tickets.recv().unwrap();
        asked.clock.advance(Duration::from_secs(2));
        let error = asked.answers.recv_timeout(LONG).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
        ticket.complete(Grant::new("a grant"), LIFETIME);
        assert!(asked.answers.try_recv().is_err(), "nobody is answered twice");
    }

    #[test]
    fn a_dropped_fetch_is_begun_again_twice() {
        let asked = ask(LIFETIME);
        for _ in 0..3 {
            drop(asked.tickets.recv_timeout(LONG).unwrap());
        }
        let error = asked.answers.recv_timeout(LONG).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Abandoned);
    }

    #[test]
    fn a_call_that_was_taken_back_is_not_answered() {
        let asked = ask(LIFETIME);
        assert!(asked.call.cancel());
        asked.tickets.recv().unwrap().complete(Grant::new("a grant"), LIFETIME);
        assert!(asked.answers.recv().is_err(), "the callback is gone unheard");
    }
}
