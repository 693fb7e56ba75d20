//! Minters shared by threads.

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use grantmint_core::{ApiKey, ManualClock, TokenMinter, VerifyOptions, VideoGrant, verify};

const START: u64 = 1_800_000_000;
const THREADS: usize = 8;

fn key() -> ApiKey {
    ApiKey::new(
        "AC00000000000000000000000000000001",
        "SK00000000000000000000000000000002",
        "hush-hush-hush-hush-hush-hush-32",
    )
    .unwrap()
}

/// Runs a function on all threads at once and gathers what they return.
fn on_threads<T: Send>(run: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let run = &run;
        let threads: Vec<_> = (0..THREADS).map(|index| scope.spawn(move || run(index))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn minters_may_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<TokenMinter>();
    shared::<grantmint_core::AccessToken>();
    shared::<grantmint_core::Decoded>();
}

#[test]
fn tokens_stay_valid_and_in_order_while_the_seconds_change() {
    let clock = ManualClock::new(Duration::from_secs(START));
    let builder = TokenMinter::builder(&key()).grant(VideoGrant::new().room("r"));
    let minter = builder.clock(&clock).build().unwrap();
    let seconds = on_threads(|thread| {
        let identity = format!("viewer-{thread}");
        let mut last = START;
        for call in 0..500 {
            if call % 50 == thread {
                clock.advance(Duration::from_secs(1));
            }
            let token = minter.mint(&identity).unwrap();
            let options = VerifyOptions::new().now(clock.now().unix_seconds());
            let decoded = verify(&token, &key(), &options).unwrap();
            assert_eq!(decoded.identity(), Some(identity.as_str()));
            let second = decoded.issued_at().unwrap();
            assert!(second >= last, "time ran back for one thread");
            last = second;
        }
        last
    });
    assert!(seconds.iter().all(|second| *second > START));
    assert_eq!(clock.now().unix_seconds(), START + 10 * THREADS as u64);
}

#[test]
fn unique_tokens_are_all_distinct() {
    const CALLS: usize = 20_000;
    let minter = TokenMinter::builder(&key()).unique(true).build().unwrap();
    let tokens =
        on_threads(|_| (0..CALLS).map(|_| minter.mint("alice").unwrap()).collect::<Vec<_>>());
    // Key, grants and identity are the same, so tokens of one second differ in their jti alone.
    let jti = |token: &String| grantmint_core::decode(token).unwrap().jti().unwrap().to_owned();
    let distinct: HashSet<String> = tokens.iter().flatten().map(jti).collect();
    assert_eq!(distinct.len(), THREADS * CALLS);
}
