//! Waits for a fetch of a cache: on a thread, on an event loop, or in a greenlet.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use grantmint_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;

use crate::error::OrRaise as _;
use crate::hit::{Hit, Parts};
use crate::hub;
use crate::imported::WAITED_ASYNC;
use crate::interrupt;
use crate::lock::lock;
use crate::port::{LoopPort, Port};
use crate::python_code;

/// Waits for one fetch that this caller or another runs. Dropping it ends the wait.
///
/// Example:
///     >>> begun = GrantCache().begin("key")
///     >>> begun.ticket.fail(UpstreamError("the service is down"))
///     >>> begun.waiter.wait()
///     Traceback (most recent call last):
///         ...
///     grantmint.errors.UpstreamError: source_failed: the service is down
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct Waiter(Mutex<Option<grantmint_core::Waiter>>);

impl Waiter {
    pub(crate) fn new(waiter: grantmint_core::Waiter) -> Self {
        Self(Mutex::new(Some(waiter)))
    }

    /// Looks whether there is a result, and has the waker called when there is. A waiter that has
    /// been closed or has returned its result fails as cancelled.
    fn poll(&self, waker: &Waker) -> Poll<Result<Parts>> {
        let mut this = lock(&self.0);
        let Some(waiter) = this.as_mut() else {
            let message = "this waiter has been used up";
            return Poll::Ready(Err(Error::new(ErrorKind::Cancelled, message)));
        };
        let polled = Pin::new(waiter).poll(&mut Context::from_waker(waker));
        if polled.is_ready() {
            *this = None;
        }
        polled.map(|result| result.map(Parts::from))
    }

    /// The result if there is one; has the waker called when there is.
    fn result(&self, py: Python<'_>, waker: &Waker) -> PyResult<Option<Hit>> {
        let result = py.detach(|| ready(self.poll(waker)));
        Ok(result.transpose().or_raise()?.map(Hit::new))
    }

    /// Waits on this thread, natively.
    fn wait_on_thread(&self, py: Python<'_>) -> PyResult<Hit> {
        let waker = Waker::from(Arc::new(OfThread(thread::current())));
        let result = interrupt::wait(py, |time| {
            let polled = self.poll(&waker);
            if polled.is_pending() {
                thread::park_timeout(time);
            }
            ready(polled)
        })?;
        result.or_raise().map(Hit::new)
    }
}

#[pymethods]
impl Waiter {
    /// Waits until the fetch ends or the caller's time is over. In a thread with a hub of gevent or
    /// eventlet, the other greenlets go on.
    ///
    /// Raises:
    ///     GrantmintError: The error of the fetch. DeadlineError if the caller's time is over
    ///         first; abandoned if the fetch ended without an outcome: then begin again.
    fn wait(this: &Bound<'_, Self>) -> PyResult<Py<Hit>> {
        let (py, waiter) = (this.py(), this.get());
        if let Some(hit) = waiter.result(py, Waker::noop())? {
            return Py::new(py, hit);
        }
        match hub::port(py)? {
            Some(port) => {
                Ok(python_code::call(&port.getattr("waited")?, (this,), None)?.extract()?)
            }
            None => Py::new(py, waiter.wait_on_thread(py)?),
        }
    }

    /// The grant, or None while the fetch goes on and the caller has time; never waits.
    ///
    /// Raises:
    ///     As wait.
    fn try_result(&self, py: Python<'_>) -> PyResult<Option<Hit>> {
        self.result(py, Waker::noop())
    }

    /// As wait, but awaited: it does not block the event loop.
    fn wait_async<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        WAITED_ASYNC.call(this.py(), (this,))
    }

    /// The grant that the cache has for this caller now, for callers that do not wait; None if it
    /// has none that lasts as long as the caller asked for.
    fn fallback(&self, py: Python<'_>) -> Option<Hit> {
        let hit = py.detach(|| {
            let hit = lock(&self.0).as_ref().and_then(grantmint_core::Waiter::fallback);
            hit.map(Parts::from)
        });
        hit.map(Hit::new)
    }

    /// Ends the wait; the fetch goes on for others.
    fn close(&self, py: Python<'_>) {
        py.detach(|| drop(lock(&self.0).take()));
    }

    /// As try_result; if there is none, has the port's loop or hub notified under this number when
    /// there is.
    fn _poll(
        &self,
        py: Python<'_>,
        port: &Bound<'_, LoopPort>,
        number: u64,
    ) -> PyResult<Option<Hit>> {
        let waker = Waker::from(Arc::new(OfPort(Arc::clone(&port.get().port), number)));
        self.result(py, &waker)
    }

    fn __repr__(&self) -> &'static str {
        "Waiter(...)"
    }
}

/// What came, if anything has.
pub(crate) fn ready<T>(polled: Poll<T>) -> Option<T> {
    match polled {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

/// Wakes a thread.
pub(crate) struct OfThread(pub(crate) Thread);

impl Wake for OfThread {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Wakes a task of an event loop, or a greenlet of a hub.
pub(crate) struct OfPort(pub(crate) Arc<Port>, pub(crate) u64);

impl Wake for OfPort {
    fn wake(self: Arc<Self>) {
        self.0.notify(self.1);
    }
}
