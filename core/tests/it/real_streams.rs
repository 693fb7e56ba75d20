//! Streams kept by hot paths: they follow their key through everything that can happen to it.

use std::time::Duration;

use grantmint_core::{CachePolicy, PlaybackMinter, StreamMinter, decode};
use grantmint_emulator::Emulator;

use crate::support::{STREAMER, emulator, key, minter_of, streamer};

fn plays(emulator: &Emulator, stream: &StreamMinter) -> u64 {
    let token = stream.token("alice").unwrap();
    emulator.play(&token.jwt, None).unwrap();
    token.generation
}

#[test]
fn a_stream_goes_on_after_purge_invalidation_and_rotation() {
    let emulator = emulator();
    let live = minter_of(&emulator).isolated().build().unwrap();
    let stream = live.stream(STREAMER).unwrap();
    let first = plays(&emulator, &stream);
    live.rotate(&key()).unwrap();
    assert_eq!(plays(&emulator, &stream), first, "grants outlive their key");
    live.purge().unwrap();
    let second = plays(&emulator, &stream);
    assert!(second > first);
    live.invalidate(STREAMER).unwrap();
    assert!(plays(&emulator, &stream) > second);
    assert_eq!(emulator.counters().requests, 3);
}

#[test]
fn a_stream_goes_on_after_a_fork_with_the_grant_it_had() {
    let emulator = emulator();
    let live = minter_of(&emulator).isolated().build().unwrap();
    let stream = live.stream(STREAMER).unwrap();
    let first = plays(&emulator, &stream);
    live.cache().unwrap().simulate_fork();
    assert_eq!(plays(&emulator, &stream), first);
    assert!(stream.try_token("bob").unwrap().is_some());
    assert_eq!(emulator.counters().requests, 1);
}

fn with_room_for(emulator: &Emulator, keys: usize) -> PlaybackMinter {
    let policy = CachePolicy::builder().max_keys(keys).build().unwrap();
    minter_of(emulator).policy(policy).isolated().build().unwrap()
}

#[test]
fn a_stream_that_was_evicted_comes_back() {
    let emulator = emulator();
    let live = with_room_for(&emulator, 2);
    let streams: Vec<_> = (0..4).map(|number| live.stream(&streamer(number)).unwrap()).collect();
    for stream in streams.iter().chain(&streams) {
        plays(&emulator, stream);
    }
    let stats = live.stats().unwrap();
    assert_eq!(stats.keys, 2);
    assert!(stats.evictions >= 4, "{}", stats.evictions);
}

#[test]
fn one_stream_has_one_grant_however_it_is_spelled() {
    let emulator = emulator();
    let live = minter_of(&emulator).build().unwrap();
    let sid = "VJ000000000000000000000000000abcde";
    for spelling in [sid.to_owned(), format!("VJ{}", sid[2..].to_uppercase())] {
        let token = live.token(&spelling, "alice").unwrap();
        emulator.play(&token.jwt, None).unwrap();
        assert!(decode(&token.jwt).unwrap().claims_json().contains(sid));
    }
    assert_eq!(emulator.counters().requests, 1);
}

#[test]
fn all_clones_of_a_stream_keep_the_promise_of_its_minter() {
    let emulator = emulator();
    let live = minter_of(&emulator).min_remaining(Duration::from_secs(20)).build().unwrap();
    let stream = live.stream(STREAMER).unwrap();
    let token = stream.clone().token("alice").unwrap();
    assert!(token.grant_remaining >= Duration::from_secs(20));
    assert_eq!(stream.token("bob").unwrap().generation, token.generation);
}
