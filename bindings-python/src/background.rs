//! What the one background thread of Python has to run: plain functions that no caller waits for.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;

use crate::fork::PerProcess;
use crate::job::{Job, PendingFetch};
use crate::lock::lock;

/// The queue of the background thread.
static QUEUE: OnceLock<PerProcess<Queue>> = OnceLock::new();

#[derive(Default)]
struct Queue {
    tasks: Mutex<VecDeque<Task>>,
    changed: Condvar,
}

enum Task {
    Fetch(PendingFetch),
    Call(Py<PyAny>),
}

impl Queue {
    fn push(&self, task: Task) {
        lock(&self.tasks).push_back(task);
        self.changed.notify_one();
    }

    fn wait(&self, time: Duration) -> Option<Task> {
        let tasks = lock(&self.tasks);
        let waited = self.changed.wait_timeout_while(tasks, time, |tasks| tasks.is_empty());
        waited.unwrap_or_else(PoisonError::into_inner).0.pop_front()
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

/// Has the background thread run a fetch.
pub(crate) fn run(fetch: PendingFetch) {
    queue().with(|queue| queue.push(Task::Fetch(fetch)));
}

/// Has the background thread call something.
#[pyfunction]
pub(crate) fn _call_in_background(py: Python<'_>, call: Py<PyAny>) {
    py.detach(|| queue().with(|queue| queue.push(Task::Call(call))));
}

/// The next Job or function for the background thread. Waits for so many seconds at most.
#[pyfunction]
pub(crate) fn _next_in_background(py: Python<'_>, seconds: f64) -> PyResult<Option<Py<PyAny>>> {
    let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let task = py.detach(|| queue().with(|queue| queue.wait(time)));
    Ok(match task {
        Some(Task::Fetch(fetch)) => Some(Py::new(py, Job::new(fetch))?.into_any()),
        Some(Task::Call(call)) => Some(call),
        None => None,
    })
}
