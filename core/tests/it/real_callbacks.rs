//! Tokens by callback: once, in time, and not at all once cancelled.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{
    ErrorKind, Freshness, PendingCall, PlaybackMinter, PlaybackToken, Result, TokenOptions,
};
use grantmint_emulator::{Fault, FaultKind};

use crate::support::{STREAMER, early, emulator, eventually, faulty, minter, minter_of, within};

const LONG: Duration = Duration::from_secs(10);

type Answers = Receiver<Result<PlaybackToken>>;

fn ask(live: &PlaybackMinter, options: TokenOptions) -> (PendingCall, Answers) {
    let (answer, answers) = channel();
    let call = live.token_then(STREAMER, "alice", options, move |token| {
        answer.send(token).unwrap();
    });
    (call, answers)
}

#[test]
fn a_grant_that_is_there_is_handed_over_before_the_call_returns() {
    let emulator = emulator();
    let live = minter(&emulator);
    live.token(STREAMER, "alice").unwrap();
    let (call, answers) = ask(&live, TokenOptions::default());
    emulator.play(&answers.try_recv().unwrap().unwrap().jwt, None).unwrap();
    assert!(!call.cancel(), "it has been answered");
}

#[test]
fn a_thousand_callbacks_share_one_fetch() {
    let emulator = faulty(FaultKind::latency(200));
    let live = minter(&emulator);
    let calls: Vec<_> = (0..1000).map(|_| ask(&live, TokenOptions::default())).collect();
    for (_, answers) in &calls {
        let token = answers.recv_timeout(LONG).unwrap().unwrap();
        assert!(answers.recv_timeout(Duration::ZERO).is_err(), "once");
        assert_eq!(token.freshness, Freshness::Fresh);
    }
    assert_eq!(emulator.counters().requests, 1);
    assert_eq!(live.stats().unwrap().waits, 1000);
}

#[test]
fn a_callback_comes_when_the_callers_time_is_over_and_the_fetch_goes_on() {
    let emulator = faulty(FaultKind::latency(600));
    let live = minter(&emulator);
    let start = Instant::now();
    let calls: Vec<_> = (1..=20).map(|n| (n * 10, ask(&live, within(n * 10)).1)).collect();
    for (ms, answers) in &calls {
        let error = answers.recv_timeout(LONG).unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
        assert!(start.elapsed() >= Duration::from_millis(*ms), "{ms} {:?}", start.elapsed());
    }
    assert!(start.elapsed() < Duration::from_millis(550), "{:?}", start.elapsed());
    let (_, patient) = ask(&live, TokenOptions::default());
    patient.recv_timeout(LONG).unwrap().unwrap();
    assert_eq!(emulator.counters().requests, 1);
}

#[test]
fn a_callback_falls_back_on_the_grant_that_is_still_good() {
    let emulator = emulator();
    // Callers would rather wait for the next grant from the first moment on.
    let policy = early().wait_below(Duration::from_secs(60)).build().unwrap();
    let live = minter_of(&emulator).grant_ttl(10).policy(policy).build().unwrap();
    let first = live.token(STREAMER, "alice").unwrap();
    emulator.add_fault(Fault::new(FaultKind::latency(800))).unwrap();
    thread::sleep(Duration::from_millis(2600));
    let start = Instant::now();
    let (_, answers) = ask(&live, within(100));
    let token = answers.recv_timeout(LONG).unwrap().unwrap();
    assert_eq!((token.generation, token.freshness), (first.generation, Freshness::Degraded));
    assert_eq!(token.reason.unwrap().kind(), ErrorKind::DeadlineExceeded);
    assert!(start.elapsed() < Duration::from_millis(700), "{:?}", start.elapsed());
}

#[test]
fn a_call_that_was_cancelled_is_never_answered_and_owns_nothing() {
    let emulator = faulty(FaultKind::latency(200));
    let live = minter(&emulator);
    let owned = Arc::new(());
    let calls: Vec<_> = (0..100)
        .map(|_| {
            let held = Arc::clone(&owned);
            live.token_then(STREAMER, "alice", within(50), move |_| panic!("answered {held:?}"))
        })
        .collect();
    let (_, other) = ask(&live, TokenOptions::default());
    assert!(calls.into_iter().all(PendingCall::cancel));
    assert_eq!(Arc::strong_count(&owned), 1);
    other.recv_timeout(LONG).unwrap().unwrap();
    assert_eq!(emulator.counters().requests, 1, "the fetch went on for others");
}

#[test]
fn cancelling_while_it_is_answered_gives_one_or_the_other() {
    let emulator = emulator();
    let live = minter(&emulator);
    let mut cancelled = 0;
    for round in 0..200 {
        live.invalidate(STREAMER).unwrap();
        let (call, answers) = ask(&live, within(1 + round % 3));
        thread::sleep(Duration::from_micros(round % 50 * 40));
        if call.cancel() {
            cancelled += 1;
            assert!(answers.recv_timeout(LONG).is_err(), "the callback is gone");
        } else {
            assert!(answers.recv_timeout(LONG).is_ok(), "it was or is being called");
        }
    }
    println!("{cancelled} of 200 cancelled in time");
}

#[test]
fn a_callback_may_ask_again_and_one_that_panics_harms_nobody() {
    let emulator = faulty(FaultKind::latency(50));
    let live = minter(&emulator);
    drop(live.token_then(STREAMER, "alice", TokenOptions::default(), |_| {
        panic!("in a callback, on purpose")
    }));
    let (answer, answers) = channel();
    let again = live.clone();
    drop(live.token_then(STREAMER, "alice", TokenOptions::default(), move |first| {
        let other = &crate::support::streamer(7);
        drop(again.token_then(other, "alice", TokenOptions::default(), move |second| {
            answer.send((first.is_ok(), second.is_ok())).unwrap();
        }));
    }));
    assert_eq!(answers.recv_timeout(LONG).unwrap(), (true, true));
    assert_eq!(emulator.counters().requests, 2);
}

#[test]
fn a_call_that_waits_is_answered_though_its_minter_is_closed() {
    let emulator = faulty(FaultKind::latency(200));
    let live = minter(&emulator);
    let (_call, answers) = ask(&live, TokenOptions::default());
    let other = live.clone();
    let blocked = thread::spawn(move || other.token(STREAMER, "bob"));
    eventually("both wait", || live.stats().unwrap().waits == 2);
    live.close();
    for token in [answers.recv_timeout(LONG).unwrap(), blocked.join().unwrap()] {
        emulator.play(&token.unwrap().jwt, None).unwrap();
    }
}

#[test]
fn wrong_arguments_and_a_closed_minter_are_told_at_once() {
    let emulator = emulator();
    let live = minter(&emulator);
    let (answer, answers) = channel();
    let told = answer.clone();
    drop(live.token_then("VJ1", "alice", TokenOptions::default(), move |token| {
        told.send(token.unwrap_err().kind()).unwrap();
    }));
    assert_eq!(answers.try_recv().unwrap(), ErrorKind::InvalidSid);
    let stream = live.stream(STREAMER).unwrap();
    live.close();
    drop(stream.token_then("alice", TokenOptions::default(), move |token| {
        answer.send(token.unwrap_err().kind()).unwrap();
    }));
    assert_eq!(answers.try_recv().unwrap(), ErrorKind::Closed);
}
