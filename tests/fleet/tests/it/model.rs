//! Three processes and two keys in orders that are drawn: what holds in every one of them, whatever the store does.

mod world;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use world::{Fails, Setting, Step, World};

fn step() -> impl Strategy<Value = Step> {
    let (process, key) = (0..world::PROCESSES, 0..world::KEYS);
    let fails = prop_oneof![
        Just(Fails::NotFound),
        Just(Fails::Unauthorized),
        Just(Fails::Unavailable(3)),
        Just(Fails::Connect),
        Just(Fails::Throttled(None)),
        Just(Fails::Throttled(Some(4))),
    ];
    prop_oneof![
        12 => (process.clone(), key.clone(), prop_oneof![3 => Just(None), 1 => (0..=30_u64).prop_map(Some)])
            .prop_map(|(process, key, promise)| Step::Get { process, key, promise }),
        6 => (any::<usize>(), prop_oneof![3 => Just(60), 1 => 1..60_u64])
            .prop_map(|(which, lifetime)| Step::Complete { which, lifetime }),
        3 => (any::<usize>(), fails).prop_map(|(which, fails)| Step::Fail { which, fails }),
        1 => any::<usize>().prop_map(|which| Step::Abandon { which }),
        6 => (0..500_u64).prop_map(|millis| Step::Advance { millis }),
        4 => (500..8_000_u64).prop_map(|millis| Step::Advance { millis }),
        2 => (8_000..40_000_u64).prop_map(|millis| Step::Advance { millis }),
        1 => (-90.0..90.0).prop_map(|seconds| Step::JumpWall { seconds }),
        1 => (process.clone(), key).prop_map(|(process, key)| Step::Invalidate { process, key }),
        1 => process.clone().prop_map(|process| Step::Purge { process }),
        1 => process.prop_map(|process| Step::Kill { process }),
        1 => Just(Step::Flush),
    ]
}

fn setting() -> impl Strategy<Value = Setting> {
    let failing = prop_oneof![2 => Just(0.0), 1 => Just(0.02), 1 => Just(0.3), 1 => Just(1.0)];
    let hosts = prop_oneof![2 => Just(0), 1 => Just(1), 1 => Just(2)];
    (any::<u64>(), failing, any::<bool>(), hosts).prop_map(
        |(seed, failing, rate_limited, hosts)| Setting { seed, failing, rate_limited, hosts },
    )
}

/// Another number of cases, for a longer run.
fn cases() -> u32 {
    std::env::var("GRANTMINT_FLEET_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(256)
}

#[test]
fn in_every_order_nobody_waits_in_vain_or_is_handed_what_is_not_good() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let rng_seed = RngSeed::Fixed(seed);
    let config =
        Config { cases: cases(), rng_seed, failure_persistence: None, ..Config::default() };
    proptest!(config, |(setting in setting(), steps in prop::collection::vec(step(), 1..80))| {
        World::new(setting).run(&steps);
    });
}
