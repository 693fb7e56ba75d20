//! The duty to run a source that Python wrote.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use grantmint_core::{Error, ErrorKind, Fetched, GrantRequest, SourceTicket};
use pyo3::prelude::*;

use crate::error::raise;
use crate::json::to_text;
use crate::lock::lock;
use crate::source::Source;
use crate::time::Seconds;

/// A fetch that waits for somebody to run the source.
pub(crate) struct Held {
    pub(crate) request: GrantRequest,
    pub(crate) ticket: SourceTicket,
}

/// A fetch as Python runs it. One that is dropped ends without an outcome, and others begin again.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct Job {
    request: GrantRequest,
    timeout: Duration,
    ticket: Mutex<Option<SourceTicket>>,
    source: Arc<Source>,
}

impl Job {
    pub(crate) fn new(held: Held, source: Arc<Source>) -> Self {
        let Held { request, ticket } = held;
        let timeout = ticket.timeout();
        Self { request, timeout, ticket: Mutex::new(Some(ticket)), source }
    }

    fn end(&self, py: Python<'_>, end: impl FnOnce(SourceTicket) + Send) {
        py.detach(|| {
            let ticket = lock(&self.ticket).take();
            if let Some(ticket) = ticket {
                end(ticket);
            }
        });
    }
}

#[pymethods]
impl Job {
    #[getter]
    fn streamer(&self) -> &str {
        self.request.streamer().as_str()
    }

    /// The life to ask for, in seconds.
    #[getter]
    fn ttl(&self) -> u32 {
        self.request.ttl()
    }

    /// The origin to allow; any if None.
    #[getter]
    fn origin(&self) -> Option<&str> {
        self.request.origin().map(grantmint_core::Origin::as_str)
    }

    /// How long the fetch has, in seconds.
    #[getter]
    fn timeout(&self) -> f64 {
        self.timeout.as_secs_f64()
    }

    /// The function to run; None once the minter and its streams are gone.
    #[getter]
    fn fetch<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.source.fetch(py)
    }

    /// Whether that is a coroutine function.
    #[getter]
    fn is_coroutine(&self) -> bool {
        self.source.is_coroutine
    }

    /// Ends the fetch with what the source returned; raises if that is no answer.
    fn complete(&self, py: Python<'_>, answer: &Bound<'_, PyAny>) -> PyResult<()> {
        let grant = to_text(&answer.get_item("grant")?, "grant")?;
        let ttl: Option<Seconds> = answer.call_method1("get", ("ttl",))?.extract()?;
        self.end(py, |ticket| match Fetched::new(grant) {
            Ok(fetched) => ticket.complete(match ttl {
                Some(Seconds(ttl)) => fetched.with_ttl(ttl),
                None => fetched,
            }),
            Err(error) => ticket.fail(error),
        });
        Ok(())
    }

    /// Ends the fetch with an exception of the source, of which others learn the class.
    fn fail(&self, py: Python<'_>, raised: &str) {
        let message = format!("the source of grants raised {raised}");
        self.end(py, |ticket| ticket.fail(Error::new(ErrorKind::SourceFailed, message)));
    }

    /// Ends the fetch because the service behind the source limits requests.
    fn throttle(&self, py: Python<'_>, retry_after: Option<Seconds>) {
        let error = Error::new(ErrorKind::Throttled, "the source of grants is throttled");
        let error = match retry_after {
            Some(Seconds(time)) => error.with_retry_after(time),
            None => error,
        };
        self.end(py, |ticket| ticket.fail(error));
    }

    /// Ends the fetch without an outcome: whoever waits begins again.
    fn abandon(&self, py: Python<'_>) {
        self.end(py, drop);
    }
}

/// A loop is needed and there is none.
pub(crate) fn no_loop() -> PyErr {
    raise(&Error::new(
        ErrorKind::InvalidArgument,
        "this minter's source is a coroutine function: use token_async() in a running event loop",
    ))
}
