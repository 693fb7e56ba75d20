//! The cases, and what each has to reach.

use grantmint_core::AccountOptions;

use crate::day;
use crate::finding::{Finding, at_least, at_most};
use crate::tally::Tally;
use crate::upstream::{Answer, Limiter, Terms};
use crate::world::Setting;

type Judge = Box<dyn Fn(&Tally) -> Vec<Finding>>;

/// One run and its bars.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) setting: Setting,
    pub(crate) judge: Judge,
}

pub(crate) fn case(
    name: impl Into<String>,
    setting: Setting,
    judge: impl Fn(&Tally) -> Vec<Finding> + 'static,
) -> Case {
    Case { name: name.into(), setting, judge: Box::new(judge) }
}

/// A part of all, in hundredths.
#[allow(clippy::cast_precision_loss, reason = "some million callers")]
pub(crate) fn percent(part: u64, all: u64) -> f64 {
    100.0 * part as f64 / all.max(1) as f64
}

fn served(tally: &Tally) -> f64 {
    percent(tally.served, tally.callers())
}

fn throttled(tally: &Tally) -> f64 {
    percent(tally.throttled, tally.calls)
}

fn closed(tally: &Tally) -> Finding {
    #[allow(clippy::cast_precision_loss, reason = "some calls")]
    let calls = tally.closed_calls as f64;
    at_most("calls in cool-downs and beside probes", calls, 0.0)
}

#[allow(clippy::cast_precision_loss, reason = "some seconds")]
fn recovers(tally: &Tally, from: f64, within: f64) -> Finding {
    let found = tally.recovered(from, 0.99).map_or(f64::INFINITY, |seconds| seconds as f64);
    at_most("seconds until 99 % are served", found, within)
}

pub(crate) fn all(seed: u64) -> Vec<Case> {
    let mut all = Vec::new();
    all.extend(ceilings());
    all.extend(enough());
    all.extend(too_little());
    all.extend(changes());
    all.extend(many_processes());
    all.push(day::case_of("an hour of 10,000 streams", day::HOUR, seed));
    all
}

/// The account has ten calls a second, as everybody knows.
fn ceilings() -> Vec<Case> {
    let ten = AccountOptions::new().calls_per_second(10.0);
    let of = |streams| Setting { streams, options: ten, ..Setting::default() };
    let mut all: Vec<Case> = [300, 400, 500]
        .map(|streams| {
            case(format!("ceiling of 10 a second, {streams} streams"), of(streams), |tally| {
                #[allow(clippy::cast_precision_loss, reason = "some streams")]
                let dark = tally.dark() as f64;
                vec![
                    at_most("streams without a token", dark, 0.0),
                    at_least("% served", served(tally), 99.9),
                ]
            })
        })
        .into();
    let much = Setting { reads: 0.5, duration: 900.0, warm_up: 300.0, ..of(1000) };
    all.push(case("ceiling of 10 a second, 1,000 streams", much, |tally| {
        let classes = tally.classes();
        vec![
            at_least("% of streams served", 100.0 * classes.served, 49.0),
            at_most("% of streams served now and then", 100.0 * classes.now_and_then, 0.5),
            at_most("changes", f64::from(classes.changes), 2.0),
            at_most("% of callers timed out", percent(tally.timed_out, tally.callers()), 0.1),
        ]
    }));
    let lives = Setting { lifetime: Some(600.0), duration: 900.0, warm_up: 300.0, ..of(440) };
    all.push(case("ceiling of 10 a second, 440 streams that come and go", lives, |tally| {
        vec![
            at_most("% refused", percent(tally.refused, tally.callers()), 0.0),
            at_most("median wait of a first caller, s", tally.first_wait(), 0.5),
        ]
    }));
    let short = Setting { ttl: 15, ..of(100) };
    all.push(case("ceiling of 10 a second, 100 streams of 15 s", short, |tally| {
        vec![at_least("% served", served(tally), 99.99)]
    }));
    all
}

/// How upstream counts, in all the ways that are tried.
fn limiters() -> [(&'static str, Limiter); 6] {
    [
        ("bucket", Limiter::Bucket),
        ("window of 1 s", Limiter::Window(1.0)),
        ("window of a minute", Limiter::Window(60.0)),
        ("sliding second", Limiter::Sliding(1.0)),
        ("sliding minute", Limiter::Sliding(60.0)),
        ("late limiter", Limiter::Late),
    ]
}

fn two_thousand(limiter: Limiter, limit: f64) -> Setting {
    let terms = Terms { limiter, limit, ..Terms::default() };
    Setting {
        streams: 2000,
        reads: 0.5,
        terms,
        duration: 900.0,
        warm_up: 180.0,
        ..Setting::default()
    }
}

fn enough() -> Vec<Case> {
    let of = |(name, limiter): (&str, Limiter)| {
        let bar = if limiter == Limiter::Sliding(1.0) { 95.0 } else { 99.5 };
        case(format!("limit of 45 a second, {name}"), two_thousand(limiter, 45.0), move |tally| {
            vec![
                at_least("% served", served(tally), bar),
                at_most("% of calls refused", throttled(tally), 0.3),
                closed(tally),
            ]
        })
    };
    limiters().into_iter().map(of).collect()
}

fn too_little() -> Vec<Case> {
    let of = |(name, limiter): (&str, Limiter)| {
        let (bar, mixed, refused) = match limiter {
            Limiter::Bucket => (50.0, 0.5, 1.0),
            Limiter::Window(1.0) => (43.0, 0.5, 1.0),
            Limiter::Sliding(1.0) => (40.0, 0.5, 1.0),
            Limiter::Late => (40.0, 3.0, 4.0),
            Limiter::Sliding(_) => (47.0, 20.0, 4.0),
            _ => (47.0, 20.0, 1.0),
        };
        let setting = Setting { duration: 1200.0, warm_up: 300.0, ..two_thousand(limiter, 20.0) };
        case(format!("limit of 20 a second, {name}"), setting, move |tally| {
            vec![
                at_least("% served", served(tally), bar),
                at_most(
                    "% of streams served now and then",
                    100.0 * tally.classes().now_and_then,
                    mixed,
                ),
                at_most("% of calls refused", throttled(tally), refused),
                closed(tally),
            ]
        })
    };
    limiters().into_iter().map(of).collect()
}

fn changes() -> Vec<Case> {
    let falls = Terms {
        changes: vec![(400.0, 0.2), (700.0, 1.0)],
        ..two_thousand(Limiter::Bucket, 100.0).terms
    };
    let falls = Setting {
        terms: falls,
        duration: 1000.0,
        warm_up: 400.0,
        ..two_thousand(Limiter::Bucket, 100.0)
    };
    let cold =
        Setting { reads: 2.0, duration: 60.0, warm_up: 5.0, ..two_thousand(Limiter::None, 0.0) };
    let outage = |answer| {
        let outages = vec![(200.0, 220.0, answer)];
        let terms = Terms { outages, limiter: Limiter::Bucket, limit: 100.0, ..Terms::default() };
        Setting { terms, duration: 380.0, ..Setting::default() }
    };
    let floor = Terms {
        changes: vec![(0.0, 1.0), (100.0, 0.0), (400.0, 1.0)],
        limiter: Limiter::Bucket,
        limit: 100.0,
        ..Terms::default()
    };
    let floor = Setting { terms: floor, duration: 600.0, warm_up: 100.0, ..Setting::default() };
    vec![
        case("limit from 100 to 20 and back", falls, |tally| {
            vec![recovers(tally, 700.0, 60.0), closed(tally)]
        }),
        case("no limit, 2,000 streams from cold", cold, |tally| {
            vec![
                at_least("% served from second 5 on", served(tally), 99.0),
                at_most("last stream served after, s", tally.last_first, 12.0),
            ]
        }),
        case("20 s of 503s, 300 streams", outage(Answer::Unavailable), |tally| {
            vec![
                at_most("% refused", percent(tally.refused, tally.callers()), 0.0),
                at_most("% of calls lost", percent(tally.lost, tally.calls), 2.0),
            ]
        }),
        case("20 s of silence, 300 streams", outage(Answer::Silence), |tally| {
            vec![at_most("% refused", percent(tally.refused, tally.callers()), 0.0)]
        }),
        case("nothing let through for 300 s", floor, |tally| {
            vec![recovers(tally, 400.0, 60.0), closed(tally)]
        }),
    ]
}

fn many_processes() -> Vec<Case> {
    let terms = Terms { limiter: Limiter::Bucket, limit: 30.0, ..Terms::default() };
    let setting = Setting {
        streams: 20,
        processes: 50,
        reads: 1.0,
        terms,
        late: 400.0,
        duration: 900.0,
        warm_up: 500.0,
        ..Setting::default()
    };
    vec![case("50 processes of 20 streams, limit of 30 a second", setting, |tally| {
        vec![
            at_least("% served", served(tally), 99.5),
            at_most("% of calls refused", throttled(tally), 2.0),
            at_least("evenness (Jain)", tally.fairness(), 0.95),
            closed(tally),
        ]
    })]
}
