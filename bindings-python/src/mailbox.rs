//! Where the library's threads leave a fetch for one caller, and how they wake the caller.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::Wake;
use std::time::Duration;

use crate::job::PendingFetch;
use crate::lock::lock;
use crate::port::Port;

/// What is left for one caller. Leaving something never calls the interpreter.
pub(crate) struct Mailbox {
    state: Mutex<State>,
    owner: Owner,
}

#[derive(Default)]
struct State {
    /// There may be an answer: the caller is to look.
    woken: bool,
    fetch: Option<PendingFetch>,
    /// The caller runs a fetch and cannot run another.
    busy: bool,
    closed: bool,
}

/// A caller that waits, and so how to notify it.
enum Owner {
    Thread(Condvar),
    /// A task of the port's loop, or a greenlet of its hub, under this number.
    Task(Arc<Port>, u64),
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

    /// Whether the caller is a thread that is blocked.
    pub(crate) fn is_thread(&self) -> bool {
        matches!(self.owner, Owner::Thread(_))
    }

    /// Whether the caller can run a fetch now.
    pub(crate) fn is_idle(&self) -> bool {
        !self.has_deaf_loop() && lock(&self.state).is_idle()
    }

    fn has_deaf_loop(&self) -> bool {
        matches!(&self.owner, Owner::Task(port, _) if port.is_unresponsive())
    }

    /// Leaves a fetch for the caller to run. Hands it back if the caller cannot run it now.
    pub(crate) fn offer(&self, fetch: PendingFetch) -> Option<PendingFetch> {
        let mut state = lock(&self.state);
        if !state.is_idle() {
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

    /// The caller looks now: it runs no fetch, and has to be woken for what comes from now on.
    pub(crate) fn look(&self) {
        let mut state = lock(&self.state);
        state.woken = false;
        state.busy = false;
    }

    /// The fetch that was left, for the caller to run before it looks again.
    pub(crate) fn take_fetch(&self) -> Option<PendingFetch> {
        let mut state = lock(&self.state);
        let fetch = state.fetch.take();
        state.busy = fetch.is_some();
        fetch
    }

    /// Waits on this thread until there is something, for a time at most; returns whether there is. If
    /// not, the caller is busy until it waits again: it may run a handler of a signal, which may ask
    /// for the same stream.
    pub(crate) fn wait(&self, time: Duration) -> bool {
        let mut state = lock(&self.state);
        state.busy = false;
        let Owner::Thread(changed) = &self.owner else { return true };
        let waited = changed.wait_timeout_while(state, time, |state| state.is_empty());
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.busy = state.is_empty();
        !state.busy
    }

    /// Takes no more fetches; returns the one that nobody took out.
    pub(crate) fn close(&self) -> Option<PendingFetch> {
        let mut state = lock(&self.state);
        state.closed = true;
        state.fetch.take()
    }
}

impl Wake for Mailbox {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut state = lock(&self.state);
        if state.closed {
            return;
        }
        state.woken = true;
        drop(state);
        self.notify();
    }
}

impl State {
    fn is_idle(&self) -> bool {
        !self.closed && !self.busy && self.fetch.is_none()
    }

    fn is_empty(&self) -> bool {
        self.fetch.is_none() && !self.woken
    }
}
