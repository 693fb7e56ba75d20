//! What callers ask for ICE servers.

use grantmint_core::BeginOptions;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pyclass_init::PyClassInitializer;

use super::credentials::IceCredentials;
use super::factories::IceServices;
use super::parts::IceParts;
use crate::argument::{Argument, given};
use crate::credential::pending::{self, Asked};
use crate::credential::shared::of_call;
use crate::error::OrRaise as _;
use crate::event::{Event, events};
use crate::number::Count;
use crate::stats::Stats;
use crate::text::Text;
use crate::time::Seconds;

/// The native part of grantmint.IceServers.
#[pyclass(frozen, subclass, extends = IceServices, module = "grantmint._native")]
pub(crate) struct IceServers(grantmint_core::IceServers);

#[pymethods]
impl IceServers {
    #[new]
    fn new(parts: Argument<'_, IceParts>) -> PyResult<PyClassInitializer<Self>> {
        let servers = parts.named("parts")?.0.clone();
        Ok(PyClassInitializer::from(IceServices).add_subclass(Self(servers)))
    }

    /// The servers. Makes no request if the cache has a credential; waits for one otherwise.
    ///
    /// Args:
    ///     identity: For whom. Users who are named have credentials of their own, all others share one. For coturn
    ///         it stands in the username.
    ///     min_remaining: How long the credential must still live, in seconds or as a timedelta.
    ///     timeout: How long to wait at most, in seconds or as a timedelta; 5 seconds if None.
    ///
    /// Raises:
    ///     InvalidArgumentError: For the arguments.
    ///     UpstreamError: The fetch failed; all who waited for it get the same error. ThrottledError has a
    ///         retry_after.
    ///     DeadlineError: None came in time.
    ///     GrantmintError: overloaded, closed.
    #[pyo3(signature = (identity=None, *, min_remaining=None, timeout=None))]
    fn get(
        &self,
        py: Python<'_>,
        identity: Option<Text<'_>>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Py<PyAny>> {
        let (identity, options) = (given(identity, "identity")?, of_call(min_remaining, timeout)?);
        pending::wait(py, || self.asked(identity, options))
    }

    /// The servers if there is a credential, else None; never waits. Starts the fetch that is due.
    ///
    /// Args:
    ///     identity: As of get.
    ///     min_remaining: As of get.
    ///
    /// Raises:
    ///     InvalidArgumentError: For the arguments.
    ///     GrantmintError: closed.
    #[pyo3(signature = (identity=None, *, min_remaining=None))]
    fn try_get(
        &self,
        py: Python<'_>,
        identity: Option<Text<'_>>,
        min_remaining: Option<Seconds<'_>>,
    ) -> PyResult<Option<IceCredentials>> {
        let (identity, options) = (given(identity, "identity")?, of_call(min_remaining, None)?);
        let servers = py.detach(|| self.0.try_get(identity, options)).or_raise()?;
        Ok(servers.map(IceCredentials::from))
    }

    /// Keeps the credential fresh although nobody asks for it. Nothing to do for coturn.
    ///
    /// Args:
    ///     seconds: For how long, in seconds or as a timedelta; more than 48 hours counts as 48 hours, 0 ends it.
    ///     identity: As of get.
    ///
    /// Raises:
    ///     GrantmintError: As try_get; that of the last fetch while no request may be sent.
    #[pyo3(signature = (seconds, identity=None))]
    fn keep_warm(
        &self,
        py: Python<'_>,
        seconds: Seconds<'_>,
        identity: Option<Text<'_>>,
    ) -> PyResult<()> {
        let (seconds, identity) = (seconds.named("seconds")?, given(identity, "identity")?);
        py.detach(|| self.0.keep_warm(identity, seconds)).or_raise()
    }

    /// Drops the credential if it still has this generation: of many clients whom a server has refused, the first
    /// has a new one fetched. False for coturn.
    ///
    /// Args:
    ///     generation: That of what was refused.
    ///     identity: As of get.
    ///
    /// Raises:
    ///     GrantmintError: As try_get.
    #[pyo3(signature = (generation, identity=None))]
    fn invalidate_if(
        &self,
        py: Python<'_>,
        generation: Count<'_>,
        identity: Option<Text<'_>>,
    ) -> PyResult<bool> {
        let (generation, identity) =
            (generation.named("generation")?, given(identity, "identity")?);
        py.detach(|| self.0.invalidate_if(identity, generation)).or_raise()
    }

    /// The counters of the cache, for all who share it; None for coturn.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn stats(&self, py: Python<'_>) -> PyResult<Option<Stats>> {
        Ok(py.detach(|| self.0.stats()).or_raise()?.map(Stats))
    }

    /// The cache's events since the last call, oldest first; the last 1,024 at most.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn drain_events(&self, py: Python<'_>) -> PyResult<Vec<Event>> {
        py.detach(|| self.0.drain_events()).or_raise().map(events)
    }

    /// Later calls raise closed, those that wait still get their result. Others who share the cache go on.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.0.close());
    }

    /// The servers if there is nothing to wait for, else the call that waits.
    #[pyo3(signature = (identity, min_remaining, timeout, /))]
    fn _begin(
        &self,
        py: Python<'_>,
        identity: Option<Text<'_>>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Py<PyAny>> {
        let (identity, options) = (given(identity, "identity")?, of_call(min_remaining, timeout)?);
        pending::begin(py, || self.asked(identity, options))
    }

    fn __repr__(&self) -> &'static str {
        "IceServers(...)"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "IceServers hold a secret and are not pickled: make them in each process",
        ))
    }
}

impl IceServers {
    fn asked(&self, identity: Option<&str>, options: BeginOptions) -> Asked {
        Asked::Ice(self.0.get_async(identity, options))
    }
}
