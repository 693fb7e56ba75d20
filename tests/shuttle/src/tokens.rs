//! Warm playback tokens: what is prepared for them against whatever makes it out of date.

use std::time::Duration;

use grantmint_core::{
    ApiKey, Fetched, Grant, GrantRequest, GrantSource, ManualClock, PlaybackMinter, PlaybackToken,
    Result, StreamMinter, TokenOptions, VerifyOptions, verify,
};
use shuttle::thread;

use crate::support::{LIFETIME, explore};

const ACCOUNT: &str = "AC00000000000000000000000000000001";
const STREAMER: &str = "VJ00000000000000000000000000000001";
const NOW: u64 = 1_700_000_000;

#[test]
fn after_an_invalidation_no_token_has_the_grant_of_before() {
    explore(|| {
        let live = Live::new();
        live.next_second();
        thread::scope(|scope| {
            scope.spawn(|| (0..2).for_each(|_| drop(live.token())));
            scope.spawn(|| {
                assert!(live.minter.invalidate(STREAMER).unwrap());
                assert!(live.token().is_none());
            });
            drop(live.token());
        });
        assert!(live.token().is_none());
    });
}

#[test]
fn tokens_go_on_to_the_next_grant_and_not_back() {
    explore(|| {
        let live = Live::new();
        let generations = || [live.token(), live.token()].map(|token| token.map(|t| t.generation));
        thread::scope(|scope| {
            scope.spawn(|| {
                assert!(live.minter.invalidate(STREAMER).unwrap());
                live.fill();
                assert_eq!(generations(), [Some(2), Some(2)]);
            });
            for _ in 0..2 {
                scope.spawn(|| {
                    let seen = generations();
                    assert!(seen[0].is_none() || seen[1].is_none() || seen[0] <= seen[1]);
                });
            }
        });
        assert_eq!(generations(), [Some(2), Some(2)]);
    });
}

#[test]
fn after_a_rotation_no_token_is_signed_with_the_key_of_before() {
    explore(|| {
        let live = Live::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                live.minter.rotate(&api_key("2")).unwrap();
                live.token_of_key("2");
            });
            scope.spawn(|| (0..2).for_each(|_| drop(live.token().unwrap())));
            drop(live.token().unwrap());
        });
        live.token_of_key("2");
    });
}

/// A minter with the grant of one stream in its cache.
struct Live {
    minter: PlaybackMinter,
    stream: StreamMinter,
    clock: ManualClock,
}

impl Live {
    fn new() -> Self {
        let clock = ManualClock::new(Duration::from_secs(NOW));
        let builder = PlaybackMinter::builder(&api_key("1")).source(Nowhere).clock(&clock);
        let minter = builder.build().unwrap();
        let stream = minter.stream(STREAMER).unwrap();
        let live = Self { minter, stream, clock };
        live.fill();
        live.token().expect("the grant is there");
        live
    }

    /// Has the next token prepare what the others of its second are made of.
    fn next_second(&self) {
        self.clock.advance(Duration::from_secs(1));
    }

    fn fill(&self) {
        let ticket = self.minter.prefetch_by_hand(STREAMER).unwrap().expect("it is cold");
        ticket.complete(Grant::new(r#"{"a":1}"#), LIFETIME);
    }

    fn token(&self) -> Option<PlaybackToken> {
        self.stream.token_at_once("alice", TokenOptions::default()).unwrap()
    }

    /// The next token is signed with this key.
    fn token_of_key(&self, number: &str) {
        let token = self.token().unwrap();
        let options = VerifyOptions::new().now(NOW);
        verify(&token.jwt, &api_key(number), &options).unwrap();
    }
}

fn api_key(number: &str) -> ApiKey {
    let sid = format!("SK0000000000000000000000000000000{number}");
    let secret = format!("the secret of key {number}, long enough");
    ApiKey::new(ACCOUNT, &sid, &secret).unwrap()
}

/// A source that is never asked: a miss would be fetched on a thread that shuttle does not see.
struct Nowhere;

impl GrantSource for Nowhere {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        panic!("nobody fetches here")
    }
}
