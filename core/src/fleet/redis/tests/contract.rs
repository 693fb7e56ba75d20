//! What holds of every store, of this one, too; by a clock that the tests move.

use std::time::Duration;

use grantmint_redis::{Client, Redis, Reply as Raw};

use super::super::RedisByHand;
use super::super::names::{Names, Of};
use crate::fleet::store::contract::{CHECKS, World};
use crate::fleet::store::{Admitted, Asked, Cell, Ended, Pass, Told};
use crate::fleet::store::{Part, SharedStore, Slot};

/// A server whose stores go by the times of the checks.
struct ByHand(Redis);

impl ByHand {
    fn set(&self, key: &[u8], value: &[u8]) {
        let mut client = Client::connect(self.0.port()).unwrap();
        assert_eq!(client.ask(&[b"SET", key, value]).unwrap(), Raw::Text(b"OK".to_vec()));
    }
}

impl World for ByHand {
    fn store(&self, _: u64) -> Box<dyn SharedStore> {
        Box::new(RedisByHand::new(self.0.port()))
    }

    fn put(&self, part: Part, slot: &Slot, bytes: Vec<u8>) {
        let of = if part == Part::Value { Of::Value } else { Of::Pause };
        self.set(&Names::new("").name(slot, of), &bytes);
    }

    fn put_cell(&self, slot: &Slot, bytes: &[u8]) {
        self.set(&Names::new("").name(slot, Of::Cell), bytes);
    }
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn it_is_a_store() {
    let redis = ByHand(Redis::plain());
    for (name, check) in CHECKS {
        println!("{name}");
        redis.0.ask(["FLUSHALL"]);
        check(&redis);
    }
}

/// Random calls of an account, with random ends, as the rules in Rust and those of the script have them.
#[test]
#[ignore = "needs redis-server: make test-redis"]
fn its_cell_goes_by_the_same_rules() {
    const SECOND: u64 = 1_000_000_000;
    let redis = Redis::plain();
    let store = RedisByHand::new(redis.port());
    let random = numbers(7);
    for round in 0_u8..20 {
        let slot = Slot::new([round; 16]);
        let (mut cell, mut time, mut passes) = (None, 1_000 * SECOND, Vec::new());
        for step in 0..200 {
            time += random(3 * SECOND) / 1000 * 1000;
            let unit = random(1000) as f64 / 1000.0;
            if random(3) > 0 || passes.is_empty() {
                let (rate, most) = (0.5 + unit * 20.0, if random(9) == 0 { 3.0 } else { 50.0 });
                let asked =
                    Asked { call: step + 1, rate, most, lost_after: 5 * SECOND, random: unit };
                let (next, expected) = Cell::admit(cell, &asked, time);
                let admitted = store.admit(&slot, &asked, time).result().unwrap();
                assert!(
                    is_same(&expected, &admitted),
                    "{round}.{step}: {expected:?}, {admitted:?}"
                );
                cell = Some(next);
                if let Admitted::Go(pass) = expected {
                    passes.push(pass);
                }
            } else {
                let pass =
                    passes.swap_remove(usize::try_from(random(passes.len() as u64)).unwrap());
                let how = match random(8) {
                    0 => Ended::Throttled { asked: None, random: unit },
                    1 => Ended::Throttled {
                        asked: Some(Duration::from_secs(random(20))),
                        random: unit,
                    },
                    2 => Ended::Lost,
                    3 => Ended::Unsent,
                    _ => Ended::Answered,
                };
                let told = Told { pass, how };
                cell = Cell::report(cell, &told, time).or(cell);
                store.report(&slot, &told, time).result().unwrap();
            }
        }
    }
}

/// The script counts in microseconds, and adds one, so that nobody comes too early.
fn is_same(expected: &Admitted, admitted: &Admitted) -> bool {
    match (expected, admitted) {
        (Admitted::Go(expected), Admitted::Go(pass)) => {
            let is_near = (expected.rate / pass.rate - 1.0).abs() < 1e-9;
            is_near && *expected == Pass { rate: expected.rate, ..*pass }
        }
        (Admitted::Later(expected), Admitted::Later(at))
        | (Admitted::Cooling(expected), Admitted::Cooling(at)) => expected.abs_diff(*at) < 3_000,
        _ => false,
    }
}

/// Numbers below a limit, the same in each run.
fn numbers(seed: u64) -> impl Fn(u64) -> u64 {
    let state = std::cell::Cell::new(seed);
    move |limit| {
        state.set(
            state
                .get()
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        );
        (state.get() >> 33) % limit
    }
}
