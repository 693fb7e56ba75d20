//! The runs, and what each has to reach.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{ApiKey, PlaybackMinter, Stats};
use grantmint_emulator::{DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET};

use super::load::Load;
use super::seen::{Row, SPAN, Seen};
use super::upstream::Upstream;
use super::usage::Usage;
use super::watched::{Told, Watched, Way};
use crate::bars::percent;
use crate::finding::{Finding, at_least, at_most, figure};

/// The one that is short.
pub(super) const SMOKE: &str = "smoke";

/// Times are in seconds, and multiples of five.
pub(super) struct Run {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    streams: usize,
    /// Callers a second, of all streams.
    callers: f64,
    /// Threads that wait for their tokens, beside those callers.
    threads: u64,
    /// The lifetime of grants.
    ttl: u32,
    /// From when on upstream lets through how many requests per second; 0 for no limit.
    limits: &'static [(u32, f64)],
    warm_up: u32,
    duration: u32,
    pub(super) judge: fn(&Seen) -> Vec<Finding>,
}

pub(super) fn all() -> [Run; 6] {
    [
        Run {
            name: SMOKE,
            what: "200 streams of 15 s, no limit",
            streams: 200,
            callers: 400.0,
            threads: 0,
            ttl: 15,
            limits: &[(0, 0.0)],
            warm_up: 10,
            duration: 15,
            judge: |seen| [in_order(seen, 10.0), used(seen)].into_iter().flatten().collect(),
        },
        Run {
            name: "no-limit",
            what: "2,000 streams from cold, no limit, 4,000 callers a second for three minutes",
            streams: 2000,
            callers: 4000.0,
            threads: 0,
            ttl: 60,
            limits: &[(0, 0.0)],
            warm_up: 15,
            duration: 195,
            judge: |seen| [in_order(seen, 15.0), used(seen)].into_iter().flatten().collect(),
        },
        Run {
            name: "enough",
            what: "1,000 streams, limit of 50 a second",
            streams: 1000,
            callers: 2000.0,
            threads: 0,
            ttl: 60,
            limits: &[(0, 50.0)],
            warm_up: 60,
            duration: 300,
            judge: enough,
        },
        Run {
            name: "barely",
            what: "1,000 streams, limit of 20 a second",
            streams: 1000,
            callers: 2000.0,
            threads: 0,
            ttl: 60,
            limits: &[(0, 20.0)],
            warm_up: 120,
            duration: 420,
            judge: barely,
        },
        Run {
            name: "too-little",
            what: "2,000 streams, limit of 20 a second",
            streams: 2000,
            callers: 4000.0,
            threads: 4,
            ttl: 60,
            limits: &[(0, 20.0)],
            warm_up: 120,
            duration: 420,
            judge: too_little,
        },
        Run {
            name: "changes",
            what: "2,000 streams, limit from 100 to 20 and back",
            streams: 2000,
            callers: 4000.0,
            threads: 0,
            ttl: 60,
            limits: &[(0, 100.0), (FALLS, 20.0), (RISES, 100.0)],
            warm_up: 60,
            duration: 480,
            judge: changes,
        },
    ]
}

/// When the limit changes.
const FALLS: u32 = 120;
const RISES: u32 = 300;

fn in_order(seen: &Seen, warm_within: f64) -> Vec<Finding> {
    vec![
        at_most("last stream served after, s", seen.tally.last_first, warm_within),
        at_most("errors after the warm-up", seen.errors() as f64, 0.0),
        at_most("degraded after the warm-up", seen.risen(|stats| stats.hits_degraded) as f64, 0.0),
        figure("callers after the warm-up", seen.tally.callers() as f64),
    ]
}

/// The processor time is that of the callers, too.
fn used(seen: &Seen) -> Vec<Finding> {
    let [before, after] = seen.usage;
    vec![
        figure("requests after the warm-up", seen.risen(|stats| stats.fetches) as f64),
        figure("% of requests refused", throttled(seen)),
        figure("processor time after the warm-up, s", after.cpu - before.cpu),
        figure("resident memory after the warm-up, MiB", before.resident),
        figure("resident memory at the end, MiB", after.resident),
        figure("most resident memory, MiB", after.peak),
        figure("threads at the end", after.threads),
    ]
}

fn throttled(seen: &Seen) -> f64 {
    percent(seen.risen(|stats| stats.throttled), seen.risen(|stats| stats.fetches))
}

fn served(seen: &Seen) -> f64 {
    percent(seen.tally.served, seen.tally.callers())
}

fn enough(seen: &Seen) -> Vec<Finding> {
    let mut findings = vec![
        at_most("last error after, s", seen.last_error, 60.0),
        at_most("% of requests refused after the warm-up", throttled(seen), 1.0),
        figure("last stream served after, s", seen.tally.last_first),
    ];
    findings.extend(used(seen));
    findings
}

fn barely(seen: &Seen) -> Vec<Finding> {
    let mut findings = vec![
        at_least("% of callers served", served(seen), 99.5),
        at_most("% of requests refused after the warm-up", throttled(seen), 1.0),
    ];
    findings.extend(used(seen));
    findings
}

fn too_little(seen: &Seen) -> Vec<Finding> {
    let classes = seen.tally.classes();
    let mut findings = vec![
        at_most("% of streams served now and then", 100.0 * classes.now_and_then, 1.0),
        at_most("changes between served and not served", f64::from(classes.changes), 2.0),
        figure("% of streams served", 100.0 * classes.served),
        figure("% of callers served", served(seen)),
    ];
    let ways = [
        (Way::CallBack, ["token_then refuses, p99, ms", "token_then refuses, slowest, ms"]),
        (Way::Wait, ["token refuses, p99, ms", "token refuses, slowest, ms"]),
        (Way::Try, ["try_token has none, p99, ms", "try_token has none, slowest, ms"]),
    ];
    for (way, [nearly_all, slowest]) in ways {
        findings.push(at_most(nearly_all, seen.refused_within(way, 0.99).0, 10.0));
        let (time, count) = seen.refused_within(way, 1.0);
        findings.push(at_most(slowest, time, 10.0));
        findings.push(figure("  refusals of that", count as f64));
    }
    findings.extend(used(seen));
    findings
}

fn changes(seen: &Seen) -> Vec<Finding> {
    let of = |from: u32, to: u32| {
        let rows = seen.rows.iter().filter(move |row| row.second > from && row.second <= to);
        rows.fold((0, 0), |(all, refused), row| (all + row.requests, refused + row.throttled))
    };
    let refused = |from, to| {
        let (all, refused) = of(from, to);
        percent(refused, all)
    };
    let recovered = seen.tally.recovered(f64::from(RISES), 0.99);
    let recovered = recovered.map_or(f64::INFINITY, |seconds| seconds as f64);
    let mut findings = vec![
        at_most("seconds until 99 % are served after the rise", recovered, 60.0),
        at_most("% of requests refused at 100 a second", refused(60, FALLS), 1.0),
        at_most(
            "% of requests refused at 20, from the first minute on",
            refused(FALLS + 60, RISES),
            2.0,
        ),
        at_most("% of requests refused at 100 again", refused(RISES, u32::MAX), 1.0),
        at_least(
            "requests a second at 20, from the first minute on",
            of(FALLS + 60, RISES).0 as f64 / f64::from(RISES - FALLS - 60),
            17.0,
        ),
    ];
    findings.extend(used(seen));
    findings
}

impl Run {
    pub(super) fn run(&self) -> Seen {
        let mut upstream = Upstream::start(self.limits[0].1);
        let minter = self.minter(&upstream.url);
        let (duration, warm_up) = (f64::from(self.duration), f64::from(self.warm_up));
        let watched = Arc::new(Watched::new(self.streams, duration, warm_up));
        let load = Load::new(minter.clone(), self.streams, Arc::clone(&watched));
        let end = Duration::from_secs(u64::from(self.duration));
        let (rows, marks) = thread::scope(|scope| {
            scope.spawn(|| load.come(self.callers, end));
            for number in 0..self.threads {
                let load = &load;
                scope.spawn(move || load.wait(number, end));
            }
            self.look_on(&mut upstream, &minter, &watched)
        });
        drop(load);
        minter.close();
        Seen::new(ended(watched), rows, marks)
    }

    fn minter(&self, url: &str) -> PlaybackMinter {
        let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET);
        let builder = PlaybackMinter::builder(&key.expect("the emulator's key")).base_url(url);
        builder.grant_ttl(self.ttl).isolated().build().expect("a minter")
    }

    /// Looks on every five seconds, and changes the limit.
    fn look_on(
        &self,
        upstream: &mut Upstream,
        minter: &PlaybackMinter,
        watched: &Watched,
    ) -> (Vec<Row>, [(Stats, Usage); 2]) {
        let stats = || minter.stats().expect("the minter is open");
        let mark = || (stats(), Usage::now());
        let (mut rows, mut before, mut warm) = (Vec::new(), Stats::default(), mark());
        for second in (SPAN..=self.duration).step_by(SPAN as usize) {
            let due = watched.start() + Duration::from_secs(u64::from(second));
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let now = stats();
            rows.push(Row {
                second,
                limit: self.limit(second - SPAN),
                rate: now.calls_per_second.unwrap_or(0.0),
                requests: now.fetches - before.fetches,
                throttled: now.throttled - before.throttled,
                streams_served: watched.served_lately(),
            });
            before = now;
            if second == self.warm_up {
                warm = mark();
            }
            if self.limit(second) != self.limit(second - SPAN) {
                upstream.set_limit(self.limit(second));
            }
        }
        (rows, [warm, mark()])
    }

    /// The limit from a second on.
    fn limit(&self, second: u32) -> f64 {
        let begun = self.limits.iter().rev().find(|(from, _)| *from <= second);
        begun.map_or(0.0, |(_, limit)| *limit)
    }
}

/// What callers were told, once the last of them has been.
fn ended(mut watched: Arc<Watched>) -> Told {
    loop {
        match Arc::try_unwrap(watched) {
            Ok(watched) => return watched.end(),
            Err(shared) => watched = shared,
        }
        thread::sleep(Duration::from_millis(10));
    }
}
