//! Counters that do not contend, and the page that Prometheus reads.

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::grant::Freshness;
use crate::error::ErrorKind;

/// Threads share a stripe only when there are more of them than stripes.
const STRIPES: usize = 16;
/// The upper bounds of the fetch latency histogram, in milliseconds.
const BUCKETS_MS: [u64; 12] = [5, 10, 25, 50, 100, 250, 500, 1000, 2000, 3000, 4000, 10_000];
/// Tells that no answer has shown the upstream clock yet.
const NO_OFFSET: i64 = i64::MIN;

/// What a cache has done since it was made, or since the process forked. Counts only rise.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Grants handed out at once with no refresh due.
    pub hits_fresh: u64,
    /// Grants handed out at once with a refresh due or in the air.
    pub hits_refreshing: u64,
    /// Grants handed out because no better one could be had.
    pub hits_degraded: u64,
    /// Calls that had to wait for a fetch, the one that led it included.
    pub waits: u64,
    /// Calls refused at once with a stored error.
    pub refusals: u64,
    /// Fetches sent upstream.
    pub fetches: u64,
    /// Those of them that refreshed a grant which was still good.
    pub refreshes: u64,
    /// Fetches that failed, by kind, without the kinds that never occurred.
    pub errors: Vec<(ErrorKind, u64)>,
    /// Fetches answered with a 429.
    pub throttled: u64,
    /// Entries that had to make room for others.
    pub evictions: u64,
    /// Entries now in the cache.
    pub keys: usize,
    /// Fetches now in the air.
    pub in_flight: usize,
    /// What is left of the account's cool-down.
    pub cooldown_left: Duration,
    /// How far the clock of upstream is ahead of the local one, in milliseconds, as its last answer
    /// showed.
    pub clock_offset_ms: Option<i64>,
    /// How long fetches took.
    pub fetch_latency: LatencyHistogram,
}

impl Stats {
    /// All grants handed out at once.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits_fresh + self.hits_refreshing + self.hits_degraded
    }

    /// The statistics in the text format that Prometheus scrapes, each series with the label
    /// `cache`.
    #[must_use]
    pub fn to_prometheus(&self, cache: &str) -> String {
        let mut page = Page { text: String::new(), label: label(cache) };
        page.head("grantmint_hits_total", "counter", "Grants handed out at once");
        let hits = [
            (Freshness::Fresh, self.hits_fresh),
            (Freshness::Refreshing, self.hits_refreshing),
            (Freshness::Degraded, self.hits_degraded),
        ];
        for (freshness, count) in hits {
            page.with("grantmint_hits_total", "freshness", freshness.as_str(), count);
        }
        page.counter("grantmint_waits_total", "Calls that waited for a fetch", self.waits);
        page.counter("grantmint_refusals_total", "Calls refused at once", self.refusals);
        page.counter("grantmint_fetches_total", "Fetches sent upstream", self.fetches);
        page.counter("grantmint_refreshes_total", "Fetches of a grant still good", self.refreshes);
        page.head("grantmint_fetch_errors_total", "counter", "Fetches that failed");
        for (kind, count) in &self.errors {
            page.with("grantmint_fetch_errors_total", "code", kind.code(), *count);
        }
        page.counter("grantmint_throttled_total", "Fetches answered with a 429", self.throttled);
        page.counter("grantmint_evictions_total", "Entries that made room", self.evictions);
        page.gauge("grantmint_keys", "Entries in the cache", &self.keys.to_string());
        page.gauge("grantmint_in_flight", "Fetches in the air", &self.in_flight.to_string());
        let cooldown = self.cooldown_left.as_secs_f64().to_string();
        page.gauge("grantmint_cooldown_seconds", "Left of the account's cool-down", &cooldown);
        if let Some(offset) = self.clock_offset_ms {
            let help = "Clock of upstream ahead of the local one";
            let seconds = Duration::from_millis(offset.unsigned_abs()).as_secs_f64();
            let sign = if offset < 0 { "-" } else { "" };
            page.gauge("grantmint_clock_offset_seconds", help, &format!("{sign}{seconds}"));
        }
        page.histogram("grantmint_fetch_seconds", "How long fetches took", &self.fetch_latency);
        page.text
    }
}

/// How many fetches took how long.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LatencyHistogram {
    /// Upper bounds and the number of fetches that took no longer than that, cumulative.
    pub buckets: Vec<(Duration, u64)>,
    /// All fetches, those above the last bound too.
    pub count: u64,
    /// The time of all fetches together.
    pub sum: Duration,
}

struct Page {
    text: String,
    label: String,
}

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP {name} {help}.\n# TYPE {name} {kind}");
    }

    fn with(&mut self, name: &str, label: &str, value: &str, count: u64) {
        let _ = writeln!(self.text, "{name}{{{},{label}=\"{value}\"}} {count}", self.label);
    }

    fn counter(&mut self, name: &str, help: &str, count: u64) {
        self.head(name, "counter", help);
        let _ = writeln!(self.text, "{name}{{{}}} {count}", self.label);
    }

    fn gauge(&mut self, name: &str, help: &str, value: &str) {
        self.head(name, "gauge", help);
        let _ = writeln!(self.text, "{name}{{{}}} {value}", self.label);
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &LatencyHistogram) {
        self.head(name, "histogram", help);
        let bucket = format!("{name}_bucket");
        for (bound, count) in &histogram.buckets {
            self.with(&bucket, "le", &bound.as_secs_f64().to_string(), *count);
        }
        self.with(&bucket, "le", "+Inf", histogram.count);
        let (label, sum, count) = (&self.label, histogram.sum.as_secs_f64(), histogram.count);
        let _ = writeln!(self.text, "{name}_sum{{{label}}} {sum}\n{name}_count{{{label}}} {count}");
    }
}

/// The label, with what the format does not allow in it escaped.
fn label(cache: &str) -> String {
    let escaped = cache.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("cache=\"{escaped}\"")
}

/// The counters behind [`Stats`].
pub(super) struct Counters {
    stripes: Box<[Stripe]>,
    waits: AtomicU64,
    refusals: AtomicU64,
    fetches: AtomicU64,
    refreshes: AtomicU64,
    throttled: AtomicU64,
    evictions: AtomicU64,
    errors: Box<[AtomicU64]>,
    clock_offset_ms: AtomicI64,
    latency: Box<[AtomicU64]>,
    latency_sum: AtomicU64,
}

/// The counters of hits, which are counted on the hot path: each group of threads has its own cache
/// line (two, since they are fetched in pairs).
#[derive(Default)]
#[repr(align(128))]
struct Stripe {
    fresh: AtomicU64,
    refreshing: AtomicU64,
    degraded: AtomicU64,
}

impl Counters {
    pub(super) fn new() -> Self {
        let zeros = |n: usize| (0..n).map(|_| AtomicU64::new(0)).collect::<Box<[_]>>();
        Self {
            stripes: (0..STRIPES).map(|_| Stripe::default()).collect(),
            waits: AtomicU64::new(0),
            refusals: AtomicU64::new(0),
            fetches: AtomicU64::new(0),
            refreshes: AtomicU64::new(0),
            throttled: AtomicU64::new(0),
            evictions: AtomicU64::new(0),
            errors: zeros(ErrorKind::ALL.len()),
            clock_offset_ms: AtomicI64::new(NO_OFFSET),
            latency: zeros(BUCKETS_MS.len() + 1),
            latency_sum: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(super) fn hit(&self, freshness: Freshness) {
        let stripe = &self.stripes[stripe_of_thread()];
        let counter = match freshness {
            Freshness::Fresh => &stripe.fresh,
            Freshness::Refreshing => &stripe.refreshing,
            Freshness::Degraded => &stripe.degraded,
        };
        add(counter, 1);
    }

    pub(super) fn wait(&self) {
        add(&self.waits, 1);
    }

    pub(super) fn refusal(&self) {
        add(&self.refusals, 1);
    }

    pub(super) fn fetch(&self, refresh: bool) {
        add(&self.fetches, 1);
        add(&self.refreshes, refresh.into());
    }

    pub(super) fn evicted(&self, entries: usize) {
        add(&self.evictions, entries as u64);
    }

    pub(super) fn error(&self, kind: ErrorKind) {
        let index = ErrorKind::ALL.iter().position(|other| *other == kind);
        if let Some(counter) = index.and_then(|index| self.errors.get(index)) {
            add(counter, 1);
        }
        add(&self.throttled, (kind == ErrorKind::Throttled).into());
    }

    pub(super) fn took(&self, nanos: u64) {
        let ms = nanos / 1_000_000;
        let index = BUCKETS_MS.iter().position(|bound| ms <= *bound).unwrap_or(BUCKETS_MS.len());
        add(&self.latency[index], 1);
        add(&self.latency_sum, nanos);
    }

    pub(super) fn clock_offset(&self, ms: i64) {
        self.clock_offset_ms.store(ms, Ordering::Relaxed);
    }

    /// Everything that is counted here; the caller adds what it knows itself.
    pub(super) fn read(&self) -> Stats {
        let sum = |of: fn(&Stripe) -> &AtomicU64| self.stripes.iter().map(|s| get(of(s))).sum();
        let errors = ErrorKind::ALL.iter().zip(&self.errors).map(|(kind, n)| (*kind, get(n)));
        let offset = self.clock_offset_ms.load(Ordering::Relaxed);
        Stats {
            hits_fresh: sum(|stripe| &stripe.fresh),
            hits_refreshing: sum(|stripe| &stripe.refreshing),
            hits_degraded: sum(|stripe| &stripe.degraded),
            waits: get(&self.waits),
            refusals: get(&self.refusals),
            fetches: get(&self.fetches),
            refreshes: get(&self.refreshes),
            errors: errors.filter(|(_, count)| *count > 0).collect(),
            throttled: get(&self.throttled),
            evictions: get(&self.evictions),
            clock_offset_ms: (offset != NO_OFFSET).then_some(offset),
            fetch_latency: self.histogram(),
            ..Stats::default()
        }
    }

    fn histogram(&self) -> LatencyHistogram {
        let mut count = 0;
        let mut cumulative = |counter| {
            count += get(counter);
            count
        };
        let bounds = BUCKETS_MS.iter().map(|ms| Duration::from_millis(*ms));
        let buckets = bounds.zip(self.latency.iter().map(&mut cumulative)).collect();
        let above = self.latency.last().map_or(0, get);
        let sum = Duration::from_nanos(get(&self.latency_sum));
        LatencyHistogram { buckets, count: count + above, sum }
    }
}

fn add(counter: &AtomicU64, n: u64) {
    counter.fetch_add(n, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// The stripe of the calling thread: threads take turns when they first count.
#[inline]
fn stripe_of_thread() -> usize {
    thread_local!(static STRIPE: Cell<usize> = const { Cell::new(usize::MAX) });
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    STRIPE.with(|stripe| {
        if stripe.get() == usize::MAX {
            stripe.set(NEXT.fetch_add(1, Ordering::Relaxed) % STRIPES);
        }
        stripe.get()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_read() {
        let counters = Counters::new();
        counters.hit(Freshness::Fresh);
        counters.hit(Freshness::Degraded);
        counters.fetch(true);
        counters.error(ErrorKind::Throttled);
        counters.took(60_000_000);
        counters.took(20_000_000_000);
        let stats = counters.read();
        assert_eq!((stats.hits(), stats.hits_fresh, stats.hits_degraded), (2, 1, 1));
        assert_eq!((stats.fetches, stats.refreshes, stats.throttled), (1, 1, 1));
        assert_eq!(stats.errors, [(ErrorKind::Throttled, 1)]);
        assert_eq!(stats.clock_offset_ms, None);
        let at = |ms| {
            let found = stats.fetch_latency.buckets.iter().find(|b| b.0.as_millis() == ms);
            found.unwrap().1
        };
        assert_eq!((at(50), at(100), at(10_000), stats.fetch_latency.count), (0, 1, 1, 2));
    }

    #[test]
    fn the_prometheus_page_has_each_series_once() {
        let counters = Counters::new();
        counters.took(1);
        counters.clock_offset(-1500);
        let page = counters.read().to_prometheus("a\"b");
        assert!(page.contains("grantmint_hits_total{cache=\"a\\\"b\",freshness=\"fresh\"} 0\n"));
        assert!(page.contains("grantmint_clock_offset_seconds{cache=\"a\\\"b\"} -1.5\n"));
        assert!(page.contains("grantmint_fetch_seconds_bucket{cache=\"a\\\"b\",le=\"+Inf\"} 1\n"));
        let mut series: Vec<&str> = page
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.rsplit_once(' ').unwrap().0)
            .collect();
        let all = series.len();
        series.sort_unstable();
        series.dedup();
        assert_eq!(series.len(), all);
    }
}
