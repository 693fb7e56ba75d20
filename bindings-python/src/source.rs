//! A source of grants that Python wrote: who runs it.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use grantmint_core::{AsyncGrantSource, GrantRequest, SourceTicket};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyWeakrefReference;

use crate::call::Letterbox;
use crate::fork::PerProcess;
use crate::job::{Held, Job, no_loop};
use crate::lock::lock;
use crate::port::{LoopPort, Port};

/// A source as a minter and its streams own it. They alone own the function: what core holds refers
/// to it weakly, since the function may refer to the minter, and who holds core's part is hidden from
/// the collector.
pub(crate) struct OwnedSource {
    pub(crate) source: Arc<Source>,
    /// A `grantmint._sources.Function`.
    function: Py<PyAny>,
}

impl OwnedSource {
    pub(crate) fn new(fetch: &Bound<'_, PyAny>) -> PyResult<Self> {
        static FUNCTION: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let py = fetch.py();
        let function = FUNCTION.import(py, "grantmint._sources", "Function")?.call1((fetch,))?;
        Ok(Self { source: Source::new(&function)?, function: function.unbind() })
    }

    pub(crate) fn clone_ref(&self, py: Python<'_>) -> Self {
        Self { source: Arc::clone(&self.source), function: self.function.clone_ref(py) }
    }

    /// Shows the collector what is owned.
    pub(crate) fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.function)
    }
}

/// A function of the host that fetches grants, and those who wait for it.
pub(crate) struct Source {
    function: Py<PyWeakrefReference>,
    pub(crate) is_coroutine: bool,
    desk: PerProcess<Mutex<Desk>>,
    this: Weak<Self>,
}

#[derive(Default)]
struct Desk {
    /// The callers that wait, each with its stream, in the order in which they came.
    waiting: Vec<(Box<str>, Arc<Letterbox>)>,
    /// The loop that was last heard from.
    port: Weak<Port>,
}

impl Source {
    fn new(function: &Bound<'_, PyAny>) -> PyResult<Arc<Self>> {
        let is_coroutine = function.getattr("is_coroutine")?.extract()?;
        let function = PyWeakrefReference::new(function)?.unbind();
        Ok(Arc::new_cyclic(|this| Self {
            function,
            is_coroutine,
            desk: PerProcess::new(),
            this: Weak::clone(this),
        }))
    }

    /// The function to run; none once the minter and its streams are gone.
    pub(crate) fn fetch<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let function = self.function.bind(py).upgrade();
        function.map(|function| function.getattr("fetch")).transpose()
    }

    /// Refuses a call that blocks, if the source needs a loop.
    pub(crate) fn check_blocking(&self) -> PyResult<()> {
        if self.is_coroutine { Err(no_loop()) } else { Ok(()) }
    }

    /// Sees to it that a fetch which nobody waits for will be run: by the thread that there is for
    /// it, by the loop that runs now, or else by the one that was last heard from. Whether it will
    /// be.
    pub(crate) fn expect_refresh(&self, py: Python<'_>) -> PyResult<bool> {
        if !self.is_coroutine {
            py.import("grantmint._sources")?.call_method0("ensure_thread")?;
            return Ok(true);
        }
        let port = py.import("grantmint._async")?.call_method0("port_of_running_loop")?;
        Ok(match port.cast::<LoopPort>() {
            Ok(port) => {
                let port = &port.get().port;
                py.detach(|| self.heard_from(port));
                true
            }
            Err(_) => py.detach(|| self.last_heard_from()).is_some(),
        })
    }

    /// Notes the loop that a refresh will be run on.
    pub(crate) fn heard_from(&self, port: &Arc<Port>) {
        self.desk.with(|desk| lock(desk).port = Arc::downgrade(port));
    }

    /// The loop that a refresh will be run on, unless it is closed: calls that have just ended may
    /// hold its port for a little longer.
    fn last_heard_from(&self) -> Option<Arc<Port>> {
        let port = self.desk.with(|desk| lock(desk).port.upgrade());
        port.filter(|port| !port.is_closed())
    }

    pub(crate) fn sign_up(&self, streamer: &str, caller: &Arc<Letterbox>) {
        let entry = (streamer.into(), Arc::clone(caller));
        self.desk.with(|desk| lock(desk).waiting.push(entry));
    }

    pub(crate) fn leave(&self, caller: &Arc<Letterbox>) {
        let left = self.desk.with(|desk| {
            let waiting = &mut lock(desk).waiting;
            let place = waiting.iter().position(|(_, other)| Arc::ptr_eq(other, caller));
            place.map(|place| waiting.remove(place))
        });
        drop(left);
    }

    /// Finds somebody to run a fetch: of a cold key, the first who waits for it.
    pub(crate) fn offer(&self, mut job: Held) {
        if !job.ticket.is_refresh() {
            for caller in self.waiting_for(job.request.streamer().as_str()) {
                match caller.offer(job) {
                    Some(back) => job = back,
                    None => return,
                }
            }
        }
        let Some(this) = self.this.upgrade() else { return };
        if !self.is_coroutine {
            return errands().with(|errands| errands.push(Errand::Fetch(job, this)));
        }
        if let Some(port) = self.last_heard_from() {
            // A loop that does not listen hands it back, and it is dropped: whoever waits begins
            // again.
            drop(port.offer(job, &this));
        }
    }

    fn waiting_for(&self, streamer: &str) -> Vec<Arc<Letterbox>> {
        self.desk.with(|desk| {
            let desk = lock(desk);
            let waiting = desk.waiting.iter();
            let of_it = waiting.filter(|(other, _)| other.eq_ignore_ascii_case(streamer));
            of_it.map(|(_, caller)| Arc::clone(caller)).collect()
        })
    }
}

/// Core's side: called on the library's threads, which never call the interpreter.
pub(crate) struct ForCore(pub(crate) Arc<Source>);

impl AsyncGrantSource for ForCore {
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
        self.0.offer(Held { request: request.clone(), ticket });
    }
}

/// What the thread for plain functions has to run.
static ERRANDS: OnceLock<PerProcess<Errands>> = OnceLock::new();

/// Something to run on that thread.
enum Errand {
    Fetch(Held, Arc<Source>),
    Call(Py<PyAny>),
}

#[derive(Default)]
struct Errands {
    queue: Mutex<VecDeque<Errand>>,
    changed: Condvar,
}

impl Errands {
    fn push(&self, errand: Errand) {
        lock(&self.queue).push_back(errand);
        self.changed.notify_one();
    }

    fn wait(&self, time: Duration) -> Option<Errand> {
        let queue = lock(&self.queue);
        let waited = self.changed.wait_timeout_while(queue, time, |queue| queue.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.pop_front()
    }
}

/// The errands of this process.
fn errands() -> &'static PerProcess<Errands> {
    ERRANDS.get_or_init(PerProcess::new)
}

/// Makes the errands when the module is made, so that no fork comes between.
pub(crate) fn prepare() {
    errands();
}

/// Has the thread for plain functions call something.
#[pyfunction]
pub(crate) fn _send_errand(py: Python<'_>, call: Py<PyAny>) {
    py.detach(|| errands().with(|errands| errands.push(Errand::Call(call))));
}

/// The next Job or function for that thread; waits for it for a time at most.
#[pyfunction]
pub(crate) fn _next_errand(py: Python<'_>, seconds: f64) -> PyResult<Option<Py<PyAny>>> {
    let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let errand = py.detach(|| errands().with(|errands| errands.wait(time)));
    Ok(match errand {
        Some(Errand::Fetch(job, source)) => Some(Py::new(py, Job::new(job, source))?.into_any()),
        Some(Errand::Call(call)) => Some(call),
        None => None,
    })
}
