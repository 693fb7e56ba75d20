//! What a child knows: its parent's grants and the account's cool-down, and nothing else of it.

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use grantmint_core::{Credential, ErrorKind, Freshness, IceServers, decode, oauth2};
use grantmint_emulator::{DEMO_KEY_SID, DEMO_SECRET, Fault, FaultKind};

use crate::child::fork;
use crate::support::{STREAMER, emulator, key, minter_of, streamer};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("grants_are_taken_over_without_a_call", grants_are_taken_over_without_a_call),
    ("what_waits_for_minters_is_found_by_a_child", what_waits_for_minters_is_found_by_a_child),
    ("a_cool_down_that_waits_is_found_by_a_child", a_cool_down_that_waits_is_found_by_a_child),
    ("no_two_processes_draw_the_same", no_two_processes_draw_the_same),
    ("a_cool_down_is_kept", a_cool_down_is_kept),
    (
        "what_a_child_does_is_no_matter_of_its_parents",
        what_a_child_does_is_no_matter_of_its_parents,
    ),
    ("a_child_refreshes_for_itself", a_child_refreshes_for_itself),
    (
        "credentials_are_taken_over_and_fetched_by_a_child",
        credentials_are_taken_over_and_fetched_by_a_child,
    ),
];

fn credentials_are_taken_over_and_fetched_by_a_child() {
    let emulator = emulator();
    let url = format!("{}/oauth2/token", emulator.base_url());
    let source = oauth2(url, DEMO_KEY_SID, DEMO_SECRET).build().unwrap();
    let token = Credential::builder(source).build().unwrap();
    let servers = IceServers::twilio(&key()).base_url(emulator.base_url()).build().unwrap();
    let parents = token.get(None).unwrap().generation();
    servers.get(None).unwrap();
    for _ in 0..20 {
        let child = fork(|| {
            assert_eq!(token.get(None).unwrap().generation(), parents);
            servers.get(None).unwrap().ice_servers().to_owned()
        });
        assert!(child.said().contains("credential"));
    }
    assert_eq!(emulator.counters().requests, 2);
    let child = fork(|| {
        assert!(token.invalidate_if(None, parents).unwrap());
        token.get(None).unwrap().as_str().to_owned()
    });
    assert!(child.said().starts_with("emulator-"));
    assert_eq!(token.get(None).unwrap().generation(), parents, "what a child drops is its own");
    assert_eq!(emulator.counters().requests, 3);
}

fn grants_are_taken_over_without_a_call() {
    let emulator = emulator();
    let live = minter_of(&emulator).build().unwrap();
    let stream = live.stream(STREAMER).unwrap();
    let parents = stream.token("alice").unwrap().generation;
    for _ in 0..20 {
        let child = fork(|| {
            let token = stream.token("bob").unwrap();
            assert_eq!((token.generation, token.freshness), (parents, Freshness::Fresh));
            let other = minter_of(&emulator).build().unwrap();
            assert!(other.try_token(STREAMER, "carol").unwrap().is_some(), "shared as before");
            let stats = live.stats().unwrap();
            assert_eq!((stats.hits(), stats.waits, stats.fetches), (2, 0, 0));
            token.jwt
        });
        emulator.play(&child.said(), None).unwrap();
    }
    assert_eq!(emulator.counters().requests, 1);
}

fn what_waits_for_minters_is_found_by_a_child() {
    let emulator = emulator();
    let handle = || minter_of(&emulator).build().unwrap().token(STREAMER, "alice").unwrap();
    let parents = handle().generation;
    for _ in 0..20 {
        let child = fork(|| {
            for _ in 0..3 {
                assert_eq!(handle().generation, parents);
            }
            let again = fork(|| handle().jwt);
            again.said()
        });
        emulator.play(&child.said(), None).unwrap();
    }
    let child = fork(|| {
        grantmint_core::forget();
        handle().jwt
    });
    emulator.play(&child.said(), None).unwrap();
    assert_eq!(handle().generation, parents, "what a child forgets is its own");
    assert_eq!(emulator.counters().requests, 2);
}

fn a_cool_down_that_waits_is_found_by_a_child() {
    let emulator = emulator();
    let handle = |number| {
        let live = minter_of(&emulator).build().unwrap();
        live.token(&streamer(number), "alice").unwrap_err()
    };
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(30)))).unwrap();
    assert_eq!(handle(1).kind(), ErrorKind::Throttled);
    let child = fork(|| handle(2).code().to_owned());
    assert_eq!(child.said(), "throttled");
    assert_eq!(emulator.counters().requests, 1);
}

fn no_two_processes_draw_the_same() {
    let emulator = emulator();
    let live = minter_of(&emulator).isolated().build().unwrap();
    let jti = || {
        let token = live.token(STREAMER, "alice").unwrap().jwt;
        decode(&token).unwrap().jti().unwrap().to_owned()
    };
    let mut seen = vec![jti()];
    seen.extend((0..10).map(|_| fork(jti).said()));
    seen.push(jti());
    let all: HashSet<&str> = seen.iter().map(String::as_str).collect();
    assert_eq!(all.len(), seen.len(), "{seen:?}");
}

fn a_cool_down_is_kept() {
    let emulator = emulator();
    let live = minter_of(&emulator).build().unwrap();
    emulator.add_fault(Fault::new(FaultKind::throttle(Some(30)))).unwrap();
    assert_eq!(live.token(STREAMER, "alice").unwrap_err().kind(), ErrorKind::Throttled);
    let child = fork(|| {
        let error = live.token(&streamer(2), "alice").unwrap_err();
        assert!(error.retry_after().unwrap() > Duration::from_secs(20));
        error.code().to_owned()
    });
    assert_eq!(child.said(), "throttled");
    assert_eq!(emulator.counters().requests, 1);
}

fn what_a_child_does_is_no_matter_of_its_parents() {
    let emulator = emulator();
    let live = minter_of(&emulator).isolated().build().unwrap();
    let first = live.token(STREAMER, "alice").unwrap();
    let before = live.stats().unwrap();
    let child = fork(|| {
        live.invalidate(STREAMER).unwrap();
        let second = live.token(STREAMER, "alice").unwrap();
        live.rotate(&key()).unwrap();
        live.purge().unwrap();
        live.close();
        assert!(second.generation > first.generation);
        second.jwt
    });
    emulator.play(&child.said(), None).unwrap();
    assert_eq!(live.stats().unwrap(), before);
    assert_eq!(live.token(STREAMER, "bob").unwrap().generation, first.generation);
    assert_eq!(emulator.counters().requests, 2);
}

fn a_child_refreshes_for_itself() {
    let emulator = emulator();
    let live = minter_of(&emulator).isolated().grant_ttl(4).build().unwrap();
    live.token(STREAMER, "alice").unwrap();
    let child = fork(|| {
        for _ in 0..60 {
            thread::sleep(Duration::from_millis(50));
            live.token(STREAMER, "bob").unwrap();
        }
        let stats = live.stats().unwrap();
        format!("{} {}", stats.refreshes, stats.waits)
    });
    let said = child.said();
    let (refreshes, waits) = said.split_once(' ').unwrap();
    assert!(refreshes.parse::<u64>().unwrap() >= 1, "{said}");
    assert_eq!(waits, "0");
}
