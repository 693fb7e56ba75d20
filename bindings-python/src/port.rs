//! The way from the library's threads to one event loop: numbers in a queue, and a byte through a
//! pair of sockets that the loop watches.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::fork::Generation;
use crate::job::{Held, Job};
use crate::lock::lock;
use crate::source::Source;

/// A loop that was told and has not looked for this long gets no more jobs: it was closed, does not
/// run now, or is being blocked.
const DEAF_AFTER: Duration = Duration::from_secs(1);

/// What waits for the loop to look.
pub(crate) struct Port {
    queue: Mutex<Queue>,
    wake: wake::Wake,
    numbers: AtomicU64,
}

#[derive(Default)]
struct Queue {
    /// The calls that have news.
    calls: Vec<u64>,
    /// Fetches that no caller waits for.
    jobs: Vec<(Held, Arc<Source>)>,
    /// Since when the loop has been told and has not looked.
    told: Option<Instant>,
    closed: bool,
}

impl Queue {
    fn is_deaf(&self) -> bool {
        self.closed || self.told.is_some_and(|told| told.elapsed() >= DEAF_AFTER)
    }
}

impl Port {
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Whether the loop does not listen, so that what it is to run would stay undone.
    pub(crate) fn is_deaf(&self) -> bool {
        lock(&self.queue).is_deaf()
    }

    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.queue).closed
    }

    /// Tells the loop that a call has news.
    pub(crate) fn ring(&self, number: u64) {
        self.tell(|queue| {
            if !queue.closed {
                queue.calls.push(number);
            }
        });
    }

    /// Has the loop run a source; hands the job back if the loop is gone or does not listen.
    pub(crate) fn offer(&self, job: Held, source: &Arc<Source>) -> Option<Held> {
        let mut job = Some(job);
        self.tell(|queue| {
            if !queue.is_deaf()
                && let Some(job) = job.take()
            {
                queue.jobs.push((job, Arc::clone(source)));
            }
        });
        job
    }

    fn tell(&self, change: impl FnOnce(&mut Queue)) {
        let mut queue = lock(&self.queue);
        change(&mut queue);
        let told = queue.told.is_some();
        queue.told.get_or_insert_with(Instant::now);
        drop(queue);
        if !told {
            self.wake.send();
        }
    }

    fn drain(&self) -> Queue {
        self.wake.receive();
        let mut queue = lock(&self.queue);
        let closed = queue.closed;
        std::mem::replace(&mut queue, Queue { closed, ..Queue::default() })
    }

    /// Takes nothing more; what came is dropped, so that others lead.
    fn close(&self) {
        let jobs = {
            let mut queue = lock(&self.queue);
            queue.closed = true;
            std::mem::take(&mut queue.jobs)
        };
        drop(jobs);
    }
}

/// The port of one event loop, as Python holds it. The loop holds that, and drops it when it is
/// closed.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct LoopPort {
    pub(crate) port: Arc<Port>,
    process: Generation,
}

#[pymethods]
impl LoopPort {
    #[new]
    fn new() -> PyResult<Self> {
        let (queue, numbers) = (Mutex::default(), AtomicU64::new(0));
        let port = Arc::new(Port { queue, wake: wake::Wake::new()?, numbers });
        Ok(Self { port, process: Generation::now() })
    }

    /// What the loop is to watch for reading; None where it has to look by itself.
    fn fileno(&self) -> Option<i32> {
        self.port.wake.fileno()
    }

    /// A number that no other call of this port has.
    fn next_number(&self) -> u64 {
        self.port.next_number()
    }

    /// The numbers of the calls that have news, and jobs that nobody waits for.
    fn drain(&self, py: Python<'_>) -> PyResult<(Vec<u64>, Vec<Py<Job>>)> {
        let queue = py.detach(|| self.port.drain());
        let jobs = queue.jobs.into_iter().map(|(job, source)| Py::new(py, Job::new(job, source)));
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

#[cfg(unix)]
mod wake {
    use std::io::{Read as _, Result, Write as _};
    use std::os::fd::AsRawFd as _;
    use std::os::unix::net::UnixStream;

    /// A pair of sockets: writing to one never blocks, and makes the other readable.
    pub(super) struct Wake {
        from: UnixStream,
        to: UnixStream,
    }

    impl Wake {
        pub(super) fn new() -> Result<Self> {
            let (from, to) = UnixStream::pair()?;
            from.set_nonblocking(true)?;
            to.set_nonblocking(true)?;
            Ok(Self { from, to })
        }

        pub(super) fn fileno(&self) -> Option<i32> {
            Some(self.to.as_raw_fd())
        }

        pub(super) fn send(&self) {
            // It fails only when so much lies unread that the loop wakes all the same.
            let _ = (&self.from).write(&[1]);
        }

        pub(super) fn receive(&self) {
            let mut bytes = [0; 64];
            while (&self.to).read(&mut bytes).is_ok_and(|read| read == bytes.len()) {}
        }
    }
}

#[cfg(not(unix))]
mod wake {
    use std::io::Result;

    /// Nothing: the loop looks by itself.
    pub(super) struct Wake;

    impl Wake {
        #[allow(clippy::unnecessary_wraps, reason = "on other systems it can fail")]
        pub(super) fn new() -> Result<Self> {
            Ok(Self)
        }

        pub(super) fn fileno(&self) -> Option<i32> {
            None
        }

        pub(super) fn send(&self) {}

        pub(super) fn receive(&self) {}
    }
}
