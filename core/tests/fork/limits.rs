//! A child that can have no more threads: what is cached is served, a caller that blocks fetches itself,
//! and a future ends at once instead of waiting for ever.

#![allow(unsafe_code, reason = "limits and users have no safe interface")]

use std::pin::Pin;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use grantmint_core::{
    AsyncGrantSource, BeginOptions, Error, ErrorKind, Fetched, Freshness, Grant, GrantCache,
    GrantRequest, Key, ManualClock, PlaybackMinter, SourceTicket, Ticket, TokenOptions,
};

use crate::child::fork;
use crate::support::{STREAMER, emulator, key, minter_of, streamer};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_process_without_threads_goes_on", a_process_without_threads_goes_on),
    ("no_future_waits_whose_time_nobody_can_watch", no_future_waits_whose_time_nobody_can_watch),
];

const LIFETIME: Duration = Duration::from_secs(60);

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

/// Brings the grant of one stream, and keeps the tickets of all others for ever.
#[derive(Default)]
struct Keeping(Mutex<Vec<SourceTicket>>);

impl AsyncGrantSource for Keeping {
    fn begin_fetch(&self, request: &GrantRequest, mut ticket: SourceTicket) {
        assert!(ticket.start().is_some());
        match request.streamer().as_str() == STREAMER {
            true => ticket.complete(Fetched::new("{}").unwrap()),
            false => self.0.lock().unwrap().push(ticket),
        }
    }

    fn hands_on(&self) -> bool {
        true
    }
}

fn no_future_waits_whose_time_nobody_can_watch() {
    let live = PlaybackMinter::builder(&key()).source(Keeping::default()).build().unwrap();
    let options = TokenOptions::default();
    live.token(STREAMER, "alice").unwrap();
    let cache = GrantCache::builder().build();
    let [known, cold] = ["known", "cold"].map(|text| Key::new(text, LIFETIME).unwrap());
    let fill = |ticket: Ticket| ticket.complete(Grant::new("a grant"), LIFETIME);
    cache.get(&known, BeginOptions::default(), fill).unwrap();
    let child = fork(|| {
        if !forbid_threads() {
            return "not tried".to_owned();
        }
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = || {
            let kept = Arc::clone(&kept);
            move |ticket: Ticket| kept.lock().unwrap().push(ticket)
        };
        let grant = |key| at_once(cache.get_async(key, BeginOptions::default(), keep()));
        assert_eq!(grant(&known).unwrap().as_str(), "a grant");
        // The first begins the fetch, and the second finds it in flight.
        (0..2).for_each(|_| is_overloaded(&grant(&cold).unwrap_err()));
        assert_eq!(kept.lock().unwrap().len(), 1);
        let (answer, answers) = channel();
        drop(cache.get_then(&cold, BeginOptions::default(), keep(), move |hit| {
            answer.send(hit.map(drop)).unwrap();
        }));
        is_overloaded(&answers.try_recv().unwrap().unwrap_err());

        let token = |stream: &str| at_once(live.token_async(stream, "bob", options));
        assert!(token(STREAMER).is_ok());
        (0..2).for_each(|_| is_overloaded(&token(&streamer(2)).unwrap_err()));
        "served".to_owned()
    });
    match child.said().as_str() {
        "not tried" => println!("this process may have threads whatever its limit says"),
        said => assert_eq!(said, "served"),
    }
}

/// What a future gives without waiting.
fn at_once<T>(mut future: impl Future<Output = T> + Unpin) -> T {
    match Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits, and nobody may ever wake it"),
    }
}

fn is_overloaded(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Overloaded);
    assert_eq!(error.message(), "no thread to watch the time could start");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
}
