//! Who shares what: caches, cool-downs, keys and their rotation.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use grantmint_core::{
    AccountOptions, ApiKey, ErrorKind, GrantCache, ManualClock, PlaybackMinter,
    PlaybackMinterBuilder, TokenOptions, VideoGrant,
};
use grantmint_emulator::{
    ApiKey as UpstreamKey, Config, DEMO_ACCOUNT_SID, Emulator, Fault, FaultKind, JoinRequest,
};

use crate::support::{
    STREAMER, at_once, emulator, eventually, faulty, key, minter, minter_of, refusal, streamer,
};

const OTHER_KEY_SID: &str = "SK00000000000000000000000000000077";
const OTHER_SECRET: &str = "the secret of the other key";

/// An upstream that knows a second key of the account.
fn with_two_keys() -> (Emulator, ApiKey) {
    let other = UpstreamKey::new(DEMO_ACCOUNT_SID, OTHER_KEY_SID, OTHER_SECRET).unwrap();
    let config = Config { keys: vec![UpstreamKey::demo(), other], ..Config::default() };
    let key = ApiKey::new(DEMO_ACCOUNT_SID, OTHER_KEY_SID, OTHER_SECRET).unwrap();
    (Emulator::start(config).unwrap(), key)
}

fn with_key(emulator: &Emulator, key: &ApiKey) -> PlaybackMinterBuilder {
    PlaybackMinter::builder(key).base_url(emulator.base_url())
}

fn is_warm(live: &PlaybackMinter) -> bool {
    live.try_token(STREAMER, "alice").unwrap().is_some()
}

#[test]
fn minters_of_one_key_share_a_cache_whatever_they_promise() {
    let emulator = emulator();
    let strict = minter_of(&emulator).min_remaining(Duration::from_secs(30)).build().unwrap();
    let easy = minter_of(&emulator).timeout(Duration::from_secs(1)).ttl(60).build().unwrap();
    let (one, other) = (strict.token(STREAMER, "a").unwrap(), easy.token(STREAMER, "b").unwrap());
    assert_eq!(one.generation, other.generation);
    assert!(strict.cache().unwrap().is_same(&easy.cache().unwrap()));
    assert_eq!(emulator.counters().requests, 1);
    assert_eq!(strict.stats().unwrap().waits, 1);
}

#[test]
fn an_endpoint_is_one_however_it_is_spelled() {
    let emulator = emulator();
    let spelled = |url: String| minter_of(&emulator).base_url(url).build().unwrap();
    let one = spelled(emulator.base_url().to_owned());
    for suffix in ["/", "/v1", "/v1/"] {
        let other = spelled(format!("{}{suffix}", emulator.base_url()));
        assert!(one.cache().unwrap().is_same(&other.cache().unwrap()), "{suffix}");
    }
    let one = spelled("https://host.example".to_owned());
    for url in [
        "https://host.example:443",
        "https://HOST.example:0443/v1",
        "https://host.example.",
        "https://host.example.:443",
    ] {
        let other = spelled(url.to_owned());
        assert!(one.cache().unwrap().is_same(&other.cache().unwrap()), "{url}");
    }
}

#[test]
fn an_account_has_one_rate_limit_however_its_endpoint_is_spelled() {
    let emulator = faulty(FaultKind::throttle(Some(30)));
    let port = emulator.address().port();
    assert_eq!(refusal(&minter(&emulator)), ErrorKind::Throttled);
    let other = minter_of(&emulator).base_url(format!("HTTP://127.0.0.1:0{port}/")).isolated();
    assert_eq!(refusal(&other.build().unwrap()), ErrorKind::Throttled);
    assert_eq!(emulator.counters().requests, 1);
}

#[test]
fn a_cache_with_a_clock_of_its_own_has_a_cool_down_of_its_own() {
    let emulator = emulator();
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let cache = GrantCache::builder().clock(&clock).build();
    let (real, manual) = (minter(&emulator), minter_of(&emulator).cache(&cache).build().unwrap());
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(5))).times(1)).unwrap();
    assert_eq!(refusal(&real), ErrorKind::Throttled);
    manual.token(STREAMER, "alice").unwrap();
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(300))).times(1)).unwrap();
    let refused = manual.token(&streamer(8), "alice").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Throttled);
    let wait = real.token(STREAMER, "alice").unwrap_err().retry_after().unwrap();
    assert!(wait <= Duration::from_secs(7), "{wait:?}");
}

#[test]
fn another_lifetime_or_origin_is_another_grant_of_the_same_cache() {
    let emulator = emulator();
    let minters = [
        minter(&emulator),
        minter_of(&emulator).grant_ttl(30).build().unwrap(),
        minter_of(&emulator).allow_origin("https://a.example").build().unwrap(),
    ];
    minters.iter().for_each(|live| drop(live.token(STREAMER, "alice").unwrap()));
    assert_eq!(emulator.counters().requests, 3);
    assert_eq!(minters[0].stats().unwrap().keys, 3);
}

#[test]
fn keys_of_one_account_share_the_cool_down_but_no_grant() {
    let (emulator, other_key) = with_two_keys();
    let (one, other) = (minter(&emulator), with_key(&emulator, &other_key).build().unwrap());
    one.token(STREAMER, "alice").unwrap();
    other.token(STREAMER, "alice").unwrap();
    assert_eq!(emulator.counters().requests, 2, "each has a grant of its own");
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(5)))).unwrap();
    let (first, second) = (streamer(8), streamer(9));
    assert_eq!(one.token(&first, "alice").unwrap_err().kind(), ErrorKind::Throttled);
    let refused = other.token(&second, "alice").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Throttled);
    assert!(refused.retry_after().unwrap() > Duration::from_secs(4));
    assert_eq!(emulator.counters().requests, 3, "the second key made no call");
    assert!(is_warm(&one) && is_warm(&other), "what is fresh is served");
}

#[test]
fn an_isolated_minter_has_a_cache_of_its_own_and_the_accounts_cool_down() {
    let emulator = emulator();
    let (shared, alone) = (minter(&emulator), minter_of(&emulator).isolated().build().unwrap());
    shared.token(STREAMER, "alice").unwrap();
    assert!(!alone.cache().unwrap().is_same(&shared.cache().unwrap()));
    alone.token(STREAMER, "alice").unwrap();
    assert_eq!(emulator.counters().requests, 2);
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(5)))).unwrap();
    assert_eq!(shared.token(&streamer(8), "a").unwrap_err().kind(), ErrorKind::Throttled);
    assert_eq!(alone.token(&streamer(9), "a").unwrap_err().kind(), ErrorKind::Throttled);
    assert_eq!(emulator.counters().requests, 3);
}

#[test]
fn a_cache_is_shared_by_name_or_by_hand_over_keys() {
    let (emulator, other_key) = with_two_keys();
    let cache = GrantCache::builder().build();
    let by_name = |key: &ApiKey| with_key(&emulator, key).share("premiere").build().unwrap();
    let by_hand = |key: &ApiKey| with_key(&emulator, key).cache(&cache).build().unwrap();
    for (one, other) in
        [(by_name(&key()), by_name(&other_key)), (by_hand(&key()), by_hand(&other_key))]
    {
        let before = emulator.counters().requests;
        one.token(STREAMER, "alice").unwrap();
        let token = other.token(STREAMER, "bob").unwrap();
        emulator.play(&token.jwt, None).unwrap();
        assert_eq!(emulator.counters().requests, before + 1);
    }
}

#[test]
fn rotation_under_load_is_not_noticed_and_signs_and_fetches_with_the_new_key() {
    let (emulator, other_key) = with_two_keys();
    let live = minter_of(&emulator).isolated().grant_ttl(4).build().unwrap();
    live.token(STREAMER, "alice").unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (live, stop) = (live.clone(), Arc::clone(&stop));
            thread::spawn(move || {
                let mut last = String::new();
                while !stop.load(Ordering::Relaxed) {
                    last = live.token(STREAMER, "alice").unwrap().jwt;
                    thread::sleep(Duration::from_millis(1));
                }
                last
            })
        })
        .collect();
    let keys = [other_key.clone(), key()];
    for round in 0..40 {
        live.rotate(&keys[round % 2]).unwrap();
        thread::sleep(Duration::from_millis(20));
    }
    live.rotate(&other_key).unwrap();
    thread::sleep(Duration::from_millis(50));
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        let token = reader.join().unwrap();
        let issuer = grantmint_core::decode(&token).unwrap();
        assert_eq!(issuer.issuer(), Some(OTHER_KEY_SID));
        emulator.play(&token, None).unwrap();
    }
    let calls = emulator.counters().requests;
    assert!(calls <= 4, "{calls}: grants stay when the key is rotated");
}

#[test]
fn rotations_that_meet_leave_one_key_for_signing_and_fetching() {
    let (emulator, other_key) = with_two_keys();
    for _ in 0..20 {
        let live = minter_of(&emulator).isolated().build().unwrap();
        let (to_rotate, keys) = (live.clone(), [key(), other_key.clone()]);
        at_once(2, move |index| to_rotate.rotate(&keys[index]).unwrap());
        let signed_by = grantmint_core::decode(&live.token(STREAMER, "a").unwrap().jwt).unwrap();
        let wrong = ApiKey::new(DEMO_ACCOUNT_SID, signed_by.issuer().unwrap(), "wrong").unwrap();
        // The key that signs is the one that fetches: make it wrong, and fetching fails.
        live.rotate(&wrong).unwrap();
        live.invalidate(STREAMER).unwrap();
        let error = live.token(STREAMER, "a").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UpstreamUnauthorized);
    }
}

#[test]
fn a_fetch_of_the_old_key_serves_those_who_wait_and_is_not_stored() {
    let (emulator, other_key) = with_two_keys();
    let live = minter_of(&emulator).isolated().build().unwrap();
    emulator.add_fault(Fault::new(FaultKind::latency(200)).times(1)).unwrap();
    let waiting = thread::spawn({
        let live = live.clone();
        move || live.token(STREAMER, "alice").unwrap()
    });
    eventually("the call", || emulator.counters().requests == 1);
    live.rotate(&other_key).unwrap();
    emulator.play(&waiting.join().unwrap().jwt, None).unwrap();
    live.token(STREAMER, "bob").unwrap();
    assert_eq!(emulator.counters().requests, 2, "it is not stored");
}

#[test]
fn a_rotation_mends_what_a_wrong_secret_broke_at_once() {
    let emulator = emulator();
    let wrong = ApiKey::new(DEMO_ACCOUNT_SID, key().key_sid().as_str(), "wrong").unwrap();
    let live = with_key(&emulator, &wrong).build().unwrap();
    for number in [1, 2] {
        let error = live.token(&streamer(number), "alice").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UpstreamUnauthorized);
    }
    assert_eq!(emulator.counters().requests, 1, "refused credentials hold back every stream");
    live.rotate(&key()).unwrap();
    live.token(STREAMER, "alice").unwrap();
}

#[test]
fn invalidating_a_bad_grant_costs_one_call_however_many_met_it() {
    let emulator = emulator();
    let live = minter(&emulator);
    let bad = live.token(STREAMER, "alice").unwrap().generation;
    thread::sleep(Duration::from_millis(1000));
    let all = live.clone();
    let dropped = at_once(50, move |_| {
        let first = all.invalidate_if(STREAMER, bad).unwrap();
        assert!(all.token(STREAMER, "alice").unwrap().generation > bad);
        first
    });
    assert_eq!(dropped.iter().filter(|first| **first).count(), 1);
    assert_eq!(emulator.counters().requests, 2);
    assert!(live.invalidate(STREAMER).unwrap());
    live.token(STREAMER, "alice").unwrap();
    assert_eq!(emulator.counters().requests, 3);
}

#[test]
fn one_token_opens_the_room_and_the_stream() {
    let emulator = emulator();
    let live = minter_of(&emulator).grant(VideoGrant::new().room("Premiere")).build().unwrap();
    let token = live.token(STREAMER, "alice").unwrap().jwt;
    emulator.play(&token, None).unwrap();
    let request = JoinRequest { token, room: "Premiere".to_owned(), ..JoinRequest::default() };
    assert_eq!(emulator.join(&request).unwrap().identity, "alice");
    let elsewhere = JoinRequest { room: "Elsewhere".to_owned(), ..request };
    assert!(emulator.join(&elsewhere).is_err());
}

#[test]
fn a_look_that_does_not_wait_sets_off_the_fetch_and_never_fails() {
    let emulator = emulator();
    let live = minter(&emulator);
    emulator.add_fault(Fault::new(FaultKind::status(503)).times(1)).unwrap();
    assert!(!is_warm(&live));
    eventually("the failed fetch", || live.stats().unwrap().errors.len() == 1);
    assert!(!is_warm(&live), "a cached error is no error here");
    eventually("a grant", || is_warm(&live));
    assert_eq!(emulator.counters().requests, 2);
}

#[test]
fn a_look_at_a_new_stream_tells_of_no_error_of_another() {
    for fault in [FaultKind::status(401), FaultKind::throttle(Some(10))] {
        let emulator = faulty(fault.clone());
        let live = minter(&emulator);
        let kind = refusal(&live);
        let full = live.stream(&streamer(7)).map(drop);
        assert_eq!(full.unwrap_err().kind(), kind, "{fault:?}: the account is in its cool-down");
        assert!(live.try_token(&streamer(8), "alice").unwrap().is_none(), "{fault:?}");
        assert_eq!(emulator.counters().requests, 1, "{fault:?}");
    }
}

#[test]
fn a_call_may_ask_for_more_than_its_minter_promises() {
    let emulator = emulator();
    let live = minter_of(&emulator).grant_ttl(8).build().unwrap();
    let first = live.token(STREAMER, "alice").unwrap();
    thread::sleep(Duration::from_millis(3200));
    let asked = TokenOptions::new().min_remaining(Duration::from_secs(4));
    let strict = live.token_with(STREAMER, "bob", asked).unwrap();
    assert!(
        strict.generation > first.generation && strict.grant_remaining >= Duration::from_secs(4)
    );
    assert_eq!(emulator.counters().requests, 2);
}

#[test]
fn a_caller_with_time_gets_a_new_stream_when_the_rate_limit_is_used_up_for_others() {
    let emulator = emulator();
    // The burst, then ten a second: the queue is six seconds long.
    let ten = AccountOptions::new().calls_per_second(10.0);
    let live = minter_of(&emulator).account(ten).build().unwrap();
    let patient = TokenOptions::new().timeout(Duration::from_secs(20));
    let (answer, answers) = std::sync::mpsc::channel();
    for number in 0..80 {
        let answer = answer.clone();
        drop(live.token_then(&streamer(number), "alice", patient, move |token| {
            answer.send(token.is_ok()).unwrap();
        }));
    }
    let error = live.token(&streamer(80), "alice").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Overloaded);
    assert!(error.retry_after().unwrap() > Duration::from_secs(5));
    live.token_with(&streamer(81), "alice", patient).unwrap();
    drop(answer);
    assert_eq!(answers.iter().filter(|ok| *ok).count(), 80);
}
