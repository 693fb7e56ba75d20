//! The grant cache by itself, for whoever fetches in their own way.

use std::time::Duration;

use grantmint_core::{BeginOptions, Clock, Key};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::asking::Asking;
use crate::begun::{Begun, Outcome};
use crate::clock::{self, ManualClock};
use crate::error::OrRaise as _;
use crate::event::{Event, events};
use crate::number::Count;
use crate::policy;
use crate::stats::Stats;
use crate::text::Text;
use crate::ticket::Ticket;
use crate::time::Seconds;

/// The life of a key's grants unless the caller says otherwise.
const TTL: Seconds = Seconds(Duration::from_secs(60));

/// A cache on its way from a minter to Python's class.
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
    #[pyo3(signature = (*, policy=None, clock=None, governed=false, _parts=None))]
    fn new(
        policy: Option<Bound<'_, PyAny>>,
        clock: Option<Bound<'_, ManualClock>>,
        governed: bool,
        _parts: Option<Bound<'_, CacheParts>>,
    ) -> PyResult<Self> {
        if let Some(parts) = _parts {
            return Ok(Self { cache: parts.get().0.clone() });
        }
        let mut builder = grantmint_core::GrantCache::builder();
        if let Some(policy) = policy {
            builder = builder.policy(policy::of(&policy)?);
        }
        builder = builder.clock(clock::of(clock.as_ref()).unwrap_or_else(Clock::system));
        if governed {
            builder = builder.governed();
        }
        Ok(Self { cache: builder.build() })
    }

    /// Asks for a grant; never waits.
    ///
    /// Args:
    ///     key: 1 to 512 bytes.
    ///     ttl: The life that the key's grants are asked for with, in seconds or as a timedelta.
    ///     min_remaining: The least remaining life, in seconds or as a timedelta.
    ///     timeout: How long the caller waits, in seconds or as a timedelta; 5 if None.
    ///
    /// Returns:
    ///     A grant, a Ticket (the duty to fetch), a Waiter, or two of them.
    ///
    /// Raises:
    ///     GrantmintError: The stored error while upstream is left alone, with retry_after.
    #[pyo3(signature = (key, *, ttl=TTL, min_remaining=None, timeout=None))]
    fn begin(
        &self,
        py: Python<'_>,
        key: Text<'_>,
        ttl: Seconds,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<Begun> {
        let key = named_key(key, ttl)?;
        let options = options(min_remaining, timeout);
        let begun = py.detach(|| self.cache.begin(&key, options).map(Outcome::from)).or_raise()?;
        Begun::new(py, begun)
    }

    /// One caller's way to a grant; the arguments are those of begin.
    #[pyo3(signature = (key, *, ttl, min_remaining, timeout))]
    fn _ask(
        &self,
        key: Text<'_>,
        ttl: Seconds,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<Asking> {
        let key = named_key(key, ttl)?;
        Ok(Asking(self.cache.ask(&key, options(min_remaining, timeout))))
    }

    /// The ticket to fetch a key's grant before anybody asks for it; None if that is not due.
    ///
    /// Raises:
    ///     GrantmintError: As begin, for a new key.
    #[pyo3(signature = (key, *, ttl=TTL))]
    fn prefetch(&self, py: Python<'_>, key: Text<'_>, ttl: Seconds) -> PyResult<Option<Ticket>> {
        let key = named_key(key, ttl)?;
        let ticket = py.detach(|| self.cache.prefetch(&key)).or_raise()?;
        Ok(ticket.map(Ticket::new))
    }

    /// Has a key refreshed without being read, by tickets that poll returns.
    ///
    /// Args:
    ///     key: The key.
    ///     seconds: For how long, at most 24 hours, in seconds or as a timedelta; 0 ends it.
    ///     ttl: As of begin.
    ///
    /// Raises:
    ///     GrantmintError: As begin, for a new key.
    #[pyo3(signature = (key, seconds, *, ttl=TTL))]
    fn keep_warm(
        &self,
        py: Python<'_>,
        key: Text<'_>,
        seconds: Seconds,
        ttl: Seconds,
    ) -> PyResult<()> {
        let key = named_key(key, ttl)?;
        py.detach(|| self.cache.keep_warm(&key, seconds.0)).or_raise()
    }

    /// Ends the fetches that are past their time; returns the tickets of keys kept warm that are due.
    fn poll(&self, py: Python<'_>) -> Vec<Ticket> {
        py.detach(|| self.cache.poll()).into_iter().map(Ticket::new).collect()
    }

    /// After how many seconds poll has something to do; None if nothing is to come.
    fn next_wakeup(&self, py: Python<'_>) -> Option<f64> {
        py.detach(|| self.cache.next_wakeup()).map(|time| time.as_secs_f64())
    }

    /// Empties one entry; whether there was one.
    #[pyo3(signature = (key, *, ttl=TTL))]
    fn invalidate(&self, py: Python<'_>, key: Text<'_>, ttl: Seconds) -> PyResult<bool> {
        let key = named_key(key, ttl)?;
        Ok(py.detach(|| self.cache.invalidate(&key)))
    }

    /// Empties one entry if it holds the grant of this generation; whether it did.
    #[pyo3(signature = (key, generation, *, ttl=TTL))]
    fn invalidate_if(
        &self,
        py: Python<'_>,
        key: Text<'_>,
        generation: Count,
        ttl: Seconds,
    ) -> PyResult<bool> {
        let key = named_key(key, ttl)?;
        Ok(py.detach(|| self.cache.invalidate_if(&key, generation.0)))
    }

    /// Empties the cache for all who share it.
    fn purge(&self, py: Python<'_>) {
        py.detach(|| self.cache.purge());
    }

    /// Starts anew with other credentials: grants stay, stored errors go.
    fn rotate(&self, py: Python<'_>) {
        py.detach(|| self.cache.rotate());
    }

    /// What the cache has done.
    fn stats(&self, py: Python<'_>) -> Stats {
        Stats(py.detach(|| self.cache.stats()))
    }

    /// The last 1,024 events since the last call, oldest first.
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
        Err(PyTypeError::new_err("a GrantCache belongs to one process and is not pickled"))
    }
}

/// The key of a `key` argument.
fn named_key(key: Text<'_>, ttl: Seconds) -> PyResult<Key> {
    Key::new(key.named("key")?, ttl.0).or_raise()
}

/// What one call asks for.
fn options(min_remaining: Option<Seconds>, timeout: Option<Seconds>) -> BeginOptions {
    BeginOptions {
        min_remaining: min_remaining.map(|time| time.0),
        timeout: timeout.map(|time| time.0),
    }
}

/// Makes a cache behave from now on as in a forked child; for tests.
#[pyfunction]
pub(crate) fn _simulate_fork(py: Python<'_>, cache: &Bound<'_, GrantCache>) {
    let cache = &cache.get().cache;
    py.detach(|| cache.simulate_fork());
}
