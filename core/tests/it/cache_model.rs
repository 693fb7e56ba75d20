//! Random lives of a cache, held against a small oracle that was written from the rules and shares
//! no code with it. `GRANTMINT_LONG=1` plays forty times as many.

mod bench;
mod oracle;

use bench::Bench;
use proptest::prelude::*;

/// The keys in play; few, so that they meet.
const KEYS: usize = 3;

/// One thing that happens. Numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    Get { key: usize, min_remaining: Option<u64>, timeout: Option<u64>, wait: Wait },
    Try { key: usize },
    Prefetch { key: usize },
    KeepWarm { key: usize, seconds: u64 },
    Poll,
    Start(usize),
    Complete { ticket: usize, lifetime_ms: u64 },
    Fail { ticket: usize, kind: usize, retry_after: Option<u64> },
    Abandon(usize),
    Look(usize),
    Cancel(usize),
    Advance { ms: u64 },
    Suspend { seconds: u64 },
    JumpWall { seconds: i32 },
    Invalidate { key: usize },
    InvalidateIf { key: usize, current: bool },
    Rotate,
    Purge,
    Fork,
}

/// How a caller waits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    Look,
    Callback,
    Future,
}

fn op() -> impl Strategy<Value = Op> {
    let key = 0..KEYS;
    let index = 0..1000usize;
    let min_remaining = prop::option::of(prop::sample::select(vec![0, 1, 5, 10, 20, 30]));
    let timeout = prop::option::of(prop::sample::select(vec![0, 1, 30]));
    let wait = prop::sample::select(vec![Wait::Look, Wait::Callback, Wait::Future]);
    let lifetime_ms = prop::sample::select(vec![500, 3000, 7000, 20_000, 60_000, 60_000, 60_000]);
    let retry_after = prop::option::of(prop::sample::select(vec![0, 1, 7, 40, 86_400]));
    let ms = prop::sample::select(vec![1, 40, 100, 700, 1000, 1000, 4000, 5000, 9000, 27_000]);
    let seconds = prop::sample::select(vec![-3600, -45, 20, 45, 3600]);
    prop_oneof![
        10 => (key.clone(), min_remaining, timeout, wait).prop_map(
            |(key, min_remaining, timeout, wait)| Op::Get { key, min_remaining, timeout, wait }
        ),
        3 => key.clone().prop_map(|key| Op::Try { key }),
        1 => key.clone().prop_map(|key| Op::Prefetch { key }),
        1 => (key.clone(), prop::sample::select(vec![0, 30, 300]))
            .prop_map(|(key, seconds)| Op::KeepWarm { key, seconds }),
        1 => Just(Op::Poll),
        4 => index.clone().prop_map(Op::Start),
        6 => (index.clone(), lifetime_ms).prop_map(|(ticket, lifetime_ms)| Op::Complete { ticket, lifetime_ms }),
        5 => (index.clone(), index.clone(), retry_after)
            .prop_map(|(ticket, kind, retry_after)| Op::Fail { ticket, kind, retry_after }),
        1 => index.clone().prop_map(Op::Abandon),
        4 => index.clone().prop_map(Op::Look),
        2 => index.prop_map(Op::Cancel),
        8 => ms.prop_map(|ms| Op::Advance { ms }),
        1 => Just(Op::Suspend { seconds: 90 }),
        1 => seconds.prop_map(|seconds| Op::JumpWall { seconds }),
        1 => key.clone().prop_map(|key| Op::Invalidate { key }),
        1 => (key, any::<bool>()).prop_map(|(key, current)| Op::InvalidateIf { key, current }),
        1 => prop_oneof![Just(Op::Rotate), Just(Op::Purge), Just(Op::Fork)],
    ]
}

fn config(cases: u32) -> ProptestConfig {
    let long = std::env::var_os("GRANTMINT_LONG").is_some_and(|value| value == "1");
    let cases = if long { 40 * cases } else { cases };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn whatever_happens_the_rules_hold(
        ops in prop::collection::vec(op(), 1..150),
        jitter in prop::sample::select(vec![0.0, 0.3, 1.0]),
    ) {
        let mut bench = Bench::new(jitter);
        for op in ops {
            bench.play(op);
        }
        bench.finish();
    }
}

proptest! {
    #![proptest_config(config(100))]

    #[test]
    fn a_flood_of_cold_keys_stays_within_the_rate_limit(
        steps in prop::collection::vec((1..30usize, 0..900u64, any::<bool>()), 1..40),
    ) {
        let mut bench = Bench::new(0.5);
        for (keys, ms, fails) in steps {
            bench.flood(keys, fails);
            bench.play(Op::Advance { ms });
        }
    }
}
