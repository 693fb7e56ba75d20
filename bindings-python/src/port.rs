//! What the library's threads leave for one event loop, or one hub of greenlets, to do. Below, a
//! loop may as well be a hub, and a task a greenlet.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::fork::Generation;
use crate::job::{Job, PendingFetch};
use crate::lock::lock;
use crate::wake::Wake;

/// A loop that was notified and has not looked for this long is given no more fetches: it was
/// closed, does not run now, or is blocked.
const UNRESPONSIVE_AFTER: Duration = Duration::from_secs(1);

/// A queue for one event loop. Threads put in what the loop is to do, and wake it.
pub(crate) struct Port {
    queue: Mutex<Queue>,
    wake: Wake,
    numbers: AtomicU64,
}

#[derive(Default)]
struct Queue {
    /// The numbers of the calls whose tasks are to go on.
    calls: Vec<u64>,
    /// Fetches that no caller waits for.
    fetches: Vec<PendingFetch>,
    /// When the loop was notified, if it has not looked since.
    notified_at: Option<Instant>,
    closed: bool,
}

impl Queue {
    fn is_unresponsive(&self) -> bool {
        self.closed || self.notified_at.is_some_and(|at| at.elapsed() >= UNRESPONSIVE_AFTER)
    }
}

impl Port {
    fn new() -> std::io::Result<Self> {
        Ok(Self { queue: Mutex::default(), wake: Wake::new()?, numbers: AtomicU64::new(0) })
    }

    /// A number that no other call of this port has.
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether the loop does not look, so that a fetch given to it would not be run.
    pub(crate) fn is_unresponsive(&self) -> bool {
        lock(&self.queue).is_unresponsive()
    }

    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.queue).closed
    }

    /// Tells the loop that the task of this call is to go on.
    pub(crate) fn notify(&self, number: u64) {
        self.change(|queue| {
            if !queue.closed {
                queue.calls.push(number);
            }
        });
    }

    /// Gives the loop a fetch to run. Hands it back if the loop is closed or does not look.
    pub(crate) fn offer(&self, fetch: PendingFetch) -> Option<PendingFetch> {
        let mut fetch = Some(fetch);
        self.change(|queue| {
            if !queue.is_unresponsive()
                && let Some(fetch) = fetch.take()
            {
                queue.fetches.push(fetch);
            }
        });
        fetch
    }

    /// Changes the queue, and wakes the loop unless it was woken and has not looked yet.
    fn change(&self, change: impl FnOnce(&mut Queue)) {
        let mut queue = lock(&self.queue);
        change(&mut queue);
        let was_notified = queue.notified_at.is_some();
        queue.notified_at.get_or_insert_with(Instant::now);
        drop(queue);
        if !was_notified {
            self.wake.send();
        }
    }

    fn drain(&self) -> Queue {
        self.wake.receive();
        let mut queue = lock(&self.queue);
        let closed = queue.closed;
        std::mem::replace(&mut queue, Queue { closed, ..Queue::default() })
    }

    /// Takes nothing more. Drops the fetches in the queue, so that callers that wait for them
    /// begin again.
    fn close(&self) {
        let fetches = {
            let mut queue = lock(&self.queue);
            queue.closed = true;
            std::mem::take(&mut queue.fetches)
        };
        drop(fetches);
    }
}

/// The port of one event loop, as Python has it. Only the loop keeps it, and drops it when the loop
/// is closed.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct LoopPort {
    pub(crate) port: Arc<Port>,
    process: Generation,
}

#[pymethods]
impl LoopPort {
    #[new]
    fn new() -> PyResult<Self> {
        Ok(Self { port: Arc::new(Port::new()?), process: Generation::now() })
    }

    /// What the loop is to watch for reading; None where it has to look by itself.
    fn fileno(&self) -> Option<i32> {
        self.port.wake.fileno()
    }

    /// A number that no other call of this port has.
    fn next_number(&self) -> u64 {
        self.port.next_number()
    }

    /// Takes out what was left: the numbers of the calls whose tasks are to go on, and the fetches
    /// that no caller waits for.
    fn drain(&self, py: Python<'_>) -> PyResult<(Vec<u64>, Vec<Py<Job>>)> {
        let queue = py.detach(|| self.port.drain());
        let jobs = queue.fetches.into_iter().map(|fetch| Py::new(py, Job::new(fetch)));
        Ok((queue.calls, jobs.collect::<PyResult<_>>()?))
    }
}

impl Drop for LoopPort {
    fn drop(&mut self) {
        // In a forked child the queue may be locked for ever, by a thread that is not there.
        if self.process == Generation::now() {
            Python::attach(|py| py.detach(|| self.port.close()));
        }
    }
}
