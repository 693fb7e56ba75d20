//! The counters behind the statistics, which threads raise without contending for them.

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::stats::{LatencyHistogram, Stats};
use crate::cache::decide::Freshness;
use crate::error::ErrorKind;
use crate::fleet;

/// Threads share a stripe only when there are more of them than stripes.
const STRIPES: usize = 16;
/// The upper bounds of the fetch latency histogram, in milliseconds.
const BUCKETS_MS: [u64; 12] = [5, 10, 25, 50, 100, 250, 500, 1000, 2000, 3000, 4000, 10_000];
/// Tells that no answer has shown the upstream clock yet.
const NO_OFFSET: i64 = i64::MIN;

/// The counters behind [`Stats`].
pub(crate) struct Counters {
    /// What other processes have brought.
    pub(crate) fleet: fleet::Counters,
    stripes: Box<[Stripe]>,
    waits: AtomicU64,
    refusals: AtomicU64,
    no_room: AtomicU64,
    fetches: AtomicU64,
    refreshes: AtomicU64,
    throttled: AtomicU64,
    evictions: AtomicU64,
    errors: Box<[AtomicU64]>,
    clock_offset_ms: AtomicI64,
    implausible_dates: AtomicU64,
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
    pub(crate) fn new() -> Self {
        let zeros = |n: usize| (0..n).map(|_| AtomicU64::new(0)).collect::<Box<[_]>>();
        Self {
            fleet: fleet::Counters::default(),
            stripes: (0..STRIPES).map(|_| Stripe::default()).collect(),
            waits: AtomicU64::new(0),
            refusals: AtomicU64::new(0),
            no_room: AtomicU64::new(0),
            fetches: AtomicU64::new(0),
            refreshes: AtomicU64::new(0),
            throttled: AtomicU64::new(0),
            evictions: AtomicU64::new(0),
            errors: zeros(ErrorKind::ALL.len()),
            clock_offset_ms: AtomicI64::new(NO_OFFSET),
            implausible_dates: AtomicU64::new(0),
            latency: zeros(BUCKETS_MS.len() + 1),
            latency_sum: AtomicU64::new(0),
        }
    }

    #[inline]
    pub(crate) fn hit(&self, freshness: Freshness) {
        let stripe = &self.stripes[stripe_of_thread()];
        let counter = match freshness {
            Freshness::Fresh => &stripe.fresh,
            Freshness::Refreshing => &stripe.refreshing,
            Freshness::Degraded => &stripe.degraded,
        };
        add(counter, 1);
    }

    pub(crate) fn wait(&self) {
        add(&self.waits, 1);
    }

    pub(crate) fn refusal(&self) {
        add(&self.refusals, 1);
    }

    pub(crate) fn no_room(&self) {
        add(&self.no_room, 1);
    }

    pub(crate) fn fetch(&self, refresh: bool) {
        add(&self.fetches, 1);
        add(&self.refreshes, refresh.into());
    }

    pub(crate) fn evicted(&self, entries: usize) {
        add(&self.evictions, entries as u64);
    }

    pub(crate) fn error(&self, kind: ErrorKind) {
        let index = ErrorKind::ALL.iter().position(|other| *other == kind);
        if let Some(counter) = index.and_then(|index| self.errors.get(index)) {
            add(counter, 1);
        }
        add(&self.throttled, (kind == ErrorKind::Throttled).into());
    }

    pub(crate) fn took(&self, nanos: u64) {
        let ms = nanos / 1_000_000;
        let index = BUCKETS_MS.iter().position(|bound| ms <= *bound).unwrap_or(BUCKETS_MS.len());
        add(&self.latency[index], 1);
        add(&self.latency_sum, nanos);
    }

    pub(crate) fn clock(&self, offset_ms: Option<i64>, has_implausible_date: bool) {
        if let Some(ms) = offset_ms {
            self.clock_offset_ms.store(ms, Ordering::Relaxed);
        }
        add(&self.implausible_dates, has_implausible_date.into());
    }

    /// Everything that is counted here; the caller adds what it knows itself.
    pub(crate) fn read(&self) -> Stats {
        let sum = |of: fn(&Stripe) -> &AtomicU64| self.stripes.iter().map(|s| get(of(s))).sum();
        let errors = ErrorKind::ALL.iter().zip(&self.errors).map(|(kind, n)| (*kind, get(n)));
        let offset = self.clock_offset_ms.load(Ordering::Relaxed);
        Stats {
            hits_fresh: sum(|stripe| &stripe.fresh),
            hits_refreshing: sum(|stripe| &stripe.refreshing),
            hits_degraded: sum(|stripe| &stripe.degraded),
            waits: get(&self.waits),
            refusals: get(&self.refusals),
            no_room: get(&self.no_room),
            fetches: get(&self.fetches),
            refreshes: get(&self.refreshes),
            errors: errors.filter(|(_, count)| *count > 0).collect(),
            throttled: get(&self.throttled),
            evictions: get(&self.evictions),
            clock_offset_ms: (offset != NO_OFFSET).then_some(offset),
            implausible_dates: get(&self.implausible_dates),
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
}
