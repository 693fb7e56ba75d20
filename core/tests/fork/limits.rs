//! A child that can have no more threads: what is cached is served, and a caller that blocks fetches
//! itself.

#![allow(unsafe_code, reason = "limits and users have no safe interface")]

use std::sync::mpsc::channel;
use std::time::Duration;

use grantmint_core::{ErrorKind, Freshness, ManualClock, TokenOptions};

use crate::child::fork;
use crate::support::{STREAMER, emulator, minter_of, streamer};

pub(crate) const TESTS: &[(&str, fn())] =
    &[("a_process_without_threads_goes_on", a_process_without_threads_goes_on)];

/// No further thread can be started from now on; false if that cannot be had here.
fn forbid_threads() -> bool {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `none` is valid for reading, and the calls change nothing but limits and the user of this
    // process, which is a child that ends soon. The superuser is above the limit, so nobody goes on.
    unsafe {
        libc::setrlimit(libc::RLIMIT_NPROC, &raw const none) == 0
            && (libc::getuid() != 0 || libc::setuid(65_534) == 0)
            && std::thread::Builder::new().spawn(|| {}).is_err()
    }
}

fn a_process_without_threads_goes_on() {
    let emulator = emulator();
    let clock = ManualClock::new(Duration::from_secs(1_800_000_000));
    let live = minter_of(&emulator).clock(&clock).build().unwrap();
    for stream in [STREAMER, &streamer(4)] {
        live.token(stream, "alice").unwrap();
    }
    clock.advance(Duration::from_secs(33));
    let child = fork(|| {
        if !forbid_threads() {
            return "not tried".to_owned();
        }
        let first = live.token(STREAMER, "bob").unwrap();
        assert_eq!(first.freshness, Freshness::Refreshing);
        let second = live.token(STREAMER, "carol").unwrap();
        assert_eq!(second.freshness, Freshness::Degraded);
        assert_eq!(second.reason.unwrap().kind(), ErrorKind::Overloaded);
        assert!(live.try_token(STREAMER, "dave").unwrap().is_some());
        let (answer, answers) = channel();
        let options = TokenOptions::default();
        drop(live.token_then(&streamer(2), "erin", options, move |token| {
            answer.send(token).unwrap();
        }));
        let told = answers.try_recv().unwrap().unwrap_err();
        assert_eq!(told.kind(), ErrorKind::Overloaded, "a call that must not block");
        // It waits for the fetch that replaces a grant which is good, but not good enough for it.
        let asked = TokenOptions::new().min_remaining(Duration::from_secs(30));
        assert!(live.token_with(&streamer(4), "grace", asked).is_ok());
        live.token(&streamer(3), "frank").unwrap().jwt
    });
    let said = child.said();
    if said == "not tried" {
        println!("this process may have threads whatever its limit says");
        return;
    }
    assert!(said.starts_with("eyJ"));
    assert_eq!(emulator.counters().requests, 4);
}
