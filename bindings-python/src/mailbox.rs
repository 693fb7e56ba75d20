//! Where the library's threads leave messages for one caller, and how the caller learns of them.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use grantmint_core::{PlaybackToken, Result};

use crate::job::PendingFetch;
use crate::lock::lock;
use crate::port::Port;

/// The messages for one caller. Putting one in never calls the interpreter.
pub(crate) struct Mailbox {
    state: Mutex<State>,
    owner: Owner,
}

#[derive(Default)]
struct State {
    result: Option<Result<PlaybackToken>>,
    fetch: Option<PendingFetch>,
    closed: bool,
}

/// A caller that waits for messages, and so how to notify them.
enum Owner {
    Thread(Condvar),
    /// A task of the port's loop, or a greenlet of its hub, under this number.
    Task(Arc<Port>, u64),
}

/// What a caller is told.
pub(crate) enum Message {
    Answer(Result<PlaybackToken>),
    /// The caller is to run this fetch.
    Fetch(PendingFetch),
}

impl Mailbox {
    pub(crate) fn of_thread() -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), owner: Owner::Thread(Condvar::new()) })
    }

    pub(crate) fn of_task(port: Arc<Port>) -> Arc<Self> {
        let number = port.next_number();
        Arc::new(Self { state: Mutex::default(), owner: Owner::Task(port, number) })
    }

    /// The number under which the loop is notified; 0 for a thread.
    pub(crate) fn number(&self) -> u64 {
        match &self.owner {
            Owner::Task(_, number) => *number,
            Owner::Thread(_) => 0,
        }
    }

    /// Leaves the outcome of the call.
    pub(crate) fn answer(&self, result: Result<PlaybackToken>) {
        lock(&self.state).result = Some(result);
        self.notify();
    }

    /// Leaves a fetch for the caller to run. Hands it back if the caller does not wait any more.
    pub(crate) fn offer(&self, fetch: PendingFetch) -> Option<PendingFetch> {
        if let Owner::Task(port, _) = &self.owner
            && port.is_unresponsive()
        {
            return Some(fetch);
        }
        let mut state = lock(&self.state);
        if state.closed || state.result.is_some() || state.fetch.is_some() {
            return Some(fetch);
        }
        state.fetch = Some(fetch);
        drop(state);
        self.notify();
        None
    }

    fn notify(&self) {
        match &self.owner {
            Owner::Thread(changed) => changed.notify_all(),
            Owner::Task(port, number) => port.notify(*number),
        }
    }

    /// The message that is there, if one is.
    pub(crate) fn take(&self) -> Option<Message> {
        lock(&self.state).take()
    }

    /// Waits for a message on this thread, for a time at most.
    pub(crate) fn wait(&self, time: Duration) -> Option<Message> {
        let state = lock(&self.state);
        let Owner::Thread(changed) = &self.owner else { return None };
        let waited = changed.wait_timeout_while(state, time, |state| state.is_empty());
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.take()
    }

    /// Takes no more fetches; returns the one that nobody took out.
    pub(crate) fn close(&self) -> Option<PendingFetch> {
        let mut state = lock(&self.state);
        state.closed = true;
        state.fetch.take()
    }
}

impl State {
    fn is_empty(&self) -> bool {
        self.fetch.is_none() && self.result.is_none()
    }

    /// Takes a message out. Once there is an answer the call is over: a fetch that came before it
    /// stays, and `close` returns it, to be passed on.
    fn take(&mut self) -> Option<Message> {
        match self.result.take() {
            Some(result) => Some(Message::Answer(result)),
            None => self.fetch.take().map(Message::Fetch),
        }
    }
}
