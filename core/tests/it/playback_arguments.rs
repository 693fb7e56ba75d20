//! What a minter refuses before anything is signed or sent.

use std::time::Duration;

use grantmint_core::{
    ApiKey, ErrorKind, ManualClock, PlaybackGrant, PlaybackMinter, PlaybackMinterBuilder,
    TokenOptions, VideoGrant,
};

use crate::support::{STREAMER, emulator, key, minter, minter_of};

#[test]
fn wrong_settings_are_refused_by_kind() {
    let grant = || PlaybackGrant::from_json("{}").unwrap();
    let clock = ManualClock::new(Duration::from_secs(1));
    type Change = Box<dyn Fn(PlaybackMinterBuilder) -> PlaybackMinterBuilder>;
    let wrong: Vec<(ErrorKind, Change)> = vec![
        (ErrorKind::InvalidTtl, Box::new(|b| b.ttl(0))),
        (ErrorKind::InvalidTtl, Box::new(|b| b.ttl(86_401))),
        (ErrorKind::InvalidTtl, Box::new(|b| b.grant_ttl(0))),
        (ErrorKind::InvalidTtl, Box::new(|b| b.grant_ttl(61))),
        (ErrorKind::InvalidArgument, Box::new(|b| b.min_remaining(Duration::from_secs(31)))),
        (ErrorKind::InvalidOrigin, Box::new(|b| b.allow_origin("example.com"))),
        (ErrorKind::InvalidUrl, Box::new(|b| b.base_url("http://media.twilio.com"))),
        (ErrorKind::InvalidUrl, Box::new(|b| b.proxy("socks5://127.0.0.1:1"))),
        (ErrorKind::InvalidArgument, Box::new(|b| b.ca_file("no/such/file.pem"))),
        (ErrorKind::InvalidGrant, Box::new(move |b| b.grant(grant()))),
        (
            ErrorKind::InvalidGrant,
            Box::new(|b| b.grant(VideoGrant::new()).grant(VideoGrant::new())),
        ),
        (ErrorKind::InvalidArgument, Box::new(|b| b.share("a").isolated())),
        (ErrorKind::InvalidArgument, Box::new(|b| b.share(""))),
        (ErrorKind::InvalidArgument, Box::new(move |b| b.share("a").clock(&clock))),
    ];
    for (index, (kind, change)) in wrong.iter().enumerate() {
        let refused = change(PlaybackMinter::builder(&key())).build().map(|_| ());
        assert_eq!(refused.map_err(|error| error.kind()), Err(*kind), "number {index}");
    }
}

#[test]
fn wrong_calls_are_refused_by_kind_and_cost_no_call() {
    let emulator = emulator();
    let live = minter_of(&emulator).grant(VideoGrant::new()).build().unwrap();
    let kind = |streamer: &str, identity: &str| live.token(streamer, identity).unwrap_err().kind();
    for streamer in ["", "VJ1", "AC00000000000000000000000000000001", "../../v1/Accounts"] {
        assert_eq!(kind(streamer, "alice"), ErrorKind::InvalidSid);
        assert_eq!(live.try_token(streamer, "alice").unwrap_err().kind(), ErrorKind::InvalidSid);
    }
    let asked = TokenOptions::new().min_remaining(Duration::from_secs(31));
    let refused = live.token_with(STREAMER, "alice", asked).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidArgument);
    for identity in ["", &"a".repeat(129)] {
        assert_eq!(kind(STREAMER, identity), ErrorKind::InvalidIdentity);
        let refused = live.try_token(STREAMER, identity).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidIdentity, "though there is no grant yet");
    }
    assert_eq!(emulator.counters().requests, 0);
}

#[test]
fn a_closed_minter_says_so_and_others_go_on() {
    let emulator = emulator();
    let (one, other) = (minter(&emulator), minter(&emulator));
    let stream = one.stream(STREAMER).unwrap();
    stream.token("alice").unwrap();
    one.close();
    for refused in [
        one.token(STREAMER, "alice").map(|_| ()),
        one.try_token(STREAMER, "alice").map(|_| ()),
        stream.token("alice").map(|_| ()),
        stream.try_token("alice").map(|_| ()),
        one.stats().map(|_| ()),
        one.rotate(&key()),
    ] {
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::Closed);
    }
    assert!(other.try_token(STREAMER, "bob").unwrap().is_some());
    assert_eq!(emulator.counters().requests, 1);
}

#[test]
fn a_key_of_another_account_is_no_rotation() {
    let foreign = ApiKey::new(
        "AC000000000000000000000000000000ff",
        "SK000000000000000000000000000000ff",
        "secret",
    );
    let live = PlaybackMinter::builder(&key()).build().unwrap();
    let refused = live.rotate(&foreign.unwrap()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidCredentials);
}
