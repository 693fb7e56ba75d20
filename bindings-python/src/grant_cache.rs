//! The grant cache by itself, for whoever fetches in their own way.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use grantmint_core::{Begin, BeginOptions, Clock, Freshness, Grant, Key, Start};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::clock::{self, ManualClock};
use crate::error::{OrRaise as _, exception, to_core};
use crate::json::to_text;
use crate::lock::lock;
use crate::policy;
use crate::port::{LoopPort, Port};
use crate::stats::{Event, Stats, events};
use crate::time::Seconds;

/// How long a thread waits before it looks whether the user has pressed Ctrl-C.
const SLICE: Duration = Duration::from_millis(50);
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
        key: &str,
        ttl: Seconds,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<Begun> {
        let key = Key::new(key, ttl.0).or_raise()?;
        let options = BeginOptions {
            min_remaining: min_remaining.map(|time| time.0),
            timeout: timeout.map(|time| time.0),
        };
        let begun = py.detach(|| self.cache.begin(&key, options).map(Flown::from)).or_raise()?;
        Begun::new(py, begun)
    }

    /// The ticket to fetch a key's grant before anybody asks for it; None if that is not due.
    ///
    /// Raises:
    ///     GrantmintError: As begin, for a new key.
    #[pyo3(signature = (key, *, ttl=TTL))]
    fn prefetch(&self, py: Python<'_>, key: &str, ttl: Seconds) -> PyResult<Option<Ticket>> {
        let key = Key::new(key, ttl.0).or_raise()?;
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
    fn keep_warm(&self, py: Python<'_>, key: &str, seconds: Seconds, ttl: Seconds) -> PyResult<()> {
        let key = Key::new(key, ttl.0).or_raise()?;
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
    fn invalidate(&self, py: Python<'_>, key: &str, ttl: Seconds) -> PyResult<bool> {
        let key = Key::new(key, ttl.0).or_raise()?;
        Ok(py.detach(|| self.cache.invalidate(&key)))
    }

    /// Empties one entry if it holds the grant of this generation; whether it did.
    #[pyo3(signature = (key, generation, *, ttl=TTL))]
    fn invalidate_if(
        &self,
        py: Python<'_>,
        key: &str,
        generation: u64,
        ttl: Seconds,
    ) -> PyResult<bool> {
        let key = Key::new(key, ttl.0).or_raise()?;
        Ok(py.detach(|| self.cache.invalidate_if(&key, generation)))
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

/// Makes a cache behave from now on as in a forked child; for tests.
#[pyfunction]
pub(crate) fn _simulate_fork(py: Python<'_>, cache: &Bound<'_, GrantCache>) {
    let cache = &cache.get().cache;
    py.detach(|| cache.simulate_fork());
}

/// What begin gave, as parts that may cross threads.
struct Flown {
    outcome: &'static str,
    hit: Option<Parts>,
    ticket: Option<grantmint_core::Ticket>,
    waiter: Option<grantmint_core::Waiter>,
}

impl From<Begin> for Flown {
    fn from(begin: Begin) -> Self {
        let flown = |outcome| Self { outcome, hit: None, ticket: None, waiter: None };
        match begin {
            Begin::Hit(hit) => Self { hit: Some(Parts::from(&hit)), ..flown("hit") },
            Begin::HitAndLead(hit, ticket) => {
                let hit = Some(Parts::from(&hit));
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
    outcome: &'static str,
    grant: Option<Py<Hit>>,
    ticket: Option<Py<Ticket>>,
    waiter: Option<Py<Waiter>>,
}

impl Begun {
    fn new(py: Python<'_>, flown: Flown) -> PyResult<Self> {
        let waiter = |waiter| Waiter(Mutex::new(Some(waiter)));
        Ok(Self {
            outcome: flown.outcome,
            grant: flown.hit.map(|hit| Py::new(py, Hit(hit))).transpose()?,
            ticket: flown.ticket.map(|ticket| Py::new(py, Ticket::new(ticket))).transpose()?,
            waiter: flown.waiter.map(|this| Py::new(py, waiter(this))).transpose()?,
        })
    }
}

#[pymethods]
impl Begun {
    fn __repr__(&self) -> String {
        format!("Begun(outcome='{}', ...)", self.outcome)
    }
}

/// A hit, with everything copied out of the store.
struct Parts {
    grant: String,
    remaining: f64,
    freshness: Freshness,
    reason: Option<grantmint_core::Error>,
    generation: u64,
}

impl From<&grantmint_core::Hit> for Parts {
    fn from(hit: &grantmint_core::Hit) -> Self {
        Self {
            grant: hit.as_str().to_owned(),
            remaining: hit.remaining().as_secs_f64(),
            freshness: hit.freshness(),
            reason: hit.reason().cloned(),
            generation: hit.generation(),
        }
    }
}

/// A grant from the cache, with what was known of it when it was handed out. Its repr hides it.
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct Hit(Parts);

#[pymethods]
impl Hit {
    /// The grant, byte for byte as it came.
    #[getter]
    fn grant(&self) -> &str {
        &self.0.grant
    }

    /// How long it was still good, in seconds, net of the safety margin.
    #[getter]
    fn remaining(&self) -> f64 {
        self.0.remaining
    }

    /// How good it is: "fresh", "refreshing" or "degraded".
    #[getter]
    fn freshness(&self) -> &'static str {
        self.0.freshness.as_str()
    }

    /// Why it is degraded: a GrantmintError that nobody raised, or None.
    #[getter]
    fn reason<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.reason.as_ref().map(|error| exception(py, error)).transpose()
    }

    /// After how many seconds the next refresh is tried, if it is degraded.
    #[getter]
    fn retry_after(&self) -> Option<f64> {
        self.0.reason.as_ref()?.retry_after().map(|time| time.as_secs_f64())
    }

    /// Tells grants of one cache apart, for invalidate_if.
    #[getter]
    fn generation(&self) -> u64 {
        self.0.generation
    }

    fn __repr__(&self) -> String {
        let Parts { remaining, generation, .. } = &self.0;
        let freshness = self.freshness();
        format!(
            "Hit(grant=..., remaining={remaining:.3}, freshness='{freshness}', generation={generation})"
        )
    }
}

/// The duty to fetch one grant for all who wait for it. One that is dropped ends the fetch as
/// abandoned.
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct Ticket {
    key: String,
    ttl: Duration,
    is_refresh: bool,
    ticket: Mutex<Option<grantmint_core::Ticket>>,
}

impl Ticket {
    fn new(ticket: grantmint_core::Ticket) -> Self {
        Self {
            key: ticket.key().text().to_owned(),
            ttl: ticket.key().ttl(),
            is_refresh: ticket.is_refresh(),
            ticket: Mutex::new(Some(ticket)),
        }
    }

    /// Ends the fetch, unless that has been done.
    fn end(&self, py: Python<'_>, end: impl FnOnce(grantmint_core::Ticket) + Send) {
        py.detach(|| {
            let ticket = lock(&self.ticket).take();
            if let Some(ticket) = ticket {
                end(ticket);
            }
        });
    }
}

#[pymethods]
impl Ticket {
    /// The key whose grant is wanted.
    #[getter]
    fn key(&self) -> &str {
        &self.key
    }

    /// The life to ask for, in seconds.
    #[getter]
    fn ttl(&self) -> f64 {
        self.ttl.as_secs_f64()
    }

    /// Whether a grant that is still good is being replaced.
    #[getter]
    fn is_refresh(&self) -> bool {
        self.is_refresh
    }

    /// Asks whether the request may be sent, right before it would be: the grant's life counts from
    /// here.
    ///
    /// Returns:
    ///     ("go", the seconds that it has) or ("later", the seconds after which to ask again).
    ///
    /// Raises:
    ///     GrantmintError: It may not be sent; the fetch has ended with this error.
    fn start(&self, py: Python<'_>) -> PyResult<(&'static str, f64)> {
        let start = py.detach(|| lock(&self.ticket).as_mut().map(grantmint_core::Ticket::start));
        match start {
            Some(Start::Go(time)) => Ok(("go", time.as_secs_f64())),
            Some(Start::Later(time)) => Ok(("later", time.as_secs_f64())),
            Some(Start::Refused(error)) => Err(crate::error::raise(&error)),
            None => Err(ended()),
        }
    }

    /// Ends the fetch with a grant; does nothing if it has ended.
    ///
    /// Args:
    ///     grant: The grant: text or bytes, kept as they are, or an object to write as JSON.
    ///     ttl: How long it lives from when start said go, in seconds or as a timedelta; for as long
    ///         as was asked for if None.
    #[pyo3(signature = (grant, ttl=None))]
    fn complete(
        &self,
        py: Python<'_>,
        grant: &Bound<'_, PyAny>,
        ttl: Option<Seconds>,
    ) -> PyResult<()> {
        let grant = Grant::new(to_text(grant)?);
        let life = ttl.map_or(self.ttl, |ttl| ttl.0);
        self.end(py, |ticket| ticket.complete(grant, life));
        Ok(())
    }

    /// Ends the fetch with an error for all who wait; does nothing if it has ended.
    fn fail(&self, py: Python<'_>, error: &Bound<'_, PyAny>) -> PyResult<()> {
        let error = to_core(error)?;
        self.end(py, |ticket| ticket.fail(error));
        Ok(())
    }

    /// Ends the fetch without an outcome: whoever waits begins again.
    fn abandon(&self, py: Python<'_>) {
        self.end(py, drop);
    }

    fn __repr__(&self) -> String {
        format!("Ticket(is_refresh={})", if self.is_refresh { "True" } else { "False" })
    }
}

fn ended() -> PyErr {
    crate::error::raise(&grantmint_core::Error::new(
        grantmint_core::ErrorKind::Abandoned,
        "this fetch has ended",
    ))
}

/// A place among those who wait for one fetch. One that is dropped has given up.
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct Waiter(Mutex<Option<grantmint_core::Waiter>>);

impl Waiter {
    /// Looks whether there is a result, and has the waker called when there is. A waiter that is used
    /// up, or being waited for by another thread, has given up.
    fn poll(&self, waker: &Waker) -> Poll<grantmint_core::Result<Parts>> {
        let mut this = lock(&self.0);
        let Some(waiter) = this.as_mut() else {
            let message = "this waiter has been used up";
            let kind = grantmint_core::ErrorKind::Cancelled;
            return Poll::Ready(Err(grantmint_core::Error::new(kind, message)));
        };
        let polled = Pin::new(waiter).poll(&mut Context::from_waker(waker));
        if polled.is_ready() {
            *this = None;
        }
        polled.map(|result| result.map(|hit| Parts::from(&hit)))
    }
}

#[pymethods]
impl Waiter {
    /// Waits on this thread until the fetch or the caller's time is over.
    ///
    /// Raises:
    ///     GrantmintError: Of the fetch; DeadlineError when the caller's time is over first;
    ///         abandoned when the fetch ended without an outcome: begin again.
    fn wait(&self, py: Python<'_>) -> PyResult<Hit> {
        let waker = Waker::from(Arc::new(OfThread(thread::current())));
        loop {
            let polled = py.detach(|| {
                let polled = self.poll(&waker);
                if polled.is_pending() {
                    thread::park_timeout(SLICE);
                }
                polled
            });
            if let Poll::Ready(result) = polled {
                return result.or_raise().map(Hit);
            }
            py.check_signals()?;
        }
    }

    /// The grant if the fetch or the caller's time is over, else None; never waits.
    ///
    /// Raises:
    ///     As wait.
    fn try_result(&self, py: Python<'_>) -> PyResult<Option<Hit>> {
        match py.detach(|| self.poll(Waker::noop())) {
            Poll::Ready(result) => result.or_raise().map(|parts| Some(Hit(parts))),
            Poll::Pending => Ok(None),
        }
    }

    /// As wait, without blocking the event loop; to be awaited.
    fn wait_async<'py>(this: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        this.py().import("grantmint._async")?.call_method1("waited", (this,))
    }

    /// What the store has for this caller now, if it keeps the promise; for those who do not wait.
    fn fallback(&self, py: Python<'_>) -> Option<Hit> {
        let hit = py.detach(|| {
            let hit = lock(&self.0).as_ref().and_then(grantmint_core::Waiter::fallback);
            hit.map(|hit| Parts::from(&hit))
        });
        hit.map(Hit)
    }

    /// Gives up; the fetch goes on for others.
    fn close(&self, py: Python<'_>) {
        py.detach(|| drop(lock(&self.0).take()));
    }

    /// As try_result, and has the port's loop told under this number when there is one.
    fn _poll(
        &self,
        py: Python<'_>,
        port: &Bound<'_, LoopPort>,
        number: u64,
    ) -> PyResult<Option<Hit>> {
        let waker = Waker::from(Arc::new(OfLoop(Arc::clone(&port.get().0), number)));
        match py.detach(|| self.poll(&waker)) {
            Poll::Ready(result) => result.or_raise().map(|parts| Some(Hit(parts))),
            Poll::Pending => Ok(None),
        }
    }

    fn __repr__(&self) -> &'static str {
        "Waiter(...)"
    }
}

/// Wakes a thread.
struct OfThread(Thread);

impl Wake for OfThread {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Wakes a task of an event loop.
struct OfLoop(Arc<Port>, u64);

impl Wake for OfLoop {
    fn wake(self: Arc<Self>) {
        self.0.ring(self.1);
    }
}
