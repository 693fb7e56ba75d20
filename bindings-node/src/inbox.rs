//! What the library's threads leave for one environment (the main thread or a worker), and the handle
//! that wakes it. The threads never call JavaScript themselves.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Wake, Waker};

use grantmint_core::{GrantRequest, SourceTicket, Ticket};

use crate::asked::{Answer, Asked};
use crate::hot::waker::EnvWaker;
use crate::lock::lock;
use crate::open_fetch::{Abandon, OpenFetch};

/// The inbox of one environment.
#[derive(Default)]
pub(crate) struct Inbox(Mutex<State>);

#[derive(Default)]
struct State {
    /// None before the port is open, and after the environment has ended.
    waker: Option<EnvWaker>,
    /// Whether the environment has been woken and has not looked yet.
    is_woken: bool,
    /// The calls that wait, by number.
    calls: HashMap<i64, Asked>,
    news: Vec<News>,
    jobs: VecDeque<QueuedJob>,
    /// The fetches that JavaScript has taken over. Some of them have ended.
    fetches: Vec<Weak<dyn Abandon>>,
}

/// What came for a call, by the call's number.
pub(crate) struct News(pub(crate) i64, pub(crate) What);

pub(crate) enum What {
    /// The call has its answer.
    Answer(Answer),
    /// The call has to fetch the grant.
    Fetch(Ticket),
    /// The call, or its waiter, may have an outcome.
    Wake,
}

/// A fetch for a source of users, before JavaScript takes it over.
pub(crate) struct QueuedJob {
    /// The number of the function to run.
    pub(crate) source: i64,
    pub(crate) request: GrantRequest,
    pub(crate) ticket: SourceTicket,
}

impl Inbox {
    /// Opens the inbox of an environment.
    pub(crate) fn open(&self, waker: EnvWaker) {
        lock(&self.0).waker = Some(waker);
    }

    /// Runs a function with what wakes the environment; none after the environment has ended.
    pub(crate) fn with_waker<R>(&self, run: impl FnOnce(&EnvWaker) -> R) -> Option<R> {
        lock(&self.0).waker.as_ref().map(run)
    }

    /// Leaves something for a call. If the environment has ended, it is dropped.
    pub(crate) fn leave(&self, number: i64, what: What) {
        // Not moved into the closure: what is not left must be dropped after the lock is released.
        let mut news = Some(News(number, what));
        self.change(|state| state.news.extend(news.take()));
    }

    /// Leaves a job. If the environment has ended, it is dropped: the waiters for it begin again.
    pub(crate) fn leave_job(&self, job: QueuedJob) {
        let mut job = Some(job);
        self.change(|state| state.jobs.extend(job.take()));
    }

    /// Begins a call. An answer that is there at once is left for it, as later ones are.
    /// Whether it has to wait for one.
    pub(crate) fn begin(self: &Arc<Self>, number: i64, call: Asked) -> bool {
        let answer = self.look(number, call);
        let waits = answer.is_none();
        if let Some(answer) = answer {
            self.leave(number, What::Answer(answer));
        }
        waits
    }

    /// Looks whether a call has its answer; one that has none waits on. No lock is held while it looks.
    fn look(self: &Arc<Self>, number: i64, mut call: Asked) -> Option<Answer> {
        let wake = WakeCall { inbox: Arc::clone(self), number };
        let answer = call.poll(&Waker::from(Arc::new(wake)));
        if answer.is_none() {
            let mut state = lock(&self.0);
            if state.waker.is_some() {
                state.calls.insert(number, call);
            }
        }
        answer
    }

    /// Cancels a call. The fetch that it waits for goes on.
    pub(crate) fn cancel(&self, number: i64) {
        let call = lock(&self.0).calls.remove(&number);
        drop(call);
    }

    /// Has a fetch that JavaScript has taken over abandoned when the environment ends.
    pub(crate) fn watch<T: Send + 'static>(&self, fetch: &Arc<OpenFetch<T>>) {
        let weak: Weak<OpenFetch<T>> = Arc::downgrade(fetch);
        let mut state = lock(&self.0);
        // Before the vector grows, the fetches whose owners are gone make space.
        if state.fetches.len() == state.fetches.capacity() {
            state.fetches.retain(|fetch| fetch.strong_count() > 0);
        }
        state.fetches.push(weak);
    }

    /// What came for calls since this was last asked. This is where a call that was woken gets its
    /// answer, which is therefore judged on the environment's own thread.
    pub(crate) fn take_news(self: &Arc<Self>) -> Vec<News> {
        let mut state = lock(&self.0);
        state.is_woken = false;
        let news = std::mem::take(&mut state.news);
        drop(state);
        news.into_iter().filter_map(|news| self.told(news)).collect()
    }

    /// What a call is told; nothing if it was woken and waits on.
    fn told(self: &Arc<Self>, News(number, what): News) -> Option<News> {
        let call = match what {
            What::Wake => lock(&self.0).calls.remove(&number),
            _ => None,
        };
        match call {
            Some(call) => self.look(number, call).map(|answer| News(number, What::Answer(answer))),
            None => Some(News(number, what)),
        }
    }

    /// The oldest job that was left, if there is one.
    pub(crate) fn take_job(&self) -> Option<QueuedJob> {
        lock(&self.0).jobs.pop_front()
    }

    /// Changes the state, and wakes the environment.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = lock(&self.0);
        if state.waker.is_none() {
            return;
        }
        change(&mut state);
        let is_woken = std::mem::replace(&mut state.is_woken, true);
        // Under the lock, so that `close` does not release the waker meanwhile.
        if !is_woken && let Some(waker) = &state.waker {
            waker.wake();
        }
    }

    /// Ends with the environment: cancels the calls, and abandons the fetches and the jobs.
    pub(crate) fn close(&self) {
        // Nothing is dropped under the lock: a drop may call back into this inbox.
        let State { waker, calls, news, jobs, fetches, .. } = std::mem::take(&mut *lock(&self.0));
        drop((waker, calls));
        for fetch in fetches {
            if let Some(fetch) = fetch.upgrade() {
                fetch.abandon();
            }
        }
        drop((news, jobs));
    }
}

/// Wakes a call of an environment.
pub(crate) struct WakeCall {
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) number: i64,
}

impl Wake for WakeCall {
    fn wake(self: Arc<Self>) {
        self.inbox.leave(self.number, What::Wake);
    }
}
