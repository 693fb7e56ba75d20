//! The grant cache by itself, for whoever fetches in their own way.

use std::time::Duration;

use grantmint_core::{Begin, BeginOptions, Clock, ErrorKind, Key};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::clock::{self, ManualClock};
use crate::error::OrRaise as _;
use crate::hit::{self, Hit};
use crate::number::Count;
use crate::policy;
use crate::stats::{Event, Stats, events};
use crate::text::Text;
use crate::ticket::Ticket;
use crate::time::Seconds;
use crate::waiter::Waiter;

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
        let options = wish(min_remaining, timeout);
        let begun = py.detach(|| self.cache.begin(&key, options).map(Flown::from)).or_raise()?;
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
        Ok(Asking(self.cache.ask(&key, wish(min_remaining, timeout))))
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

fn wish(min_remaining: Option<Seconds>, timeout: Option<Seconds>) -> BeginOptions {
    BeginOptions {
        min_remaining: min_remaining.map(|time| time.0),
        timeout: timeout.map(|time| time.0),
    }
}

/// One caller's way to one grant.
#[pyclass(module = "grantmint._native")]
pub(crate) struct Asking(grantmint_core::Asking);

#[pymethods]
impl Asking {
    /// As GrantCache.begin, with the time that is left.
    fn begin(&self, py: Python<'_>) -> PyResult<Begun> {
        let begun = py.detach(|| self.0.begin().map(Flown::from)).or_raise()?;
        Begun::new(py, begun)
    }

    /// Whether to begin again, now that the waiter has raised an error with this code.
    fn goes_on(&mut self, code: &str) -> bool {
        ErrorKind::from_code(code).is_some_and(|told| self.0.goes_on(told))
    }
}

/// Makes a cache behave from now on as in a forked child; for tests.
#[pyfunction]
pub(crate) fn _simulate_fork(py: Python<'_>, cache: &Bound<'_, GrantCache>) {
    let cache = &cache.get().cache;
    py.detach(|| cache.simulate_fork());
}

/// What begin gave, as parts that may cross threads.
struct Flown {
    outcome: &'static str,
    hit: Option<hit::Parts>,
    ticket: Option<grantmint_core::Ticket>,
    waiter: Option<grantmint_core::Waiter>,
}

impl From<Begin> for Flown {
    fn from(begin: Begin) -> Self {
        let flown = |outcome| Self { outcome, hit: None, ticket: None, waiter: None };
        match begin {
            Begin::Hit(hit) => Self { hit: Some(hit.into()), ..flown("hit") },
            Begin::HitAndLead(hit, ticket) => {
                let hit = Some(hit.into());
                Self { hit, ticket: Some(ticket), ..flown("hit_and_lead") }
            }
            Begin::Lead(ticket, waiter) => {
                Self { ticket: Some(ticket), waiter: Some(waiter), ..flown("lead") }
            }
            Begin::Wait(waiter) => Self { waiter: Some(waiter), ..flown("wait") },
        }
    }
}

/// What begin gave.
#[pyclass(frozen, get_all, module = "grantmint")]
pub(crate) struct Begun {
    /// "hit", "hit_and_lead", "lead" or "wait": what to do, in one word.
    outcome: &'static str,
    /// A grant to use, after "hit" and "hit_and_lead".
    grant: Option<Py<Hit>>,
    /// The duty to fetch, after "hit_and_lead" and "lead".
    ticket: Option<Py<Ticket>>,
    /// What to wait with, after "lead" and "wait".
    waiter: Option<Py<Waiter>>,
}

impl Begun {
    fn new(py: Python<'_>, flown: Flown) -> PyResult<Self> {
        Ok(Self {
            outcome: flown.outcome,
            grant: flown.hit.map(|hit| Py::new(py, Hit::new(hit))).transpose()?,
            ticket: flown.ticket.map(|ticket| Py::new(py, Ticket::new(ticket))).transpose()?,
            waiter: flown.waiter.map(|waiter| Py::new(py, Waiter::new(waiter))).transpose()?,
        })
    }
}

#[pymethods]
impl Begun {
    fn __repr__(&self) -> String {
        format!("Begun(outcome='{}', ...)", self.outcome)
    }
}
