//! Statistics and events of a cache.

use grantmint_core::{EventKind, FleetStats};
use napi_derive::napi;

use crate::js_number::{number, to_ms};

/// What a cache has done.
#[napi(object, object_from_js = false)]
#[allow(missing_docs, reason = "core's own names, which index.d.cts explains")]
pub struct Counters {
    pub hits: f64,
    pub hits_fresh: f64,
    pub hits_refreshing: f64,
    pub hits_degraded: f64,
    pub waits: f64,
    pub refusals: f64,
    pub no_room: f64,
    pub fetches: f64,
    pub refreshes: f64,
    pub throttled: f64,
    pub evictions: f64,
    pub keys: f64,
    pub in_flight: f64,
    pub waiting: f64,
    pub keys_refused: f64,
    pub cooldown_left_ms: f64,
    pub calls_per_second: Option<f64>,
    pub clock_offset_ms: Option<f64>,
    pub implausible_dates: f64,
    pub errors: Vec<Count>,
    pub latency: Latency,
    pub fleet: Option<FleetCounters>,
}

/// What other processes have brought.
#[napi(object, object_from_js = false)]
#[allow(missing_docs, reason = "core's own names, which index.d.cts explains")]
pub struct FleetCounters {
    pub values: f64,
    pub leases: f64,
    pub waits: f64,
    pub pauses: f64,
    pub alone: f64,
    pub alone_failed: f64,
    pub alone_nolease: f64,
    pub alone_late: f64,
    pub alone_rejected: f64,
    pub rejected: f64,
    pub skewed: f64,
    pub errors: f64,
    pub answers: f64,
    pub answer_time_ms: f64,
    pub is_broken: bool,
    pub is_connected: bool,
    pub is_unsupported: bool,
    pub calls_per_second: Option<f64>,
    pub cooldown_left_ms: f64,
    pub trouble: Option<String>,
}

impl From<&FleetStats> for FleetCounters {
    fn from(stats: &FleetStats) -> Self {
        Self {
            values: number(stats.values),
            leases: number(stats.leases),
            waits: number(stats.waits),
            pauses: number(stats.pauses),
            alone: number(stats.alone),
            alone_failed: number(stats.alone_failed),
            alone_nolease: number(stats.alone_nolease),
            alone_late: number(stats.alone_late),
            alone_rejected: number(stats.alone_rejected),
            rejected: number(stats.rejected),
            skewed: number(stats.skewed),
            errors: number(stats.errors),
            answers: number(stats.answers),
            answer_time_ms: to_ms(stats.answer_time),
            is_broken: stats.is_broken,
            is_connected: stats.is_connected,
            is_unsupported: stats.is_unsupported,
            calls_per_second: stats.calls_per_second,
            cooldown_left_ms: to_ms(stats.cooldown_left),
            trouble: stats.trouble.clone(),
        }
    }
}

/// How often fetches failed with a code.
#[napi(object, object_from_js = false)]
pub struct Count {
    /// Core's name of the kind.
    pub code: &'static str,
    /// How often.
    pub count: f64,
}

/// How long fetches took.
#[napi(object, object_from_js = false)]
pub struct Latency {
    /// Upper bounds, and how many took no longer.
    pub buckets: Vec<Bucket>,
    /// All of them.
    pub count: f64,
    /// The time of all of them together.
    pub sum_ms: f64,
}

/// One bound of a histogram.
#[napi(object, object_from_js = false)]
pub struct Bucket {
    /// The bound.
    pub le_ms: f64,
    /// How many took no longer.
    pub count: f64,
}

/// The native part of a `Stats`.
#[napi]
pub struct Stats {
    pub(crate) stats: grantmint_core::Stats,
}

#[napi]
impl Stats {
    /// Everything that is counted.
    #[napi(catch_unwind)]
    #[allow(clippy::cast_precision_loss, reason = "the milliseconds are few")]
    pub fn counters(&self) -> Counters {
        let stats = &self.stats;
        let errors = stats.errors.iter();
        Counters {
            hits: number(stats.hits()),
            hits_fresh: number(stats.hits_fresh),
            hits_refreshing: number(stats.hits_refreshing),
            hits_degraded: number(stats.hits_degraded),
            waits: number(stats.waits),
            refusals: number(stats.refusals),
            no_room: number(stats.no_room),
            fetches: number(stats.fetches),
            refreshes: number(stats.refreshes),
            throttled: number(stats.throttled),
            evictions: number(stats.evictions),
            keys: number(stats.keys as u64),
            in_flight: number(stats.in_flight as u64),
            waiting: number(stats.waiting as u64),
            keys_refused: number(stats.keys_refused as u64),
            cooldown_left_ms: to_ms(stats.cooldown_left),
            calls_per_second: stats.calls_per_second,
            clock_offset_ms: stats.clock_offset_ms.map(|ms| ms as f64),
            implausible_dates: number(stats.implausible_dates),
            errors: errors.map(|(k, n)| Count { code: k.code(), count: number(*n) }).collect(),
            latency: Latency {
                buckets: stats.fetch_latency.buckets.iter().map(bucket).collect(),
                count: number(stats.fetch_latency.count),
                sum_ms: to_ms(stats.fetch_latency.sum),
            },
            fleet: stats.fleet.as_ref().map(FleetCounters::from),
        }
    }

    /// The text that Prometheus scrapes.
    #[napi(catch_unwind)]
    pub fn to_prometheus(&self, cache: String) -> String {
        self.stats.to_prometheus(&cache)
    }
}

fn bucket((le, count): &(std::time::Duration, u64)) -> Bucket {
    Bucket { le_ms: to_ms(*le), count: number(*count) }
}

/// Something that happened in a cache.
#[napi(object, object_from_js = false)]
pub struct Event {
    /// When, in Unix milliseconds.
    pub at_ms: f64,
    /// What.
    pub kind: &'static str,
    /// To which key.
    pub key: Option<String>,
    /// Core's code of the error, of a fetch that failed.
    pub code: Option<&'static str>,
    /// The generation of the grant, of one that came.
    pub generation: Option<f64>,
}

/// What happened lately, oldest first.
pub(crate) fn events(events: Vec<grantmint_core::Event>) -> Vec<Event> {
    events.into_iter().map(|event| one(&event)).collect()
}

fn one(event: &grantmint_core::Event) -> Event {
    Event {
        at_ms: to_ms(event.at.wall()),
        kind: event.kind.as_str(),
        key: event.key.as_ref().map(|key| key.text().to_owned()),
        code: match event.kind {
            EventKind::FetchFailed(kind) => Some(kind.code()),
            _ => None,
        },
        generation: match event.kind {
            EventKind::FetchSucceeded { generation } | EventKind::FleetValue { generation } => {
                Some(number(generation))
            }
            _ => None,
        },
    }
}
