//! What a future gives, by callback: when it is ready, and exactly once.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::error::{Error, ErrorKind, Result};
use crate::fork::{self, Generation};
use crate::progress::Progress;
use crate::sync::Mutex;

/// Polls a future on this thread, and later on those that wake it, and calls back with what it gives.
pub(crate) fn call_back<F, T: 'static>(
    future: F,
    callback: impl FnOnce(Result<T>) + Send + 'static,
) -> PendingCall
where
    F: Future<Output = Result<T>> + Send + Unpin + 'static,
{
    let progress = Progress::Waiting(future);
    let state = State { progress, callback: Some(Box::new(callback)) };
    let call = Arc::new(Call { born: fork::generation(), state: Mutex::new(state) });
    call.go_on();
    PendingCall(call)
}

type Callback<T> = Box<dyn FnOnce(T) + Send>;

/// A call that has not been answered, or has.
struct Call<F: Future> {
    born: Generation,
    state: Mutex<State<F>>,
}

struct State<F: Future> {
    progress: Progress<F>,
    /// Taken when the call is answered or cancelled.
    callback: Option<Callback<F::Output>>,
}

impl<F: Future<Output = Result<T>> + Send + Unpin + 'static, T: 'static> Call<F> {
    /// Polls the future until it has nothing more to do now. No lock is held meanwhile: what is
    /// called then may wake this call again, on this very thread.
    fn go_on(self: &Arc<Self>) {
        let waker = Waker::from(Arc::clone(self));
        let mut context = Context::from_waker(&waker);
        let Some(mut future) = self.state.lock().progress.take() else { return };
        loop {
            if let Poll::Ready(result) = Pin::new(&mut future).poll(&mut context) {
                drop(future);
                return self.answer(result);
            }
            match self.put_back(future) {
                Some(woken) => future = woken,
                None => return,
            }
        }
    }

    /// Leaves the future to be woken; gives it back if it has been woken already. That of a call that
    /// was cancelled meanwhile is dropped.
    fn put_back(&self, future: F) -> Option<F> {
        let mut state = self.state.lock();
        if state.callback.is_none() {
            state.progress = Progress::Over;
            drop(state);
            return None;
        }
        state.progress.put_back(future)
    }

    fn answer(&self, result: F::Output) {
        let mut state = self.state.lock();
        state.progress = Progress::Over;
        let callback = state.callback.take();
        drop(state);
        if let Some(callback) = callback {
            callback(result);
        }
    }
}

impl<F: Future<Output = Result<T>> + Send + Unpin + 'static, T: 'static> Wake for Call<F> {
    /// The host's function may be called again here, and may panic. Its caller is told so: nobody else
    /// would answer.
    fn wake(self: Arc<Self>) {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| self.go_on())) {
            let what = "the function that fetches panicked";
            self.answer(Err(Error::new(ErrorKind::SourceFailed, what)));
            resume_unwind(payload);
        }
    }
}

/// What can be taken back, whatever it asks.
trait Cancel: Send + Sync {
    fn cancel(&self) -> bool;
}

impl<F: Future + Send> Cancel for Call<F> {
    fn cancel(&self) -> bool {
        if self.born != fork::generation() {
            // In a forked child nobody will call, and the lock may be held by a thread that is not
            // there.
            return true;
        }
        let mut state = self.state.lock();
        let callback = state.callback.take();
        let waits = matches!(state.progress, Progress::Waiting(_));
        let future = waits.then(|| std::mem::replace(&mut state.progress, Progress::Over));
        drop(state);
        // What they own may do anything when dropped, so not under the lock.
        drop(future);
        callback.is_some()
    }
}

/// A call that will be answered by callback, unless it has been. Dropping this leaves it as it is.
pub struct PendingCall(Arc<dyn Cancel>);

impl PendingCall {
    /// Takes the callback back and drops it; the fetch goes on for others. True if it will not be
    /// called; false if it was or is being called.
    pub fn cancel(self) -> bool {
        self.0.cancel()
    }
}

impl fmt::Debug for PendingCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingCall").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    use super::*;
    use crate::cache::{BeginOptions, Grant, GrantCache, Key, Ticket};
    use crate::clock::ManualClock;

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
        let options = BeginOptions::new().timeout(timeout);
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
    fn a_fetch_that_is_begun_again_has_what_is_left_of_the_callers_time() {
        let asked = ask(Duration::from_secs(10));
        let first = asked.tickets.recv().unwrap();
        asked.clock.advance(Duration::from_secs(8));
        drop(first);
        let _second = asked.tickets.recv_timeout(LONG).unwrap();
        asked.clock.advance(Duration::from_secs(3));
        let error = asked.answers.recv_timeout(LONG).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
    }

    #[test]
    fn a_panic_of_the_host_in_a_later_round_is_an_answer() {
        let cache = GrantCache::builder().build();
        let key = Key::new("stream-1", LIFETIME).unwrap();
        let (fetch, tickets) = channel();
        let (answer, answers) = channel();
        let rounds = AtomicU32::new(0);
        let _call = cache.get_then(
            &key,
            BeginOptions::new(),
            move |ticket| {
                assert_eq!(rounds.fetch_add(1, Ordering::Relaxed), 0, "on purpose");
                fetch.send(ticket).unwrap();
            },
            move |hit| answer.send(hit.map(drop)).unwrap(),
        );
        let ticket = tickets.recv().unwrap();
        // The next round runs on the thread that ends the fetch.
        drop(catch_unwind(AssertUnwindSafe(|| drop(ticket))));
        let error = answers.recv_timeout(LONG).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SourceFailed);
    }

    #[test]
    fn a_call_that_was_taken_back_is_not_answered() {
        let asked = ask(LIFETIME);
        assert!(asked.call.cancel());
        asked.tickets.recv().unwrap().complete(Grant::new("a grant"), LIFETIME);
        assert!(asked.answers.recv().is_err(), "the callback is gone unheard");
    }
}
