//! The way from the library's threads to one event loop: numbers in a queue, and a byte through a
//! pair of sockets that the loop watches.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use pyo3::prelude::*;

use crate::job::{Held, Job};
use crate::lock::lock;
use crate::source::Source;

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
    /// Whether the loop has been told and has not looked yet.
    told: bool,
    closed: bool,
}

impl Port {
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Tells the loop that a call has news.
    pub(crate) fn ring(&self, number: u64) {
        self.tell(|queue| queue.calls.push(number));
    }

    /// Has the loop run a source; hands the job back if the loop is gone.
    pub(crate) fn offer(&self, job: Held, source: &Arc<Source>) -> Option<Held> {
        let mut job = Some(job);
        self.tell(|queue| {
            if !queue.closed
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
        let told = std::mem::replace(&mut queue.told, true);
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
}

/// The port of one event loop, as Python holds it. Dropped with the loop.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct LoopPort(pub(crate) Arc<Port>);

#[pymethods]
impl LoopPort {
    #[new]
    fn new() -> PyResult<Self> {
        let (queue, numbers) = (Mutex::default(), AtomicU64::new(0));
        Ok(Self(Arc::new(Port { queue, wake: wake::Wake::new()?, numbers })))
    }

    /// What the loop is to watch for reading; None where it has to look by itself.
    fn fileno(&self) -> Option<i32> {
        self.0.wake.fileno()
    }

    /// A number that no other call of this port has.
    fn next_number(&self) -> u64 {
        self.0.next_number()
    }

    /// The numbers of the calls that have news, and jobs that nobody waits for.
    fn drain(&self, py: Python<'_>) -> PyResult<(Vec<u64>, Vec<Py<Job>>)> {
        let queue = py.detach(|| self.0.drain());
        let jobs = queue.jobs.into_iter().map(|(job, source)| Py::new(py, Job::new(job, source)));
        Ok((queue.calls, jobs.collect::<PyResult<_>>()?))
    }

    /// Takes no more jobs; those that came are dropped, so that others lead.
    fn close(&self, py: Python<'_>) {
        py.detach(|| {
            let jobs = {
                let mut queue = lock(&self.0.queue);
                queue.closed = true;
                std::mem::take(&mut queue.jobs)
            };
            drop(jobs);
        });
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
