//! What callers ask for a credential.

use grantmint_core::BeginOptions;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::issued::Issued;
use super::pending::{self, Asked};
use super::rest_source::RestSource;
use super::shared::{of_call, set_shared};
use crate::argument::{Argument, given};
use crate::builder::set_given;
use crate::clock::ManualClock;
use crate::error::{OrRaise as _, invalid};
use crate::event::{Event, events};
use crate::flag;
use crate::fleet::OfFleet;
use crate::grant_cache::{CacheParts, GrantCache};
use crate::kept;
use crate::number::{Count, Number};
use crate::stats::Stats;
use crate::text::Text;
use crate::time::Seconds;
use crate::unknown;

/// The native part of grantmint.Credential.
#[pyclass(frozen, subclass, module = "grantmint._native")]
pub(crate) struct Credential(grantmint_core::Credential);

#[pymethods]
impl Credential {
    #[new]
    #[pyo3(
        signature = (
            source,
            *more,
            r#use=Text::Default("request"),
            session=None,
            min_remaining=None,
            timeout=None,
            cache=None,
            share=None,
            isolated=false,
            policy=None,
            fleet=None,
            calls_per_second=None,
            burst=None,
            max_fetches=None,
            clock=None,
            **unknown
        ),
        text_signature = "(source, *, use='request', session=None, min_remaining=None, timeout=None, cache=None, \
                          share=None, isolated=False, policy=None, fleet=None, calls_per_second=None, burst=None, \
                          max_fetches=None, clock=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        source: Argument<'_, RestSource>,
        more: &Bound<'_, PyTuple>,
        r#use: Text<'_>,
        session: Option<Seconds<'_>>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
        cache: Option<Argument<'_, GrantCache>>,
        share: Option<Text<'_>>,
        #[pyo3(from_py_with = flag::isolated)] isolated: bool,
        policy: Option<Bound<'_, PyAny>>,
        fleet: Option<Argument<'_, OfFleet>>,
        calls_per_second: Option<Number<'_>>,
        burst: Option<Count<'_>>,
        max_fetches: Option<Count<'_>>,
        clock: Option<Argument<'_, ManualClock>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let source = source.named("source")?.source.clone();
        let is_of_session = is_of_session(r#use.named("use")?)?;
        let session = given(session, "session")?;
        let mut builder = grantmint_core::Credential::builder(source);
        if is_of_session || session.is_some() {
            builder = builder.session(session);
        }
        set_shared!(
            builder,
            min_remaining,
            timeout,
            cache,
            share,
            isolated,
            policy,
            fleet,
            calls_per_second,
            burst,
            max_fetches,
            clock,
        );
        let credential = py.detach(|| builder.build()).or_raise()?;
        kept::warn(py)?;
        Ok(Self(credential))
    }

    /// The credential. Makes no request if the cache has one; waits for one otherwise.
    ///
    /// Args:
    ///     key: Whose credential, for a source with per="key" or with the slot {key}; 1 to 256 bytes.
    ///     min_remaining: How long it must still live, in seconds or as a timedelta.
    ///     timeout: How long to wait at most, in seconds or as a timedelta; 5 seconds if None.
    ///
    /// Raises:
    ///     InvalidArgumentError: For the arguments.
    ///     UpstreamError: The fetch failed; all who waited for it get the same error. ThrottledError has a
    ///         retry_after.
    ///     DeadlineError: None came in time.
    ///     GrantmintError: overloaded, closed.
    #[pyo3(signature = (key=None, *, min_remaining=None, timeout=None))]
    fn get(
        &self,
        py: Python<'_>,
        key: Option<Text<'_>>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Py<PyAny>> {
        let (key, options) = (given(key, "key")?, of_call(min_remaining, timeout)?);
        pending::wait(py, || self.asked(key, options))
    }

    /// The credential if the cache has one, else None; never waits. Starts the fetch that is due.
    ///
    /// Args:
    ///     key: As of get.
    ///     min_remaining: As of get.
    ///
    /// Raises:
    ///     InvalidArgumentError: For the arguments.
    ///     GrantmintError: closed; unsupported for a source with per="call", of which there is never one.
    #[pyo3(signature = (key=None, *, min_remaining=None))]
    fn try_get(
        &self,
        py: Python<'_>,
        key: Option<Text<'_>>,
        min_remaining: Option<Seconds<'_>>,
    ) -> PyResult<Option<Issued>> {
        let (key, options) = (given(key, "key")?, of_call(min_remaining, None)?);
        let issued = py.detach(|| self.0.try_get(key, options)).or_raise()?;
        Ok(issued.map(Issued::from))
    }

    /// Fetches the credential before anybody asks for it; does not wait. A fetch that fails is seen in the events
    /// alone.
    ///
    /// Raises:
    ///     GrantmintError: As try_get; that of the last fetch while no request may be sent.
    #[pyo3(signature = (key=None))]
    fn prefetch(&self, py: Python<'_>, key: Option<Text<'_>>) -> PyResult<()> {
        let key = given(key, "key")?;
        py.detach(|| self.0.prefetch(key)).or_raise()
    }

    /// Keeps the credential fresh although nobody asks for it. A refresh that fails is seen in the events alone.
    ///
    /// Args:
    ///     seconds: For how long, in seconds or as a timedelta; more than 48 hours counts as 48 hours, 0 ends it.
    ///     key: As of get.
    ///
    /// Raises:
    ///     GrantmintError: As prefetch.
    #[pyo3(signature = (seconds, key=None))]
    fn keep_warm(
        &self,
        py: Python<'_>,
        seconds: Seconds<'_>,
        key: Option<Text<'_>>,
    ) -> PyResult<()> {
        let (seconds, key) = (seconds.named("seconds")?, given(key, "key")?);
        py.detach(|| self.0.keep_warm(key, seconds)).or_raise()
    }

    /// Drops the credential. A fetch that is under way answers the waiters for it; what it brings is not stored.
    ///
    /// Returns:
    ///     Whether the cache knew the key, with a credential or without one.
    ///
    /// Raises:
    ///     GrantmintError: As try_get.
    #[pyo3(signature = (key=None))]
    fn invalidate(&self, py: Python<'_>, key: Option<Text<'_>>) -> PyResult<bool> {
        let key = given(key, "key")?;
        py.detach(|| self.0.invalidate(key)).or_raise()
    }

    /// Drops the credential if it still has this generation: of many callers whom a service has answered 401, the
    /// first has a new one fetched.
    ///
    /// Args:
    ///     generation: That of what was refused.
    ///     key: As of get.
    ///
    /// Raises:
    ///     GrantmintError: As try_get.
    #[pyo3(signature = (generation, key=None))]
    fn invalidate_if(
        &self,
        py: Python<'_>,
        generation: Count<'_>,
        key: Option<Text<'_>>,
    ) -> PyResult<bool> {
        let (generation, key) = (generation.named("generation")?, given(key, "key")?);
        py.detach(|| self.0.invalidate_if(key, generation)).or_raise()
    }

    /// Drops all credentials and cached errors of this source, for all who share its cache.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn purge(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.0.purge()).or_raise()
    }

    /// The counters of the cache, for all who share it.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn stats(&self, py: Python<'_>) -> PyResult<Stats> {
        py.detach(|| self.0.stats()).or_raise().map(Stats)
    }

    /// The cache's events since the last call, oldest first; the last 1,024 at most.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn drain_events(&self, py: Python<'_>) -> PyResult<Vec<Event>> {
        py.detach(|| self.0.drain_events()).or_raise().map(events)
    }

    /// What Python's GrantCache of this credential is made from.
    fn _cache(&self) -> PyResult<CacheParts> {
        self.0.cache().or_raise().map(CacheParts)
    }

    /// Later calls raise closed, those that wait still get their result, and it is kept warm no more. Others who share
    /// the cache go on.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.0.close());
    }

    /// The credential if there is nothing to wait for, else the call that waits.
    #[pyo3(signature = (key, min_remaining, timeout, /))]
    fn _begin(
        &self,
        py: Python<'_>,
        key: Option<Text<'_>>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Py<PyAny>> {
        let (key, options) = (given(key, "key")?, of_call(min_remaining, timeout)?);
        pending::begin(py, || self.asked(key, options))
    }

    fn __repr__(&self) -> &'static str {
        "Credential(...)"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Credential holds a secret and is not pickled: make it in each process",
        ))
    }
}

impl Credential {
    fn asked(&self, key: Option<&str>, options: BeginOptions) -> Asked {
        Asked::Issued(self.0.get_async(key, options))
    }
}

/// What credentials are used for.
fn is_of_session(of: &str) -> PyResult<bool> {
    match of {
        "request" => Ok(false),
        "session" => Ok(true),
        _ => {
            let kind = grantmint_core::ErrorKind::InvalidArgument;
            Err(invalid(kind, "use", "must be 'request' or 'session'"))
        }
    }
}
