//! Sixteen threads at everything that minters and caches offer, for as long as a few grants live.
//!
//! A program without the test harness, so that ThreadSanitizer sees this crate's code and not the
//! harness's: the standard library that the harness is part of is not instrumented.

#![allow(clippy::print_stdout, reason = "it reports as the usual harness does")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{
    ApiKey, ErrorKind, Fetched, GrantRequest, GrantSource, PlaybackMinter, Result, TokenMinter,
    VerifyOptions, VideoGrant, verify,
};

const THREADS: usize = 16;
const TIME: Duration = Duration::from_secs(2);
const STREAMS: usize = 4;

/// A source that needs no network and counts its calls.
struct Counted(AtomicU64);

impl GrantSource for &'static Counted {
    fn fetch(&self, request: &GrantRequest, _timeout: Duration) -> Result<Fetched> {
        let call = self.0.fetch_add(1, Ordering::Relaxed);
        let streamer = request.streamer();
        Fetched::new(format!(r#"{{"playerStreamerSid":"{streamer}","call":{call}}}"#))
    }
}

fn main() {
    static SOURCE: Counted = Counted(AtomicU64::new(0));
    let live = PlaybackMinter::builder(&key(1)).source(&SOURCE).grant_ttl(4).build().unwrap();
    let rooms =
        TokenMinter::builder(&key(1)).grant(VideoGrant::new()).unique(true).build().unwrap();
    let rooms = Arc::new(rooms);
    // Started and joined one by one: how a scope of threads waits cannot be seen through either.
    let started: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (live, rooms) = (live.clone(), Arc::clone(&rooms));
            thread::spawn(move || work(&live, &rooms, thread))
        })
        .collect();
    let minted: u64 = started.into_iter().map(|thread| thread.join().unwrap()).sum();
    let stats = live.stats().unwrap();
    assert_eq!(SOURCE.0.load(Ordering::Relaxed), stats.fetches);
    assert!(stats.hits() > 0 && minted > 0);
    println!("threads: {} hits, {} fetches, 1 passed, 0 failed", stats.hits(), stats.fetches);
}

fn key(number: u32) -> ApiKey {
    let key_sid = format!("SK{number:032x}");
    ApiKey::new("AC000000000000000000000000000000aa", &key_sid, "a secret of threads").unwrap()
}

/// What each thread does; returns how many tokens it minted.
fn work(live: &PlaybackMinter, rooms: &TokenMinter, thread: usize) -> u64 {
    let (start, options) = (Instant::now(), VerifyOptions::new().leeway(5));
    let mut minted = 0;
    while start.elapsed() < TIME {
        one_round(live, thread, usize::try_from(minted).unwrap());
        verify(&rooms.mint("alice").unwrap(), &key(1), &options).unwrap();
        minted += 1;
    }
    minted
}

/// A token, and now and then something that disturbs all others.
fn one_round(live: &PlaybackMinter, thread: usize, round: usize) {
    let streamer = format!("VJ{:032x}", round % STREAMS);
    match live.token(&streamer, "alice") {
        Ok(token) => assert!(token.grant_remaining > Duration::ZERO),
        // Whoever empties entries in a loop uses up the account's rate limit, and a thread that the
        // machine lets lie for seconds finds a grant of four of them too old.
        Err(error) => {
            let told = [ErrorKind::Overloaded, ErrorKind::GrantTooShort];
            assert!(told.contains(&error.kind()), "{error}");
        }
    }
    live.try_token(&streamer, "bob").unwrap();
    match (thread, round % 997) {
        (0, 0) => drop(live.invalidate(&streamer).unwrap()),
        (1, 0) => live.rotate(&key(u32::try_from(round % 7).unwrap_or(0) + 1)).unwrap(),
        (2, 0) => drop(live.drain_events().unwrap()),
        (3, 0) => live.keep_warm(&streamer, Duration::from_secs(1)).unwrap_or(()),
        (4, 0) => drop(live.token_then(&streamer, "carol", Default::default(), |_| ())),
        _ => {}
    }
}
