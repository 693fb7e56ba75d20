//! The grant cache without a minter, for hosts that fetch in their own way.

use std::cell::Cell;
use std::time::Duration;

use grantmint_core::{BeginOptions, Clock, Key};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::account;
use crate::argument::{Argument, Kind, given};
use crate::asking::Asking;
use crate::begun::{Begun, Outcome};
use crate::clock::ManualClock;
use crate::error::OrRaise as _;
use crate::event::{Event, events};
use crate::flag::Flag;
use crate::fleet::OfFleet;
use crate::hit::{Hit, Parts};
use crate::number::{Count, Number};
use crate::policy;
use crate::stats::Stats;
use crate::text::Text;
use crate::ticket::Ticket;
use crate::time::Seconds;
use crate::unknown;

/// The default of `ttl=`.
const TTL: Duration = Duration::from_secs(60);

/// A minter's cache, which Python's class is made from.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct CacheParts(pub(crate) grantmint_core::GrantCache);

/// The native part of grantmint.GrantCache.
#[pyclass(frozen, subclass, module = "grantmint._native")]
pub(crate) struct GrantCache {
    pub(crate) cache: grantmint_core::GrantCache,
}

#[pymethods]
impl GrantCache {
    #[new]
    #[pyo3(
        signature = (
            *more,
            policy=None,
            clock=None,
            rate_limited=None,
            calls_per_second=None,
            burst=None,
            max_fetches=None,
            fleet=None,
            namespace=None,
            _parts=None,
            **unknown
        ),
        text_signature = "(*, policy=None, clock=None, rate_limited=None, calls_per_second=None, \
                          burst=None, max_fetches=None, fleet=None, namespace=None, _parts=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        more: &Bound<'_, PyTuple>,
        policy: Option<Bound<'_, PyAny>>,
        clock: Option<Argument<'_, ManualClock>>,
        rate_limited: Option<Flag<'_>>,
        calls_per_second: Option<Number<'_>>,
        burst: Option<Count<'_>>,
        max_fetches: Option<Count<'_>>,
        fleet: Option<Argument<'_, OfFleet>>,
        namespace: Option<Text<'_>>,
        _parts: Option<Bound<'_, CacheParts>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        if let Some(parts) = _parts {
            return Ok(Self { cache: parts.get().0.clone() });
        }
        let mut builder = grantmint_core::GrantCache::builder();
        if let Some(policy) = policy {
            builder = builder.policy(policy::of(&policy)?);
        }
        builder = builder.clock(given(clock, "clock")?.unwrap_or_else(Clock::system));
        let rate_limited = given(rate_limited, "rate_limited")?;
        let account = account::options(calls_per_second, burst, max_fetches)?;
        builder = builder.limits(rate_limited, &account).or_raise()?;
        let (fleet, namespace) = (given(fleet, "fleet")?, given(namespace, "namespace")?);
        Ok(Self { cache: builder.fleet_if(fleet.as_ref(), namespace).or_raise()?.build() })
    }

    /// Asks for a grant; never waits.
    ///
    /// Args:
    ///     key: 1 to 512 bytes.
    ///     ttl: The lifetime to request for the key's grants, 1 ms to 48 hours, in seconds or as a
    ///         timedelta.
    ///     min_remaining: How long the grant must still live, in seconds or as a timedelta.
    ///     timeout: How long the caller may wait, in seconds or as a timedelta; 5 seconds if None.
    ///
    /// Returns:
    ///     A grant, a Ticket (of the fetch to run), a Waiter, or two of these.
    ///
    /// Raises:
    ///     GrantmintError: The error of the last fetch, with retry_after, while no new one may be
    ///         sent.
    #[pyo3(
        signature = (key, *, ttl=Seconds::Default(TTL), min_remaining=None, timeout=None),
        text_signature = "($self, key, *, ttl=60.0, min_remaining=None, timeout=None)"
    )]
    fn begin(
        &self,
        py: Python<'_>,
        key: Text<'_>,
        ttl: Seconds<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Begun> {
        let key = named_key(key, ttl)?;
        let options = options(min_remaining, timeout)?;
        let begun = py.detach(|| self.cache.begin(&key, options).map(Outcome::from)).or_raise()?;
        Begun::new(py, begun)
    }

    /// One caller's tries to get a grant. The arguments are those of begin.
    #[pyo3(signature = (key, *, ttl, min_remaining, timeout))]
    fn _ask(
        &self,
        key: Text<'_>,
        ttl: Seconds<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Asking> {
        let key = named_key(key, ttl)?;
        Ok(Asking(self.cache.ask(&key, options(min_remaining, timeout)?)))
    }

    /// A grant that is there now, and the ticket of the fetch that is due. The arguments are those of
    /// begin.
    #[pyo3(signature = (key, *, ttl, min_remaining))]
    fn _try_get(
        &self,
        py: Python<'_>,
        key: Text<'_>,
        ttl: Seconds<'_>,
        min_remaining: Option<Seconds<'_>>,
    ) -> PyResult<(Option<Hit>, Option<Ticket>)> {
        let (key, options) = (named_key(key, ttl)?, options(min_remaining, None)?);
        let (hit, ticket) = py
            .detach(|| {
                let due = Cell::new(None);
                let hit = self.cache.try_get(&key, options, |ticket| due.set(Some(ticket)))?;
                Ok((hit.map(Parts::from), due.into_inner()))
            })
            .or_raise()?;
        Ok((hit.map(Hit::new), ticket.map(Ticket::new)))
    }

    /// The ticket to fetch a key's grant before anybody asks for it; None if no fetch is due.
    ///
    /// Raises:
    ///     GrantmintError: As begin, for a new key.
    #[pyo3(
        signature = (key, *, ttl=Seconds::Default(TTL)),
        text_signature = "($self, key, *, ttl=60.0)"
    )]
    fn prefetch(
        &self,
        py: Python<'_>,
        key: Text<'_>,
        ttl: Seconds<'_>,
    ) -> PyResult<Option<Ticket>> {
        let key = named_key(key, ttl)?;
        let ticket = py.detach(|| self.cache.prefetch(&key)).or_raise()?;
        Ok(ticket.map(Ticket::new))
    }

    /// Keeps a key's grant fresh although nobody asks for it: poll returns the tickets to fetch it.
    ///
    /// Args:
    ///     key: The key.
    ///     seconds: For how long, in seconds or as a timedelta; more than 48 hours counts as 48 hours,
    ///         0 ends it.
    ///     ttl: As of begin.
    ///
    /// Raises:
    ///     GrantmintError: As begin, for a new key.
    #[pyo3(
        signature = (key, seconds, *, ttl=Seconds::Default(TTL)),
        text_signature = "($self, key, seconds, *, ttl=60.0)"
    )]
    fn keep_warm(
        &self,
        py: Python<'_>,
        key: Text<'_>,
        seconds: Seconds<'_>,
        ttl: Seconds<'_>,
    ) -> PyResult<()> {
        let (key, seconds) = (named_key(key, ttl)?, seconds.named("seconds")?);
        py.detach(|| self.cache.keep_warm(&key, seconds)).or_raise()
    }

    /// Ends the fetches that took too long. Returns tickets for the keys kept warm whose fetch is
    /// due.
    fn poll(&self, py: Python<'_>) -> Vec<Ticket> {
        py.detach(|| self.cache.poll()).into_iter().map(Ticket::new).collect()
    }

    /// After how many seconds to call poll again; None if it has nothing to do.
    fn next_wakeup(&self, py: Python<'_>) -> Option<f64> {
        py.detach(|| self.cache.next_wakeup()).map(|time| time.as_secs_f64())
    }

    /// Drops the grant and the error of a key; returns whether the cache knew the key.
    #[pyo3(
        signature = (key, *, ttl=Seconds::Default(TTL)),
        text_signature = "($self, key, *, ttl=60.0)"
    )]
    fn invalidate(&self, py: Python<'_>, key: Text<'_>, ttl: Seconds<'_>) -> PyResult<bool> {
        let key = named_key(key, ttl)?;
        Ok(py.detach(|| self.cache.invalidate(&key)))
    }

    /// Drops the grant of a key if it has this generation; returns whether it had.
    #[pyo3(
        signature = (key, generation, *, ttl=Seconds::Default(TTL)),
        text_signature = "($self, key, generation, *, ttl=60.0)"
    )]
    fn invalidate_if(
        &self,
        py: Python<'_>,
        key: Text<'_>,
        generation: Count<'_>,
        ttl: Seconds<'_>,
    ) -> PyResult<bool> {
        let (key, generation) = (named_key(key, ttl)?, generation.named("generation")?);
        Ok(py.detach(|| self.cache.invalidate_if(&key, generation)))
    }

    /// Empties the cache for all minters that share it.
    fn purge(&self, py: Python<'_>) {
        py.detach(|| self.cache.purge());
    }

    /// Drops cached errors, for new credentials; grants stay.
    fn rotate(&self, py: Python<'_>) {
        py.detach(|| self.cache.rotate());
    }

    /// The counters of the cache.
    fn stats(&self, py: Python<'_>) -> Stats {
        Stats(py.detach(|| self.cache.stats()))
    }

    /// The events since the last call, oldest first; the last 1,024 at most.
    fn drain_events(&self, py: Python<'_>) -> Vec<Event> {
        events(py.detach(|| self.cache.drain_events()))
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        py.detach(|| self.cache.stats()).keys
    }

    fn __bool__(&self) -> bool {
        true
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!("GrantCache(keys={})", self.__len__(py))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a GrantCache belongs to one process and is not pickled: make it in each process",
        ))
    }
}

impl Kind for GrantCache {
    type Value<'a> = &'a Self;

    const NEEDED: &'static str = "a GrantCache";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, _: &str) -> PyResult<&'a Self> {
        Ok(value.cast::<Self>()?.get())
    }
}

/// The key of a `key` argument.
fn named_key(key: Text<'_>, ttl: Seconds<'_>) -> PyResult<Key> {
    Key::new(key.named("key")?, ttl.named("ttl")?).or_raise()
}

/// What one call asks for.
fn options(
    min_remaining: Option<Seconds<'_>>,
    timeout: Option<Seconds<'_>>,
) -> PyResult<BeginOptions> {
    Ok(BeginOptions::new()
        .min_remaining(given(min_remaining, "min_remaining")?)
        .timeout(given(timeout, "timeout")?))
}

/// Makes a cache behave as in a forked child from now on, for tests.
#[pyfunction]
pub(crate) fn _simulate_fork(py: Python<'_>, cache: Argument<'_, GrantCache>) -> PyResult<()> {
    let cache = &cache.named("cache")?.cache;
    py.detach(|| cache.simulate_fork());
    Ok(())
}
