//! Statistics and events as dicts.

use grantmint_core::{Event, EventKind, Stats};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// The counters of a cache.
pub(crate) fn stats<'py>(py: Python<'py>, stats: &Stats) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("hits", stats.hits())?;
    dict.set_item("hits_fresh", stats.hits_fresh)?;
    dict.set_item("hits_refreshing", stats.hits_refreshing)?;
    dict.set_item("hits_degraded", stats.hits_degraded)?;
    dict.set_item("waits", stats.waits)?;
    dict.set_item("refusals", stats.refusals)?;
    dict.set_item("fetches", stats.fetches)?;
    dict.set_item("refreshes", stats.refreshes)?;
    let errors = PyDict::new(py);
    for (kind, count) in &stats.errors {
        errors.set_item(kind.code(), count)?;
    }
    dict.set_item("errors", errors)?;
    dict.set_item("throttled", stats.throttled)?;
    dict.set_item("evictions", stats.evictions)?;
    dict.set_item("keys", stats.keys)?;
    dict.set_item("in_flight", stats.in_flight)?;
    dict.set_item("cooldown_left", stats.cooldown_left.as_secs_f64())?;
    #[allow(clippy::cast_precision_loss, reason = "milliseconds between two clocks are few")]
    let offset = stats.clock_offset_ms.map(|ms| ms as f64 / 1000.0);
    dict.set_item("clock_offset", offset)?;
    let latency = PyDict::new(py);
    let buckets = stats.fetch_latency.buckets.iter();
    let buckets: Vec<_> = buckets.map(|(bound, count)| (bound.as_secs_f64(), *count)).collect();
    latency.set_item("buckets", buckets)?;
    latency.set_item("count", stats.fetch_latency.count)?;
    latency.set_item("sum", stats.fetch_latency.sum.as_secs_f64())?;
    dict.set_item("fetch_latency", latency)?;
    Ok(dict)
}

/// What happened lately, oldest first.
pub(crate) fn events<'py>(py: Python<'py>, events: &[Event]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for event in events {
        let dict = PyDict::new(py);
        dict.set_item("at", event.at.wall().as_secs_f64())?;
        dict.set_item("kind", event.kind.as_str())?;
        dict.set_item("key", event.key.as_ref().map(grantmint_core::Key::text))?;
        let (mut code, mut generation) = (None, None);
        match event.kind {
            EventKind::FetchFailed(kind) => code = Some(kind.code()),
            EventKind::FetchSucceeded { generation: number } => generation = Some(number),
            _ => {}
        }
        dict.set_item("code", code)?;
        dict.set_item("generation", generation)?;
        list.append(dict)?;
    }
    Ok(list)
}
