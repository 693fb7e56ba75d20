//! Forked children of a busy parent, over real sockets: nothing hangs, both sides are right, and the
//! child makes no call that it need not.
//!
//! A program of its own without the usual harness: its tests run one after the other, so that no
//! thread of another test is around when this one forks, and a watchdog ends it should one hang.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "it reports as the usual harness does")]

#[cfg(unix)]
mod child;
#[cfg(unix)]
mod crowd;
#[cfg(unix)]
mod limits;
#[cfg(all(feature = "fleet-redis", target_os = "linux"))]
mod redis;
#[cfg(unix)]
mod sockets;
#[cfg(unix)]
mod state;
#[cfg(unix)]
mod support;

/// There is no fork here.
#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() {
    let wanted = std::env::args().nth(1).filter(|name| !name.starts_with('-')).unwrap_or_default();
    let tests: Vec<(&str, fn())> =
        [crowd::TESTS, limits::TESTS, sockets::TESTS, state::TESTS].concat();
    #[cfg(all(feature = "fleet-redis", target_os = "linux"))]
    let (wanted, tests) = match &*wanted {
        "redis" => (String::new(), redis::TESTS.to_vec()),
        _ => (wanted, tests),
    };
    for (name, test) in tests.into_iter().filter(|(name, _)| name.contains(&wanted)) {
        let watchdog = support::Watchdog::over(name);
        test();
        println!("test {name} ... ok in {:?}", watchdog.call_off());
    }
}
