//! A source of grants that the host wrote: picks who runs its function for each fetch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

use grantmint_core::{AsyncGrantSource, ErrorKind, GrantRequest, SourceTicket};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

use crate::background;
use crate::error::invalid;
use crate::fetch_function::FetchFunction;
use crate::fork::PerProcess;
use crate::imported::{BACKGROUND_READY, LOOP_PORT, SOURCE_FUNCTION};
use crate::job::PendingFetch;
use crate::lock::lock;
use crate::mailbox::Mailbox;
use crate::port::{LoopPort, Port};

/// A source as a minter and its streams have it. They alone own the function; see
/// [`FetchFunction`].
pub(crate) struct OwnedSource {
    pub(crate) source: Arc<Source>,
    /// A `grantmint._sources.Function`.
    function: Py<PyAny>,
}

impl OwnedSource {
    pub(crate) fn new(fetch: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = fetch.py();
        let function = SOURCE_FUNCTION.call(py, (fetch,))?;
        Ok(Self { source: Arc::new(Source::new(&function)?), function: function.unbind() })
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        Self { source: Arc::clone(&self.source), function: self.function.clone_ref(py) }
    }

    /// Shows the garbage collector what is owned.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.function)
    }
}

/// The function that fetches grants, and who can run it: callers, a loop or a hub.
pub(crate) struct Source {
    function: Arc<FetchFunction>,
    runners: PerProcess<Mutex<Runners>>,
}

#[derive(Default)]
struct Runners {
    /// The callers that wait, each with its stream, in the order in which they came.
    callers: BTreeMap<Place, (Box<str>, Arc<Mailbox>)>,
    next: Place,
    /// Of a coroutine function, the loop whose tasks called last; of a plain function, the hub whose
    /// greenlets did, if threads are greenlets.
    last_port: Weak<Port>,
}

/// The number of a caller that waits.
pub(crate) type Place = u64;

impl Source {
    fn new(function: &Bound<'_, PyAny>) -> PyResult<Self> {
        let function = Arc::new(FetchFunction::new(function)?);
        Ok(Self { function, runners: PerProcess::new() })
    }

    /// Whether the function is a coroutine function, which only an event loop can run.
    pub(crate) fn is_coroutine(&self) -> bool {
        self.function.is_coroutine()
    }

    /// Refuses a call that blocks its thread, if the function needs a loop.
    pub(crate) fn check_blocking(&self) -> PyResult<()> {
        if self.is_coroutine() { Err(no_loop()) } else { Ok(()) }
    }

    /// Prepares for a fetch that no caller waits for; returns whether there is somebody to run it.
    /// A plain function is run by the hub of this thread if threads are greenlets, else by a
    /// background thread. A coroutine function is run by the loop that runs now, or else by the one
    /// whose tasks called last.
    pub(crate) fn expect_refresh(&self, py: Python<'_>) -> PyResult<bool> {
        let find = if self.is_coroutine() { &LOOP_PORT } else { &BACKGROUND_READY };
        let found = find.call(py, ())?;
        if let Ok(port) = found.cast::<LoopPort>() {
            let port = &port.get().port;
            py.detach(|| self.note_port(port));
            return Ok(true);
        }
        Ok(found.is_truthy()? || py.detach(|| self.last_port()).is_some())
    }

    /// Notes the loop or hub that is to run refreshes from now on.
    pub(crate) fn note_port(&self, port: &Arc<Port>) {
        self.runners.with(|runners| lock(runners).last_port = Arc::downgrade(port));
    }

    /// The loop or hub that is to run refreshes, unless it is closed: calls that have just ended may
    /// hold its port for a little longer.
    fn last_port(&self) -> Option<Arc<Port>> {
        let port = self.runners.with(|runners| lock(runners).last_port.upgrade());
        port.filter(|port| !port.is_closed())
    }

    /// Adds a caller that waits for a stream's grant, and can run the function.
    pub(crate) fn add_caller(&self, streamer: &str, caller: &Arc<Mailbox>) -> Place {
        let entry = (streamer.into(), Arc::clone(caller));
        self.runners.with(|runners| {
            let mut runners = lock(runners);
            let place = runners.next;
            runners.next += 1;
            runners.callers.insert(place, entry);
            place
        })
    }

    pub(crate) fn remove_caller(&self, place: Place) {
        let removed = self.runners.with(|runners| lock(runners).callers.remove(&place));
        drop(removed);
    }

    /// Finds somebody to run a fetch. A caller that waits for the stream runs it, the first that is
    /// idle; without one, a loop, a hub or a background thread.
    pub(crate) fn offer(&self, mut fetch: PendingFetch) {
        while let Some(caller) = self.idle_caller(fetch.request.streamer().as_str()) {
            match caller.offer(fetch) {
                // It began to run another meanwhile.
                Some(back) => fetch = back,
                None => return,
            }
        }
        match self.last_port() {
            // A loop or hub that does not look hands it back, and it is dropped: callers that wait
            // begin again. It does not go to a thread: what the function keeps, such as a socket of
            // gevent, may belong to that hub.
            Some(port) => drop(port.offer(fetch)),
            None if self.is_coroutine() => drop(fetch),
            None => background::run(fetch),
        }
    }

    /// A caller that waits for a stream and runs nothing. A thread that is blocked has nothing else to
    /// do; a task has its loop to run.
    fn idle_caller(&self, streamer: &str) -> Option<Arc<Mailbox>> {
        self.runners.with(|runners| {
            let runners = lock(runners);
            let mut task = None;
            for (other, caller) in runners.callers.values() {
                if !other.eq_ignore_ascii_case(streamer) || !caller.is_idle() {
                    continue;
                }
                if caller.is_thread() {
                    return Some(Arc::clone(caller));
                }
                task = task.or(Some(caller));
            }
            task.map(Arc::clone)
        })
    }
}

/// Core's side: called on the library's threads, which never call the interpreter.
pub(crate) struct ForCore(pub(crate) Arc<Source>);

impl AsyncGrantSource for ForCore {
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
        let function = Arc::clone(&self.0.function);
        self.0.offer(PendingFetch { request: request.clone(), ticket, function });
    }

    fn hands_on(&self) -> bool {
        true
    }
}

/// The exception where a loop is needed and there is none.
pub(crate) fn no_loop() -> PyErr {
    let what = "is a coroutine function: use token_async() in a running event loop";
    invalid(ErrorKind::InvalidArgument, "source", what)
}
