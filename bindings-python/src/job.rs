//! A fetch that waits for somebody to run the host's function.

use std::sync::Arc;
use std::time::Duration;

use grantmint_core::{Error, ErrorKind, Fetched, GrantRequest, SourceTicket};
use pyo3::prelude::*;

use crate::answer::{grant_text, lifetime};
use crate::argument::given;
use crate::error::no_thread;
use crate::fetch_function::FetchFunction;
use crate::one_use::OneUse;
use crate::time::{AnswerTtl, Seconds};

/// The fetch before Python has it. Threads without an interpreter pass it on.
pub(crate) struct PendingFetch {
    pub(crate) request: GrantRequest,
    pub(crate) ticket: SourceTicket,
    pub(crate) function: Arc<FetchFunction>,
}

/// The fetch as Python runs it. If it is dropped, the fetch ends without an outcome, and callers
/// that wait begin again.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct Job {
    request: GrantRequest,
    ticket: OneUse<SourceTicket>,
    function: Arc<FetchFunction>,
}

impl Job {
    pub(crate) fn new(fetch: PendingFetch) -> Self {
        let PendingFetch { request, ticket, function } = fetch;
        Self { request, ticket: OneUse::new(ticket), function }
    }
}

#[pymethods]
impl Job {
    /// The stream whose grant is wanted.
    #[getter]
    fn streamer(&self) -> &str {
        self.request.streamer().as_str()
    }

    /// The lifetime to ask for, in seconds.
    #[getter]
    fn ttl(&self) -> u32 {
        self.request.ttl()
    }

    /// The origin to allow; any if None.
    #[getter]
    fn origin(&self) -> Option<&str> {
        self.request.origin().map(grantmint_core::Origin::as_str)
    }

    /// The function to run; None once the minter and its streams are gone.
    #[getter]
    fn fetch<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.function.get(py)
    }

    /// The context that the minter was made in; None once the minter and its streams are gone.
    #[getter]
    fn context<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.function.context(py)
    }

    /// Whether that is a coroutine function.
    #[getter]
    fn is_coroutine(&self) -> bool {
        self.function.is_coroutine()
    }

    /// Has the request count as sent, right before the function is called: how long it may
    /// take, in seconds. None if it may not be sent: the fetch is over.
    fn start(&self, py: Python<'_>) -> Option<f64> {
        let timeout = self.ticket.with(py, SourceTicket::start).flatten();
        timeout.map(|timeout| timeout.as_secs_f64())
    }

    /// Ends the fetch with what the function returned; raises if that is no grant.
    #[pyo3(signature = (grant, ttl=None))]
    fn complete(
        &self,
        py: Python<'_>,
        grant: &Bound<'_, PyAny>,
        ttl: Option<AnswerTtl<'_>>,
    ) -> PyResult<()> {
        let grant = grant_text(grant)?;
        let ttl = lifetime(ttl, Duration::from_secs(self.request.ttl().into()))?;
        self.ticket.use_up(py, |ticket| match Fetched::new(grant.into_string()) {
            Ok(fetched) => ticket.complete(match ttl {
                Some(ttl) => fetched.with_ttl(ttl),
                None => fetched,
            }),
            Err(error) => ticket.fail(error),
        });
        Ok(())
    }

    /// Ends the fetch because the function failed; the message is for all callers that wait.
    fn fail(&self, py: Python<'_>, message: String) {
        self.ticket.use_up(py, |ticket| ticket.fail(Error::new(ErrorKind::SourceFailed, message)));
    }

    /// Ends the fetch because the service behind the function limits requests.
    fn throttle(&self, py: Python<'_>, retry_after: Option<Seconds<'_>>) -> PyResult<()> {
        let error = Error::new(ErrorKind::Throttled, "the source of grants is throttled");
        let error = match given(retry_after, "retry_after")? {
            Some(time) => error.with_retry_after(time),
            None => error,
        };
        self.ticket.use_up(py, |ticket| ticket.fail(error));
        Ok(())
    }

    /// Ends the fetch because there is no thread to run the function.
    fn refuse(&self, py: Python<'_>) {
        self.ticket.use_up(py, |ticket| ticket.fail(no_thread()));
    }

    /// Ends the fetch without an outcome; callers that wait begin again.
    fn abandon(&self, py: Python<'_>) {
        self.ticket.use_up(py, drop);
    }
}
