//! Many callers, one call upstream: over real sockets, against the emulator.

use std::collections::HashSet;
use std::time::Duration;

use grantmint_core::{ErrorKind, Freshness, ManualClock, TokenOptions, decode};
use grantmint_emulator::{Fault, FaultKind};

use crate::support::{
    STREAMER, at_once, emulator, eventually, faulty, minter, minter_of, streamer,
};

const SLOW: FaultKind = FaultKind::Latency { ms: 200, jitter_ms: 0 };

#[test]
fn a_thousand_threads_on_a_cold_key_make_one_call() {
    let emulator = faulty(SLOW);
    let live = minter(&emulator);
    let tokens = at_once(1000, move |i| live.token(STREAMER, &format!("viewer-{i}")).unwrap());
    assert_eq!(emulator.counters().requests, 1);
    let jtis: HashSet<String> =
        tokens.iter().map(|token| decode(&token.jwt).unwrap().jti().unwrap().to_owned()).collect();
    assert_eq!(jtis.len(), 1000);
    for token in &tokens {
        emulator.play(&token.jwt, None).unwrap();
    }
}

#[test]
fn a_thousand_threads_share_one_failure() {
    let emulator = faulty(SLOW);
    emulator.add_fault(Fault::new(FaultKind::status(500))).unwrap();
    // The failure is remembered for as long as the clock stands still: threads may start late.
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let live = minter_of(&emulator).clock(&clock).build().unwrap();
    let errors = at_once(1000, move |_| live.token(STREAMER, "alice").unwrap_err());
    assert_eq!(emulator.counters().requests, 1);
    assert_eq!(errors.len(), 1000);
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::UpstreamUnavailable);
    }
}

#[test]
fn callers_who_give_up_do_not_end_the_fetch() {
    let emulator = faulty(SLOW);
    let live = minter(&emulator);
    let impatient = live.clone();
    let errors = at_once(50, move |i| {
        let timeout = Some(Duration::from_millis(20 + i as u64));
        let options = TokenOptions::new().timeout(timeout);
        impatient.token_with(STREAMER, "alice", options).unwrap_err().kind()
    });
    assert!(errors.iter().all(|kind| *kind == ErrorKind::DeadlineExceeded), "{errors:?}");
    eventually("the grant is in the cache", || live.try_token(STREAMER, "bob").unwrap().is_some());
    assert_eq!(live.token(STREAMER, "carol").unwrap().freshness, Freshness::Fresh);
    assert_eq!(emulator.counters().requests, 1);
}

#[test]
fn twenty_rooms_that_open_at_once_all_open() {
    let emulator = emulator();
    let live = minter(&emulator);
    let tokens = at_once(200, move |i| live.token(&streamer(i % 20), "alice").unwrap());
    for token in &tokens {
        emulator.play(&token.jwt, None).unwrap();
    }
    assert_eq!(emulator.counters().requests, 20);
}

#[test]
fn each_stream_and_each_origin_has_a_grant_of_its_own() {
    let emulator = emulator();
    let (one, other) = ("https://one.example", "https://other.example");
    let minter = |origin: &str| minter_of(&emulator).allow_origin(origin).build().unwrap();
    let (first, second) = (minter(one), minter(other));
    let token = first.token(STREAMER, "alice").unwrap();
    emulator.play(&token.jwt, Some(one)).unwrap();
    assert_eq!(emulator.play(&token.jwt, Some(other)).unwrap_err().reason, "origin_not_allowed");
    emulator.play(&second.token(STREAMER, "alice").unwrap().jwt, Some(other)).unwrap();
    assert_eq!(emulator.counters().requests, 2);
    assert!(minter("HTTPS://ONE.example:443/").try_token(STREAMER, "bob").unwrap().is_some());
}
