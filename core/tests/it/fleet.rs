//! What processes share by a folder. Isolated minters share no cache, so each stands for a process of its own.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use grantmint_core::{
    ApiKey, Begin, BeginOptions, CachePolicy, Error, ErrorKind, Fleet, FleetStats, Grant,
    GrantCache, Key, ManualClock, PlaybackMinter, PlaybackMinterBuilder, Start, Ticket, source_fn,
};
use grantmint_emulator::{DEMO_ACCOUNT_SID, Emulator, FaultKind};

use crate::support::{
    Folder, STREAMER, at_once, early, emulator, faulty, key, minter_of, refusal, streamer,
};

/// So many minters that stand for processes.
fn minters(folder: &Folder, emulator: &Emulator, count: usize) -> Vec<PlaybackMinter> {
    let minter = || minter_of(emulator).isolated().fleet(folder.fleet()).build().unwrap();
    std::iter::repeat_with(minter).take(count).collect()
}

fn fleet_stats(live: &PlaybackMinter) -> FleetStats {
    live.stats().unwrap().fleet.unwrap()
}

/// The least lifetime that is left of a grant before it is refreshed, so that tests need not wait.
fn early_minter(emulator: &Emulator, folder: &Folder) -> PlaybackMinter {
    let builder = minter_of(emulator).isolated().policy(early().build().unwrap());
    builder.fleet(folder.fleet()).build().unwrap()
}

#[test]
fn of_all_processes_one_fetches() {
    let emulator = faulty(FaultKind::latency(200));
    let folder = Folder::new();
    let minters = minters(&folder, &emulator, 16);
    let started = minters.clone();
    let tokens = at_once(16, move |index| started[index].token(STREAMER, "alice").unwrap());
    assert_eq!(emulator.counters().requests, 1);
    assert!(tokens.iter().all(|token| token.grant_remaining > Duration::from_secs(50)));
    let all: Vec<_> = minters.iter().map(fleet_stats).collect();
    assert_eq!(all.iter().map(|stats| stats.leases).sum::<u64>(), 1);
    assert_eq!(all.iter().map(|stats| stats.values).sum::<u64>(), 15);
    let fetches = minters.iter().map(|live| live.stats().unwrap().fetches);
    assert_eq!(fetches.sum::<u64>(), 1);
}

#[test]
fn a_process_that_comes_later_finds_the_grant_with_what_is_left_of_it() {
    let (emulator, folder) = (emulator(), Folder::new());
    let [first, second] = minters(&folder, &emulator, 2).try_into().unwrap();
    let one = first.token(STREAMER, "alice").unwrap();
    let other = second.token(STREAMER, "bob").unwrap();
    assert_eq!(emulator.counters().requests, 1);
    assert!(other.grant_remaining <= one.grant_remaining);
    assert!(one.grant_remaining - other.grant_remaining < Duration::from_secs(5));
    let events = second.cache().unwrap().drain_events();
    assert!(events.iter().any(|event| event.kind.as_str() == "fleet_value"), "{events:?}");
}

#[test]
fn another_key_origin_or_lifetime_is_another_grant() {
    let (emulator, folder) = (emulator(), Folder::new());
    let minter = || minter_of(&emulator).isolated().fleet(folder.fleet());
    minter().build().unwrap().token(STREAMER, "alice").unwrap();
    minter().grant_ttl(30).build().unwrap().token(STREAMER, "alice").unwrap();
    let origin = minter().allow_origin("https://www.example.com").build().unwrap();
    origin.token(STREAMER, "alice").unwrap();
    minter().build().unwrap().token(&streamer(2), "alice").unwrap();
    assert_eq!(emulator.counters().requests, 4);
    // With a secret of its own a fleet shares nothing with one that has none.
    let sealed = folder.fleet().secret(&[7; 32]).unwrap();
    let other = minter_of(&emulator).isolated().fleet(sealed).build().unwrap();
    other.token(STREAMER, "alice").unwrap();
    assert_eq!(emulator.counters().requests, 5);
}

#[test]
fn after_a_429_all_processes_wait() {
    let folder = Folder::new();
    let fleet = folder.fleet().secret(&[7; 32]).unwrap();
    // Each has an account limiter of its own.
    let caches =
        [(); 2].map(|()| GrantCache::builder().rate_limited().fleet(&fleet, "a").unwrap().build());
    let asked = Cell::new(0);
    let refused = |cache: &GrantCache, key: &str| {
        let key = Key::new(key, Duration::from_secs(60)).unwrap();
        let error = cache.get(&key, BeginOptions::new(), |mut ticket| {
            if let Start::Go(_) = ticket.start() {
                asked.set(asked.get() + 1);
                let error = Error::new(ErrorKind::Throttled, "too many");
                ticket.fail(error.with_retry_after(Duration::from_secs(30)));
            }
        });
        error.map(drop).unwrap_err()
    };
    assert_eq!(refused(&caches[0], "one").kind(), ErrorKind::Throttled);
    let error = refused(&caches[1], "another");
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert!(error.retry_after().unwrap() > Duration::from_secs(25), "{error:?}");
    assert_eq!(asked.get(), 1);
}

#[test]
fn what_upstream_said_of_a_stream_or_a_key_is_not_asked_again() {
    for (status, kind) in [
        (404, ErrorKind::UpstreamNotFound),
        (400, ErrorKind::UpstreamBadRequest),
        (401, ErrorKind::UpstreamUnauthorized),
        (503, ErrorKind::UpstreamUnavailable),
    ] {
        let (emulator, folder) = (faulty(FaultKind::status(status)), Folder::new());
        let minters = minters(&folder, &emulator, 2);
        assert_eq!(refusal(&minters[0]), kind);
        let error = minters[1].token(STREAMER, "bob").unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.retry_after().is_some(), "{error:?}");
        assert_eq!(emulator.counters().requests, 1, "{status}");
        assert_eq!(fleet_stats(&minters[1]).pauses, 1);
    }
}

#[test]
fn a_key_that_upstream_refuses_holds_up_nobody_who_has_another() {
    const UNKNOWN: &str = "SK000000000000000000000000000000ff";
    let (emulator, folder) = (emulator(), Folder::new());
    let fleet = folder.fleet().secret(&[7; 32]).unwrap();
    let process = |key: &ApiKey| {
        let builder = PlaybackMinter::builder(key).base_url(emulator.base_url()).isolated();
        builder.fleet(fleet.clone()).build().unwrap()
    };
    let wrong = ApiKey::new(DEMO_ACCOUNT_SID, UNKNOWN, "a secret that nobody knows").unwrap();
    for _ in 0..2 {
        assert_eq!(refusal(&process(&wrong)), ErrorKind::UpstreamUnauthorized);
    }
    assert_eq!(emulator.counters().requests, 1, "all who have it wait");
    assert!(process(&key()).token(STREAMER, "alice").is_ok());
    assert_eq!(emulator.counters().requests, 2);
}

#[test]
fn an_invalidated_grant_is_given_up_by_all_at_their_next_fetch() {
    let (emulator, folder) = (emulator(), Folder::new());
    let [one, other] = [(); 2].map(|()| early_minter(&emulator, &folder));
    let first = one.token(STREAMER, "alice").unwrap();
    other.token(STREAMER, "bob").unwrap();
    one.invalidate(STREAMER).unwrap();
    // A process that has nothing in hand finds nothing to take over.
    early_minter(&emulator, &folder).token(STREAMER, "carol").unwrap();
    assert_eq!(emulator.counters().requests, 2);
    assert!(first.grant_remaining > Duration::from_secs(50));
    one.purge().unwrap();
    early_minter(&emulator, &folder).token(STREAMER, "dave").unwrap();
    assert_eq!(emulator.counters().requests, 3);
}

#[test]
fn a_folder_that_cannot_be_used_costs_calls_and_no_error() {
    let emulator = emulator();
    let file = std::env::temp_dir().join(format!("grantmint-no-folder-{}", std::process::id()));
    std::fs::write(&file, "in its place").unwrap();
    let live = minter_of(&emulator).isolated().fleet(Fleet::host_at(&file).unwrap());
    let live = live.build().unwrap();
    live.token(STREAMER, "alice").unwrap();
    live.token(&streamer(2), "alice").unwrap();
    live.token(&streamer(3), "alice").unwrap();
    let stats = fleet_stats(&live);
    assert_eq!((stats.alone, stats.values, stats.is_broken), (3, 0, true), "{stats:?}");
    assert!(stats.trouble.unwrap().contains("grantmint-no-folder"));
    let events = live.cache().unwrap().drain_events();
    assert!(events.iter().any(|event| event.kind.as_str() == "fleet_broken"));
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn what_does_not_go_together_is_refused() {
    let folder = Folder::new();
    let kind = |builder: PlaybackMinterBuilder| {
        let error = builder.build().map(drop).unwrap_err();
        assert_eq!(error.argument(), Some("fleet"), "{error}");
        error.kind()
    };
    let minter = || PlaybackMinter::builder(&key()).fleet(folder.fleet());
    let source = source_fn(|_, _| Err(Error::new(ErrorKind::SourceFailed, "none")));
    assert_eq!(kind(minter().source(source)), ErrorKind::InvalidArgument);
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    assert_eq!(kind(minter().clock(&clock)), ErrorKind::InvalidArgument);
    let cache = GrantCache::builder().build();
    assert_eq!(kind(minter().cache(&cache)), ErrorKind::InvalidArgument);
    let of_cache = |fleet: &Fleet, name: &str| {
        let error = GrantCache::builder().fleet(fleet, name).map(|_| ()).unwrap_err();
        (error.kind(), error.argument().unwrap().to_owned())
    };
    let invalid = |argument: &str| (ErrorKind::InvalidArgument, argument.to_owned());
    assert_eq!(of_cache(&folder.fleet(), "a"), invalid("fleet"));
    let sealed = folder.fleet().secret(&[7; 32]).unwrap();
    assert_eq!(of_cache(&sealed, ""), invalid("namespace"));
    assert_eq!(of_cache(&sealed, &"x".repeat(129)), invalid("namespace"));
}

#[test]
fn a_host_programs_function_runs_in_one_process() {
    let folder = Folder::new();
    let fleet = folder.fleet().secret(&[7; 32]).unwrap();
    let cache = |name: &str| GrantCache::builder().fleet(&fleet, name).unwrap().build();
    let caches = [cache("a"), cache("a"), cache("b")];
    let key = Key::new("service", Duration::from_secs(60)).unwrap();
    let runs = AtomicUsize::new(0);
    let get = |cache: &GrantCache| {
        let fetch = |mut ticket: Ticket| match ticket.start() {
            Start::Go(_) => {
                let number = runs.fetch_add(1, Ordering::Relaxed) + 1;
                ticket.complete(Grant::new(format!("grant {number}")), Duration::from_secs(60));
            }
            Start::Served => {}
            start => panic!("nothing holds it back: {start:?}"),
        };
        cache.get(&key, BeginOptions::new(), fetch).unwrap().as_str().to_owned()
    };
    let all: Vec<_> = caches.iter().map(get).collect();
    assert_eq!(all, ["grant 1", "grant 1", "grant 2"]);
}

#[test]
fn who_holds_the_right_to_fetch_and_hangs_keeps_others_for_a_fetch_time_at_most() {
    let folder = Folder::new();
    let fleet = folder.fleet().secret(&[7; 32]).unwrap();
    let policy = CachePolicy::builder().fetch_timeout(Duration::from_millis(300)).build().unwrap();
    let cache = || GrantCache::builder().policy(policy.clone()).fleet(&fleet, "a").unwrap().build();
    let (hangs, other) = (cache(), cache());
    let key = Key::new("service", Duration::from_secs(60)).unwrap();
    let Begin::Fetch(mut held, _waiter) = hangs.begin(&key, BeginOptions::new()).unwrap() else {
        panic!("a cold key is fetched");
    };
    assert!(matches!(held.start(), Start::Go(_)));
    let start = Instant::now();
    let hit = other.get(&key, BeginOptions::new(), |mut ticket| {
        loop {
            match ticket.start() {
                Start::Go(_) => {
                    return ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
                }
                Start::Later(after) => std::thread::sleep(after),
                start => panic!("it goes on alone: {start:?}"),
            }
        }
    });
    assert_eq!(hit.unwrap().as_str(), "a grant");
    let waited = start.elapsed();
    assert!(waited > Duration::from_millis(1200) && waited < Duration::from_secs(4), "{waited:?}");
    // Late, and for nobody: another has left a grant meanwhile.
    held.complete(Grant::new("late"), Duration::from_secs(60));
    let third = cache().get(&key, BeginOptions::new(), |mut ticket| {
        assert!(matches!(ticket.start(), Start::Served));
    });
    assert_eq!(third.unwrap().as_str(), "a grant");
}
