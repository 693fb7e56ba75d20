//! Hits of the grant cache against what they are made of, and against other caches.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use grantmint_bench::rounds::{Contestant, Effort, Times, contestant, on_two_threads};
use grantmint_core::{Begin, BeginOptions, Grant, GrantCache, Handle, Key};
use rustix::time::{ClockId, Timespec, clock_gettime};

use crate::report::Report;

/// A stream with its origin, as playback minters key their grants.
const KEY: &str = "VJ0123456789abcdef0123456789abcdef https://www.example.com";
const TTL: Duration = Duration::from_secs(86_400);
const NAMES: [&str; 5] =
    ["arc-swap load + boot clock", "hit by handle", "hit by key", "moka get", "quick_cache get"];

pub(crate) fn run(report: &mut Report, effort: Effort, identities: &[String]) {
    let all = All::new();
    let mut contestants: [Contestant<'_>; 5] = [
        contestant(|_| all.floor()),
        contestant(|_| all.by_handle()),
        contestant(|_| all.by_key()),
        contestant(|_| all.moka.get(black_box(KEY))),
        contestant(|_| all.quick.get(black_box(KEY))),
    ];
    compare(report, "a hit, one thread", effort, identities, &mut contestants);
    let effort = Effort { calls: effort.calls * 5, ..effort };
    let mut contestants: [Contestant<'_>; 5] = [
        on_two_threads([&all, &all], |all, _| all.floor()),
        on_two_threads([&all, &all], |all, _| all.by_handle()),
        on_two_threads([&all, &all], |all, _| all.by_key()),
        on_two_threads([&all, &all], |all, _| all.moka.get(black_box(KEY))),
        on_two_threads([&all, &all], |all, _| all.quick.get(black_box(KEY))),
    ];
    compare(report, "a hit, two threads on one key", effort, identities, &mut contestants);
}

fn compare(
    report: &mut Report,
    name: &str,
    effort: Effort,
    identities: &[String],
    contestants: &mut [Contestant<'_>],
) {
    let times = Times::measure(effort, identities, contestants);
    report.medians(name, &NAMES, &times);
    report.at_most("hit by handle / floor", times.median_of(|round| round[1] / round[0]), 2.0);
    report.at_least("moka / hit by handle", times.median_of(|round| round[3] / round[1]), 1.0);
    report.at_least(
        "quick_cache / hit by handle",
        times.median_of(|round| round[4] / round[1]),
        1.0,
    );
}

/// The cache and its peers, each with one value under one key.
struct All {
    floor: ArcSwap<u64>,
    cache: GrantCache,
    key: Key,
    handle: Handle,
    moka: moka::sync::Cache<String, Arc<str>>,
    quick: quick_cache::sync::Cache<String, Arc<str>>,
}

impl All {
    fn new() -> Self {
        let grant = "g".repeat(900);
        let cache = GrantCache::builder().build();
        let key = Key::new(KEY, TTL).expect("the key is within its limits");
        match cache.begin(&key, BeginOptions::default()) {
            Ok(Begin::Fetch(ticket, _)) => ticket.complete(Grant::new(grant.as_str()), TTL),
            other => panic!("a cold key has to be fetched: {other:?}"),
        }
        let handle = cache.handle(&key).expect("the key is there");
        let moka = moka::sync::Cache::builder().max_capacity(10_000).time_to_live(TTL).build();
        moka.insert(KEY.to_owned(), Arc::from(grant.as_str()));
        let quick = quick_cache::sync::Cache::new(10_000);
        quick.insert(KEY.to_owned(), Arc::from(grant.as_str()));
        Self { floor: ArcSwap::from_pointee(7), cache, key, handle, moka, quick }
    }

    /// What a hit cannot do without: a pointer that may be exchanged, and the time.
    fn floor(&self) -> (u64, Timespec) {
        (**self.floor.load(), clock_gettime(ClockId::Boottime))
    }

    fn by_handle(&self) -> Duration {
        remaining(self.handle.begin(BeginOptions::default()))
    }

    fn by_key(&self) -> Duration {
        remaining(self.cache.begin(black_box(&self.key), BeginOptions::default()))
    }
}

fn remaining(begun: grantmint_core::Result<Begin>) -> Duration {
    match begun {
        Ok(Begin::Hit(hit)) => black_box(hit).remaining(),
        other => panic!("the grant is there: {other:?}"),
    }
}
