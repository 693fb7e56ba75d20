//! Many streams for a long time, while limits, latencies and outages change at random: does a stream starve
//! while calls are left, and does the rate end where it began?

use fastrand::Rng;
use grantmint_core::{AccountOptions, CachePolicy};

use crate::bars::{Case, case, percent};
use crate::finding::{Finding, at_most, figure};
use crate::tally::Tally;
use crate::upstream::{Answer, Limiter, Terms};
use crate::world::Setting;

const STREAMS: usize = 10_000;
/// The limit at the start and at the end, in calls per second: less than the streams need, so that it is felt.
const LIMIT: f64 = 150.0;
/// The limits between: from a third of what the streams need to three times as much.
const LIMITS: (f64, f64) = (60.0, 600.0);
/// Latencies, in seconds.
const LATENCIES: (f64, f64) = (0.05, 0.8);
/// After a change, a stream may have to wait for so long before it counts as starving, in seconds.
const SETTLED: f64 = 240.0;
/// A stream starves if calls are left: if fewer than this part of the limit were answered.
const USED: f64 = 0.85;

/// How long a run is, and its steady start and end, in seconds.
#[derive(Clone, Copy)]
pub(crate) struct Length {
    duration: f64,
    edge: f64,
    /// The longest time between two limits.
    limit_for: f64,
}

pub(crate) const HOUR: Length = Length { duration: 3600.0, edge: 600.0, limit_for: 900.0 };
pub(crate) const DAY: Length = Length { duration: 86_400.0, edge: 2400.0, limit_for: 2400.0 };

pub(crate) fn case_of(name: &str, length: Length, seed: u64) -> Case {
    let terms = terms(length, &mut Rng::with_seed(seed));
    let policy = CachePolicy::builder().max_keys(2 * STREAMS).build();
    let setting = Setting {
        streams: STREAMS,
        reads: 0.2,
        // At a latency of 0.8 s, 64 requests in flight would be less than the streams need.
        options: AccountOptions::new().max_fetches(1024),
        policy: policy.expect("a policy of a case"),
        terms: terms.clone(),
        duration: length.duration,
        warm_up: length.edge / 2.0,
        ..Setting::default()
    };
    case(name, setting, move |tally| judge(&terms, length, tally))
}

/// Limits, latencies and outages, one after the other at random.
fn terms(length: Length, random: &mut Rng) -> Terms {
    let end = length.duration - length.edge;
    let mut terms = Terms {
        limiter: Limiter::Bucket,
        limit: LIMIT,
        changes: vec![(0.0, 1.0)],
        ..Terms::default()
    };
    for from in times(length, 1.0, random) {
        let limit = between(LIMITS, random);
        terms.changes.push((from, limit / LIMIT));
    }
    terms.changes.push((end, 1.0));
    let usual = terms.latency(0.0);
    for from in times(length, 0.5, random) {
        let (least, most) = LATENCIES;
        terms.latencies.push((from, least * (most / least).powf(random.f64())));
    }
    terms.latencies.push((end, usual));
    for from in times(length, 1.5, random) {
        let to = (from + between((5.0, 120.0), random)).min(end);
        let answers = [Answer::Unavailable, Answer::Silence, Answer::Throttled(None)];
        terms.outages.push((from, to, answers[random.usize(..answers.len())]));
    }
    terms
}

/// Times between the steady start and the steady end, and so many times the longest time of a limit apart.
fn times(length: Length, apart: f64, random: &mut Rng) -> Vec<f64> {
    let most = apart * length.limit_for;
    let mut time = length.edge;
    let mut times = Vec::new();
    while time < length.duration - length.edge {
        times.push(time);
        time += between((0.3 * most, most), random);
    }
    times
}

fn between((least, most): (f64, f64), random: &mut Rng) -> f64 {
    least + (most - least) * random.f64()
}

fn judge(terms: &Terms, length: Length, tally: &Tally) -> Vec<Finding> {
    let (mut settled, mut starved, mut left) = (0u32, 0usize, 0usize);
    for minute in 0..whole(length.duration / 60.0) {
        let (from, to) = (60.0 * f64::from(minute), 60.0 * f64::from(minute + 1));
        if !is_settled(terms, from - SETTLED, to) {
            continue;
        }
        settled += 1;
        let of_minute = tally.starved(minute as usize);
        starved += of_minute;
        if f64::from(tally.accepted_in(minute as usize)) < USED * 60.0 * terms.limit(from) {
            left += of_minute;
        }
    }
    let (start, end) = (length.edge, length.duration);
    let before = tally.mean_rate(start / 2.0, start);
    let after = tally.mean_rate(end - start / 2.0, end);
    vec![
        at_most("streams' minutes of no token while calls were left", left as f64, 0.0),
        at_most("rate at the end beside that at the start, % away", away(after, before), 10.0),
        at_most("calls in cool-downs and beside probes", tally.closed_calls as f64, 0.0),
        figure("rate at the start, calls a second", before),
        figure("minutes that were judged", f64::from(settled)),
        figure("streams' minutes of no token in these", starved as f64),
        figure("% served, in all", percent(tally.served, tally.callers())),
        figure("% of calls refused, in all", percent(tally.throttled, tally.calls)),
    ]
}

/// Whether neither the limit nor whether upstream answers has changed between two times.
fn is_settled(terms: &Terms, from: f64, to: f64) -> bool {
    let is_within = |time: f64| (from..to).contains(&time);
    let is_out = |(begins, ends, _): &(f64, f64, Answer)| *begins < to && *ends > from;
    from >= 0.0
        && !terms.changes.iter().any(|(time, _)| is_within(*time))
        && !terms.outages.iter().any(is_out)
}

/// How far one is from the other, in hundredths.
fn away(value: f64, from: f64) -> f64 {
    100.0 * (value / from.max(f64::MIN_POSITIVE) - 1.0).abs()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a day has 1,440 minutes"
)]
fn whole(minutes: f64) -> u32 {
    minutes as u32
}
