//! Waits for a credential or for ICE servers: on a thread, on an event loop, or in a greenlet.

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use grantmint_core::{Error, ErrorKind, IceFuture, IssuedFuture, Result};
use pyo3::prelude::*;

use super::issued::Issued;
use crate::error::OrRaise as _;
use crate::hub;
use crate::ice::credentials::IceCredentials;
use crate::interrupt;
use crate::lock::lock;
use crate::port::LoopPort;
use crate::python_code;
use crate::waiter::{OfPort, OfThread, ready};

/// After how many seconds a greenlet looks by itself: the library watches the caller's time, unless it could start no
/// thread for that.
const LOOK_AGAIN: f64 = 1.0;

/// What was asked for.
pub(crate) enum Asked {
    Issued(IssuedFuture),
    Ice(IceFuture),
}

/// What came of it.
enum Came {
    Issued(Issued),
    Ice(IceCredentials),
}

impl Asked {
    fn poll(&mut self, waker: &Waker) -> Poll<Result<Came>> {
        let mut context = Context::from_waker(waker);
        match self {
            Self::Issued(asked) => {
                asked.as_mut().poll(&mut context).map_ok(|issued| Came::Issued(issued.into()))
            }
            Self::Ice(asked) => {
                asked.as_mut().poll(&mut context).map_ok(|servers| Came::Ice(servers.into()))
            }
        }
    }
}

impl Came {
    fn into_object(self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self {
            Self::Issued(issued) => Ok(Py::new(py, issued)?.into_any()),
            Self::Ice(servers) => Ok(Py::new(py, servers)?.into_any()),
        }
    }
}

/// A call that waits. Dropping it ends the wait, never the fetch.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct Pending(Mutex<Option<Asked>>);

/// Asks: what came at once, or the call that waits for it.
pub(crate) fn begin(py: Python<'_>, ask: impl FnOnce() -> Asked + Send) -> PyResult<Py<PyAny>> {
    let begun = py.detach(|| {
        let mut asked = ask();
        match asked.poll(Waker::noop()) {
            Poll::Ready(came) => Ok(came),
            Poll::Pending => Err(asked),
        }
    });
    match begun {
        Ok(came) => came.or_raise()?.into_object(py),
        Err(asked) => Ok(Py::new(py, Pending(Mutex::new(Some(asked))))?.into_any()),
    }
}

/// As [`begin`], waiting for what comes: natively, or through the hub if this thread has one.
pub(crate) fn wait(py: Python<'_>, ask: impl FnOnce() -> Asked + Send) -> PyResult<Py<PyAny>> {
    let begun = begin(py, ask)?;
    let Ok(pending) = begun.bind(py).cast::<Pending>() else { return Ok(begun) };
    match hub::port(py)? {
        Some(port) => {
            Ok(python_code::call(&port.getattr("waited")?, (pending, LOOK_AGAIN), None)?.unbind())
        }
        None => pending.get().wait_on_thread(py),
    }
}

impl Pending {
    /// Looks whether there is a result, and has the waker called when there is.
    fn poll(&self, waker: &Waker) -> Poll<Result<Came>> {
        let mut this = lock(&self.0);
        let Some(asked) = this.as_mut() else {
            let message = "this call has ended";
            return Poll::Ready(Err(Error::new(ErrorKind::Cancelled, message)));
        };
        let polled = asked.poll(waker);
        if polled.is_ready() {
            *this = None;
        }
        polled
    }

    fn wait_on_thread(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let waker = Waker::from(Arc::new(OfThread(thread::current())));
        let came = interrupt::wait(py, |time| {
            let polled = self.poll(&waker);
            if polled.is_pending() {
                thread::park_timeout(time);
            }
            ready(polled)
        });
        self.close(py);
        came?.or_raise()?.into_object(py)
    }
}

#[pymethods]
impl Pending {
    /// What came, or None while the call goes on: then has the port's loop or hub notified under this number.
    fn _poll(
        &self,
        py: Python<'_>,
        port: &Bound<'_, LoopPort>,
        number: u64,
    ) -> PyResult<Option<Py<PyAny>>> {
        let waker = Waker::from(Arc::new(OfPort(Arc::clone(&port.get().port), number)));
        let came = py.detach(|| ready(self.poll(&waker)));
        came.transpose().or_raise()?.map(|came| came.into_object(py)).transpose()
    }

    /// Ends the wait; the fetch goes on for others.
    fn close(&self, py: Python<'_>) {
        py.detach(|| drop(lock(&self.0).take()));
    }
}
