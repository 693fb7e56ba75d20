//! The store on real servers, which `make test-redis` sees to. Elsewhere these are passed over.

mod bad;
mod contract;
mod faults;
mod moving;
mod ways;

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{RedisOptions, open};
use crate::clock::Clock;
use crate::fleet::store::contract::{SLOT, grant, wanted};
use crate::fleet::store::{
    Answered, Chair, Claim, Head, Lease, Seen, SharedStore, StoreClock, Target, Trouble, Wanted,
};

const SECOND: u64 = 1_000_000_000;
/// Longer than anything takes that works.
const LONG: Duration = Duration::from_secs(10);

fn now() -> u64 {
    Clock::system().now().boot_nanos()
}

fn options(url: &str) -> RedisOptions {
    let mut options = RedisOptions::new(url).unwrap();
    options.set_timeout(Duration::from_secs(2)).unwrap();
    options
}

fn store(url: &str) -> Arc<dyn SharedStore> {
    open(&options(url)).unwrap()
}

fn at_port(port: u16) -> Arc<dyn SharedStore> {
    store(&format!("redis://127.0.0.1:{port}"))
}

/// A claim of a value that is good for five seconds more.
fn claim_as(store: &dyn SharedStore, wanted: &Wanted) -> Answered<Claim> {
    let time = now();
    store.claim(&Wanted { end: time + 5 * SECOND, ..wanted.clone() }, time).wait()
}

fn claim(store: &dyn SharedStore) -> Result<Claim, Trouble> {
    claim_as(store, &wanted()).result
}

/// A lease, whatever of [`works`] is there.
fn lease(store: &dyn SharedStore) -> (Lease, Seen, StoreClock) {
    let wanted = Wanted { not: [Some(7), Some(77)], ..wanted() };
    let Answered { result, clock } = claim_as(store, &wanted);
    match result {
        Ok(Claim::Lease(lease, seen, _)) => (lease, seen, clock),
        other => panic!("no lease: {other:?}"),
    }
}

fn is_busy(store: &dyn SharedStore) -> bool {
    let wanted = Wanted { not: [Some(7), Some(77)], ..wanted() };
    matches!(claim_as(store, &wanted).result, Ok(Claim::Busy(_)))
}

/// Publishes a grant that lives for so long from now on; whether it counts.
fn publish(
    store: &dyn SharedStore,
    (lease, seen, clock): &(Lease, Seen, StoreClock),
    generation: u64,
    lifetime: u64,
) -> bool {
    let seen = seen.head.map(|head| head.generation);
    let target = Target { slot: &SLOT, group: &wanted().group, lease: Some(lease), seen };
    let grant = grant(generation, clock.in_store(now() + lifetime));
    store.publish(&target, &grant, now()).result().unwrap()
}

/// The generation of the value that a claim finds, and when it ends, in nanoseconds since boot.
fn value(store: &dyn SharedStore) -> Option<(u64, u64)> {
    let wanted = Wanted { chair: Chair::None, ..wanted() };
    let Answered { result, clock } = claim_as(store, &wanted);
    match result {
        Ok(Claim::Value(value)) => {
            let head = Head::read(&value)?;
            Some((head.generation, clock.since_boot(head.end)))
        }
        _ => None,
    }
}

/// Tries until it is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONG * 2, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a fleet works over this store: another that is as good finds what it leaves.
fn works(store: &dyn SharedStore) {
    let held = lease(store);
    assert!(is_busy(store));
    assert!(publish(store, &held, 77, 60 * SECOND));
    assert_eq!(value(store).map(|(generation, _)| generation), Some(77));
}
