//! The counters of a cache.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::text::Text;

/// Writes the class from the names of core's counters: the getters and the repr cannot disagree.
macro_rules! stats {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)*) => {
        /// What a cache has done since it was made, or since the process forked. Counts only rise.
        ///
        /// Example:
        ///     >>> cache = GrantCache()
        ///     >>> hit = cache.get("key", lambda key, **options: {"grant": "a grant"})
        ///     >>> cache.stats().fetches
        ///     1
        #[pyclass(frozen, eq, module = "grantmint")]
        #[derive(PartialEq)]
        pub(crate) struct Stats(pub(crate) grantmint_core::Stats);

        #[pymethods]
        impl Stats {
            $($(#[$doc])*
            #[getter]
            fn $name(&self) -> $type {
                self.0.$name
            })*

            /// Calls answered at once with a grant.
            #[getter]
            fn hits(&self) -> u64 {
                self.0.hits()
            }

            /// Fetches that failed: how many of each code, without those that never occurred.
            #[getter]
            fn errors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                let errors = PyDict::new(py);
                for (kind, count) in &self.0.errors {
                    errors.set_item(kind.code(), count)?;
                }
                Ok(errors)
            }

            /// How much of the account's cool-down is left, in seconds.
            #[getter]
            fn cooldown_left(&self) -> f64 {
                self.0.cooldown_left.as_secs_f64()
            }

            /// How many calls per second the account may make now, which changes with need and with
            /// what upstream refuses; None without a rate limit. Of several accounts the lowest.
            #[getter]
            fn calls_per_second(&self) -> Option<f64> {
                self.0.calls_per_second
            }

            /// How many seconds the clock of upstream is ahead of the local one, if known.
            #[getter]
            #[allow(clippy::cast_precision_loss, reason = "the milliseconds are few")]
            fn clock_offset(&self) -> Option<f64> {
                self.0.clock_offset_ms.map(|ms| ms as f64 / 1000.0)
            }

            /// How long fetches took, as a dict. "buckets" are pairs of an upper bound in seconds
            /// and the number of fetches that took no longer; "count" is their number, "sum" their
            /// seconds.
            #[getter]
            fn latency<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                let histogram = &self.0.fetch_latency;
                let buckets = histogram.buckets.iter();
                let buckets: Vec<_> = buckets.map(|(to, count)| (to.as_secs_f64(), *count)).collect();
                let latency = PyDict::new(py);
                latency.set_item("buckets", buckets)?;
                latency.set_item("count", histogram.count)?;
                latency.set_item("sum", histogram.sum.as_secs_f64())?;
                Ok(latency)
            }

            /// What other processes have brought, as a dict; None without a fleet. "values" is the
            /// number of grants that another process had fetched, "leases" of fetches that this one
            /// made for all, "waits" of fetches that waited for another's, "pauses" of fetches that
            /// were not sent as upstream had refused another's. "alone" is the number of fetches sent
            /// without the right to: "alone_failed" as the store failed, "alone_nolease" as it takes no
            /// writes, "alone_late" as another took too long, "alone_rejected" as what it had was of no use.
            /// "rejected" is the number of contents of the store that were not handed out, "skewed" of
            /// grants that end sooner by this machine's clock than by the store's, "errors" of times that
            /// the store failed. "answers" is how often it said whether another process has a grant,
            /// "answer_time" how many seconds that took in all. "is_broken" tells whether it is not asked
            /// now because it failed, "is_connected" whether there is a connection to the server,
            /// "is_unsupported" whether that cannot do what a fleet needs. "calls_per_second" is the
            /// account's rate for all processes, or None, "cooldown_left" what is left of its cool-down in
            /// seconds, "trouble" what was wrong the last time, or None.
            #[getter]
            fn fleet<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyDict>>> {
                let Some(stats) = &self.0.fleet else { return Ok(None) };
                let fleet = PyDict::new(py);
                fleet.set_item("values", stats.values)?;
                fleet.set_item("leases", stats.leases)?;
                fleet.set_item("waits", stats.waits)?;
                fleet.set_item("pauses", stats.pauses)?;
                fleet.set_item("alone", stats.alone)?;
                fleet.set_item("alone_failed", stats.alone_failed)?;
                fleet.set_item("alone_nolease", stats.alone_nolease)?;
                fleet.set_item("alone_late", stats.alone_late)?;
                fleet.set_item("alone_rejected", stats.alone_rejected)?;
                fleet.set_item("rejected", stats.rejected)?;
                fleet.set_item("skewed", stats.skewed)?;
                fleet.set_item("errors", stats.errors)?;
                fleet.set_item("answers", stats.answers)?;
                fleet.set_item("answer_time", stats.answer_time.as_secs_f64())?;
                fleet.set_item("is_broken", stats.is_broken)?;
                fleet.set_item("is_connected", stats.is_connected)?;
                fleet.set_item("is_unsupported", stats.is_unsupported)?;
                fleet.set_item("calls_per_second", stats.calls_per_second)?;
                fleet.set_item("cooldown_left", stats.cooldown_left.as_secs_f64())?;
                fleet.set_item("trouble", stats.trouble.as_deref())?;
                Ok(Some(fleet))
            }

            /// The statistics in the text format that Prometheus scrapes.
            ///
            /// Args:
            ///     cache: The value of the label "cache" of each series.
            fn to_prometheus(&self, cache: Text<'_>) -> PyResult<String> {
                Ok(self.0.to_prometheus(cache.named("cache")?))
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
                let mut shown = vec![$(format!("{}={}", stringify!($name), self.0.$name)),*];
                shown.push(format!("cooldown_left={}", self.cooldown_left()));
                if let Some(rate) = self.0.calls_per_second {
                    shown.push(format!("calls_per_second={rate}"));
                }
                format!("Stats({})", shown.join(", "))
            }
        }
    };
}

stats! {
    /// Calls answered at once with a grant that needs no refresh.
    hits_fresh: u64,
    /// Calls answered at once with a grant whose refresh is due or under way.
    hits_refreshing: u64,
    /// Calls answered at once with a grant whose refresh failed or may not be tried yet.
    hits_degraded: u64,
    /// Calls that had to wait for a fetch, including the call that ran it.
    waits: u64,
    /// Calls refused at once with a cached error.
    refusals: u64,
    /// Those of them that were refused because the account's rate leaves no room for their fetch.
    no_room: u64,
    /// Fetches sent upstream.
    fetches: u64,
    /// Fetches that refreshed a grant which was still good.
    refreshes: u64,
    /// Fetches answered with a 429.
    throttled: u64,
    /// Entries removed to make space for others.
    evictions: u64,
    /// Grants that came with a Date of another clock than upstream's, such as a proxy's. It was left
    /// out of account.
    implausible_dates: u64,
    /// Entries in the cache now.
    keys: usize,
    /// Fetches under way now.
    in_flight: usize,
    /// Fetches that wait for their turn now, because of the account's rate.
    waiting: usize,
    /// Keys that were refused for want of room within the last minute, approximately.
    keys_refused: usize,
}
