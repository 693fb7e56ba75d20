//! What the background threads of Python have to run: plain functions that no waiting thread runs.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;

use crate::error::no_thread;
use crate::fork::PerProcess;
use crate::job::{Job, PendingFetch};
use crate::lock::lock;

/// The queue of the background threads.
static QUEUE: OnceLock<PerProcess<Queue>> = OnceLock::new();

#[derive(Default)]
struct Queue {
    work: Mutex<Work>,
    changed: Condvar,
}

#[derive(Default)]
struct Work {
    tasks: VecDeque<Task>,
    threads: usize,
    idle: usize,
}

enum Task {
    Fetch(PendingFetch),
    Call(Py<PyAny>),
}

impl Queue {
    /// Hands the task back if there is no thread to run it.
    fn push(&self, task: Task) -> Option<Task> {
        let mut work = lock(&self.work);
        if work.threads == 0 {
            return Some(task);
        }
        work.tasks.push_back(task);
        drop(work);
        self.changed.notify_one();
        None
    }

    /// The next task, and whether all other threads are busy.
    fn wait(&self, time: Duration) -> (Option<Task>, bool) {
        let mut work = lock(&self.work);
        work.idle += 1;
        let waited = self.changed.wait_timeout_while(work, time, |work| work.tasks.is_empty());
        let (mut work, _) = waited.unwrap_or_else(PoisonError::into_inner);
        work.idle -= 1;
        (work.tasks.pop_front(), work.idle == 0)
    }
}

/// The queue of this process.
fn queue() -> &'static PerProcess<Queue> {
    QUEUE.get_or_init(PerProcess::new)
}

/// Makes the queue when the module is made, so that no fork comes between.
pub(crate) fn prepare() {
    queue();
}

/// Has a background thread run a fetch. If there is none, since none could be started, a refresh ends
/// with an error; a fetch for callers ends without an outcome, and they begin again.
pub(crate) fn run(fetch: PendingFetch) {
    if let Some(Task::Fetch(fetch)) = queue().with(|queue| queue.push(Task::Fetch(fetch)))
        && fetch.ticket.is_refresh()
    {
        fetch.ticket.fail(no_thread());
    }
}

/// A background thread is there.
#[pyfunction]
pub(crate) fn _enter_background(py: Python<'_>) {
    py.detach(|| queue().with(|queue| lock(&queue.work).threads += 1));
}

/// A background thread ends.
#[pyfunction]
pub(crate) fn _leave_background(py: Python<'_>) {
    py.detach(|| queue().with(|queue| lock(&queue.work).threads -= 1));
}

/// Has a background thread call something; there is one.
#[pyfunction]
pub(crate) fn _call_in_background(py: Python<'_>, call: Py<PyAny>) {
    drop(py.detach(|| queue().with(|queue| queue.push(Task::Call(call)))));
}

/// The next Job or function for a background thread, and whether all other threads are busy. Waits for
/// so many seconds at most.
#[pyfunction]
pub(crate) fn _next_in_background(
    py: Python<'_>,
    seconds: f64,
) -> PyResult<(Option<Py<PyAny>>, bool)> {
    let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let (task, all_busy) = py.detach(|| queue().with(|queue| queue.wait(time)));
    let task = match task {
        Some(Task::Fetch(fetch)) => Some(Py::new(py, Job::new(fetch))?.into_any()),
        Some(Task::Call(call)) => Some(call),
        None => None,
    };
    Ok((task, all_busy))
}
