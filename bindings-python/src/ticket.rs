//! The right and the task to fetch one grant of a cache, for hosts that fetch in their own way.

use std::time::Duration;

use grantmint_core::{Error, ErrorKind, Grant, Start};
use pyo3::prelude::*;

use crate::answer::{grant_text, lifetime};
use crate::core_error::from_exception;
use crate::error::{no_thread, raise};
use crate::one_use::OneUse;
use crate::time::AnswerTtl;

/// The right and the task to fetch one grant for all its waiters. If the ticket is dropped, the fetch
/// ends as abandoned.
///
/// Example:
///     >>> begun = GrantCache().begin("key")
///     >>> begun.ticket.start()[0]
///     'go'
///     >>> begun.ticket.complete("a grant")
///     >>> begun.waiter.wait().grant
///     'a grant'
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct Ticket {
    key: String,
    ttl: Duration,
    is_refresh: bool,
    ticket: OneUse<grantmint_core::Ticket>,
}

impl Ticket {
    pub(crate) fn new(ticket: grantmint_core::Ticket) -> Self {
        Self {
            key: ticket.key().text().to_owned(),
            ttl: ticket.key().ttl(),
            is_refresh: ticket.is_refresh(),
            ticket: OneUse::new(ticket),
        }
    }
}

#[pymethods]
impl Ticket {
    /// The key whose grant is wanted.
    #[getter]
    fn key(&self) -> &str {
        &self.key
    }

    /// The lifetime to ask for, in seconds.
    #[getter]
    fn ttl(&self) -> f64 {
        self.ttl.as_secs_f64()
    }

    /// Whether the fetch refreshes a grant that is still good.
    #[getter]
    fn is_refresh(&self) -> bool {
        self.is_refresh
    }

    /// Asks whether the request may be sent now. Call it right before sending: the grant's lifetime
    /// counts from here.
    ///
    /// Returns:
    ///     ("go", the seconds that the request may take), ("later", the seconds after which to ask
    ///     again), or ("served", 0.0): the fetch has ended with a grant that another process of the
    ///     fleet had fetched, and no request is to be sent.
    ///
    /// Raises:
    ///     GrantmintError: The request may not be sent; the fetch has ended with this error.
    fn start(&self, py: Python<'_>) -> PyResult<(&'static str, f64)> {
        match self.ticket.with(py, grantmint_core::Ticket::start) {
            Some(Start::Go(time)) => Ok(("go", time.as_secs_f64())),
            Some(Start::Later(time)) => Ok(("later", time.as_secs_f64())),
            Some(Start::Served) => Ok(("served", 0.0)),
            Some(Start::Refused(error)) => Err(raise(&error)),
            None => Err(ended()),
        }
    }

    /// Ends the fetch with a grant; does nothing if it has ended.
    ///
    /// Args:
    ///     grant: The grant: text or bytes, kept as they are, or an object to write as JSON.
    ///     ttl: How long the grant lives, counted from the last start, in seconds or as a
    ///         timedelta, and no longer than was asked for; as long as that if None.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_ttl for a ttl that is longer than was asked for,
    ///         invalid_grant for what cannot be written as JSON. The fetch goes on.
    #[pyo3(signature = (grant, ttl=None))]
    fn complete(
        &self,
        py: Python<'_>,
        grant: &Bound<'_, PyAny>,
        ttl: Option<AnswerTtl<'_>>,
    ) -> PyResult<()> {
        let grant = Grant::new(grant_text(grant)?.into_string());
        let lifetime = lifetime(ttl, self.ttl)?.unwrap_or(self.ttl);
        self.ticket.use_up(py, |ticket| ticket.complete(grant, lifetime));
        Ok(())
    }

    /// Ends the fetch with an error for all who wait; does nothing if it has ended.
    fn fail(&self, py: Python<'_>, error: &Bound<'_, PyAny>) -> PyResult<()> {
        let error = from_exception(error)?;
        self.ticket.use_up(py, |ticket| ticket.fail(error));
        Ok(())
    }

    /// Ends the fetch because there is no thread to run it.
    fn _refuse(&self, py: Python<'_>) {
        self.ticket.use_up(py, |ticket| ticket.fail(no_thread()));
    }

    /// Ends the fetch without an outcome; callers that wait begin again.
    fn abandon(&self, py: Python<'_>) {
        self.ticket.use_up(py, drop);
    }

    fn __repr__(&self) -> String {
        format!("Ticket(is_refresh={})", if self.is_refresh { "True" } else { "False" })
    }
}

fn ended() -> PyErr {
    raise(&Error::new(ErrorKind::Abandoned, "this fetch has ended"))
}
