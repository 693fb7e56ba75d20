//! An audience against a real upstream, by real clocks: how many calls it costs, and that nobody
//! notices. Minutes long under `make test-long`.

use std::time::{Duration, Instant};

use grantmint_core::{ErrorKind, Freshness, PlaybackMinter};
use grantmint_emulator::{Emulator, Fault, FaultKind};

use crate::support::load::Audience;
use crate::support::{STREAMER, early, emulator, eventually, long, minter_of};

/// Half the lifetime of the shortest windows, so that nothing is asserted to the millisecond.
const TICK: Duration = Duration::from_millis(5);

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

fn waits(live: &PlaybackMinter) -> u64 {
    live.stats().unwrap().waits
}

fn sleep_until(time: Instant) {
    std::thread::sleep(time.saturating_duration_since(Instant::now()));
}

#[test]
fn two_thousand_reads_a_second_cost_one_call_per_refresh_and_nobody_waits() {
    // Net of the margin a grant of 60 s has 58 and one of 6 s has 5; it is refreshed at the earliest
    // with 35, or 3.6, seconds left.
    let (ttl, time, at_most) = if long() { (60, seconds(300), 14) } else { (6, seconds(14), 11) };
    let emulator = emulator();
    let live = minter_of(&emulator).grant_ttl(ttl).build().unwrap();
    let start = Instant::now();
    live.token(STREAMER, "the first").unwrap();
    let audience = Audience::of(&live, 16, Duration::from_millis(8));
    sleep_until(start + time);
    let seen = audience.stop();
    let calls = emulator.counters().requests;
    println!(
        "ttl {ttl}, {time:?}: {} reads, {calls} calls, longest {:?}",
        seen.reads, seen.longest
    );
    assert_eq!(seen.errors, []);
    assert!(calls > 1 && calls <= at_most, "{calls} calls");
    assert_eq!(waits(&live), 1, "only the first waits");
    assert!(seen.reads > 1000 * time.as_secs(), "{} reads in {time:?}", seen.reads);
    emulator.play(&live.token(STREAMER, "the last").unwrap().jwt, None).unwrap();
}

#[test]
fn an_upstream_that_is_down_is_not_noticed() {
    // When the trouble starts, a refresh is about to be due; when it ends, the grant is still good.
    let (ttl, after, down) = if long() { (60, 13, 20) } else { (15, 3, 7) };
    let emulator = emulator();
    let policy = early().build().unwrap();
    let live = minter_of(&emulator).grant_ttl(ttl).policy(policy).build().unwrap();
    let start = Instant::now();
    let first = live.token(STREAMER, "alice").unwrap();
    let audience = Audience::of(&live, 8, TICK);
    sleep_until(start + seconds(after));
    emulator.add_fault(Fault::new(FaultKind::status(503))).unwrap();
    sleep_until(start + seconds(after + down));
    let attempts = emulator.counters().requests - 1;
    let token = live.token(STREAMER, "bob").unwrap();
    assert_eq!((token.freshness, token.generation), (Freshness::Degraded, first.generation));
    assert_eq!(token.reason.unwrap().kind(), ErrorKind::UpstreamUnavailable);
    emulator.clear_faults();
    eventually("the first grant after the trouble", || {
        live.token(STREAMER, "carol").unwrap().freshness == Freshness::Fresh
    });
    let seen = audience.stop();
    println!("down for {down} s: {} reads, {attempts} attempts, {:?}", seen.reads, seen.longest);
    assert_eq!(seen.errors, []);
    assert!((1..=down).contains(&attempts), "{attempts} attempts in {down} s");
    assert_eq!(waits(&live), 1);
}

#[test]
fn a_429_is_obeyed_to_the_second_and_ended_by_one_probe() {
    let (ttl, asked) = if long() { (60, 10) } else { (8, 2) };
    let emulator = emulator();
    let policy = early().build().unwrap();
    let live = minter_of(&emulator).grant_ttl(ttl).policy(policy).build().unwrap();
    live.token(STREAMER, "alice").unwrap();
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(asked))).times(1)).unwrap();
    let audience = Audience::of(&live, 8, TICK);
    let refused = when_called(&emulator, 2);
    // The probe is slow, so that a second one would have time to show itself.
    emulator.add_fault(Fault::new(FaultKind::latency(300))).unwrap();
    std::thread::sleep(seconds(u64::from(asked)) - Duration::from_millis(200));
    assert_eq!(emulator.counters().requests, 2, "no call before the cool-down is over");
    let token = live.token(STREAMER, "bob").unwrap();
    assert_eq!(token.reason.as_ref().unwrap().kind(), ErrorKind::Throttled);
    assert!(token.retry_after().unwrap() <= seconds(u64::from(asked)) * 5 / 4);
    let probed = when_called(&emulator, 3);
    eventually("the probe is answered", || {
        live.token(STREAMER, "carol").unwrap().freshness == Freshness::Fresh
    });
    let seen = audience.stop();
    let paused = probed - refused;
    println!("429 with Retry-After {asked}: {} reads, probe after {paused} ms", seen.reads);
    assert_eq!(seen.errors, []);
    assert_eq!(emulator.counters().requests, 3, "one probe");
    assert!(paused >= u64::from(asked) * 1000 - 5, "{paused} ms");
    assert_eq!(waits(&live), 1);
}

/// Waits for a call of this number, and tells when it came, in unix milliseconds.
fn when_called(emulator: &Emulator, number: u64) -> u64 {
    let start = Instant::now();
    while emulator.counters().requests < number {
        assert!(start.elapsed() < seconds(60), "call {number} does not come");
        std::thread::sleep(TICK);
    }
    emulator.counters().last_request_ms.unwrap()
}
