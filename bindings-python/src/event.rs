//! What happened in a cache: a fetch, an eviction, a purge and the like.

use grantmint_core::EventKind;
use pyo3::prelude::*;

/// Something that happened in a cache.
///
/// Example:
///     >>> cache = GrantCache()
///     >>> hit = cache.get("key", lambda key, **options: {"grant": "a grant"})
///     >>> [event.kind for event in cache.drain_events()]
///     ['fetch_sent', 'fetch_succeeded']
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(PartialEq)]
pub(crate) struct Event(pub(crate) grantmint_core::Event);

#[pymethods]
impl Event {
    /// When it happened, in Unix seconds.
    #[getter]
    fn at(&self) -> f64 {
        self.0.at.wall().as_secs_f64()
    }

    /// What happened: "fetch_sent", "fetch_succeeded", "fetch_failed", "fetch_abandoned",
    /// "evicted", "invalidated", "purged", "rotated", "forked", "no_room" (a key was refused, for
    /// the first time within a minute, as the account's rate leaves no room for its fetch),
    /// "rate_cut" (after a 429 the account is called less often), "limits_differ" (another minter
    /// of the account has given other limits, and of each the lower holds), "fleet_value" (a grant
    /// came from another process, which had fetched it), "fleet_broken" (the store that processes share
    /// failed, and is not asked for some seconds), "fleet_back", "fleet_read_only" (it takes no writes),
    /// "fleet_unsupported" (the server cannot do what a fleet needs), "fleet_skewed" (a grant ends sooner
    /// by this machine's clock than by the store's) or
    /// "lifetime_cut" (a credential lives longer than may be; its lifetime was cut).
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind.as_str()
    }

    /// The key that it happened to; None for events of the whole cache, of a credential that all callers share,
    /// and of ICE servers, whose keys are identities.
    #[getter]
    fn key(&self) -> Option<&str> {
        self.0.key.as_ref().map(grantmint_core::Key::text)
    }

    /// The code of the error, for fetch_failed.
    #[getter]
    fn code(&self) -> Option<&'static str> {
        match self.0.kind {
            EventKind::FetchFailed(kind) => Some(kind.code()),
            _ => None,
        }
    }

    /// The generation of the grant, for fetch_succeeded and fleet_value.
    #[getter]
    fn generation(&self) -> Option<u64> {
        match self.0.kind {
            EventKind::FetchSucceeded { generation } | EventKind::FleetValue { generation } => {
                Some(generation)
            }
            _ => None,
        }
    }

    /// The object itself, which never changes.
    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    /// The object itself, which never changes.
    #[pyo3(signature = (_memo, /))]
    fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        this
    }

    fn __repr__(&self) -> String {
        format!("Event(kind='{}', at={:.3})", self.kind(), self.at())
    }
}

/// Events of core as events of Python.
pub(crate) fn events(events: Vec<grantmint_core::Event>) -> Vec<Event> {
    events.into_iter().map(Event).collect()
}
