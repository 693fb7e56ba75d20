//! A minter for each request: what is found of those that are gone, over real sockets and in real time.

use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{ApiKey, ErrorKind, PlaybackMinter};
use grantmint_emulator::{Emulator, Fault, FaultKind};

use crate::support::{STREAMER, emulator, eventually, key, minter, minter_of, refusal, streamer};

/// Between two requests of a handler.
const PAUSE: Duration = Duration::from_millis(60);

/// What a handler does that makes a minter of its own.
fn handle(emulator: &Emulator, streamer: &str) -> grantmint_core::Result<String> {
    thread::sleep(PAUSE);
    minter(emulator).token(streamer, "alice").map(|token| token.jwt)
}

#[test]
fn fifty_requests_with_a_minter_each_cost_one_call() {
    let emulator = emulator();
    for _ in 0..50 {
        handle(&emulator, STREAMER).unwrap();
    }
    emulator.play(&handle(&emulator, STREAMER).unwrap(), None).unwrap();
    for _ in 0..10 {
        thread::sleep(PAUSE);
        let live = minter(&emulator);
        live.token(STREAMER, "alice").unwrap();
        live.close();
    }
    assert_eq!(emulator.counters().requests, 1);
}

#[test]
fn a_throttled_account_is_left_alone_by_minters_that_come_later() {
    let emulator = emulator();
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(5)))).unwrap();
    for number in 1..=21 {
        assert_eq!(handle(&emulator, &streamer(number)).unwrap_err().kind(), ErrorKind::Throttled);
    }
    assert_eq!(emulator.counters().requests, 1);
}

#[test]
fn minters_for_one_request_share_a_connection() {
    let emulator = emulator();
    for number in 1..=10 {
        handle(&emulator, &streamer(number)).unwrap();
    }
    let counters = emulator.counters();
    assert_eq!((counters.requests, counters.connections), (10, 1));
    for number in 11..=13 {
        let live = minter_of(&emulator).isolated().build().unwrap();
        live.token(&streamer(number), "alice").unwrap();
    }
    assert_eq!(emulator.counters().connections, 4, "who is isolated has its own");
}

#[test]
fn another_secret_finds_nothing() {
    let emulator = emulator();
    minter(&emulator).token(STREAMER, "alice").unwrap();
    let (account, key) = (*key().account_sid(), *key().key_sid());
    let wrong = ApiKey::new(account.as_str(), key.as_str(), "another secret").unwrap();
    let live = PlaybackMinter::builder(&wrong).base_url(emulator.base_url()).build().unwrap();
    assert_eq!(refusal(&live), ErrorKind::UpstreamUnauthorized);
    assert_eq!(emulator.counters().requests, 2);
}

#[test]
fn an_isolated_minter_leaves_nothing() {
    let emulator = emulator();
    for _ in 0..3 {
        let live = minter_of(&emulator).isolated().build().unwrap();
        live.token(STREAMER, "alice").unwrap();
    }
    assert_eq!(emulator.counters().requests, 3);
}

#[test]
fn what_was_purged_is_not_found() {
    let emulator = emulator();
    let live = minter(&emulator);
    live.token(STREAMER, "alice").unwrap();
    live.purge().unwrap();
    live.close();
    drop(live);
    minter(&emulator).token(STREAMER, "alice").unwrap();
    assert_eq!(emulator.counters().requests, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn an_idle_connection_is_closed_after_four_seconds_in_use_or_not() {
    let emulator = emulator();
    let live = minter(&emulator);
    live.token(STREAMER, "alice").unwrap();
    let start = Instant::now();
    assert_eq!(connections_to(&emulator), 1);
    eventually("it is closed", || {
        start.elapsed() > Duration::from_secs(5) || connections_to(&emulator) == 0
    });
    assert!(start.elapsed() > Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(connections_to(&emulator), 0);
    drop(live);
}

/// How many connections to an emulator this process has open as their client.
#[cfg(target_os = "linux")]
fn connections_to(emulator: &Emulator) -> usize {
    const ESTABLISHED: &str = "01";
    let port = format!(":{:04X}", emulator.address().port());
    let table = std::fs::read_to_string("/proc/self/net/tcp").unwrap();
    let to_it = table.lines().filter(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields[2].ends_with(&port) && fields[3] == ESTABLISHED
    });
    to_it.count()
}
