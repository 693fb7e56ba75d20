//! How cost grows with the size of the grant, the number of streams, the number of threads and the
//! length of identities.

use std::thread;
use std::time::Duration;

use grantmint_bench::cases::{Case, STREAMER, live};
use grantmint_bench::rounds::{Contestant, Effort, Times, contestant};
use grantmint_core::{Begin, BeginOptions, CachePolicy, Grant, GrantCache, Key};

use crate::report::Report;

const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn run(report: &mut Report, effort: Effort, identities: &[String]) {
    let effort = Effort { rounds: effort.rounds.min(21), calls: effort.calls / 2 };
    for bytes in [100, 400, 1_000, 2_000, 4_000, 8_000, 16_000] {
        grant_size(report, bytes, effort, identities);
    }
    for keys in [1, 10, 100, 1_000, 10_000, 100_000] {
        keys_in_cache(report, keys, effort, identities);
    }
    for threads in [1, 2, 4, 8, 16] {
        threads_at_once(report, threads, effort, identities);
    }
    for characters in [1, 8, 32, 128, 512] {
        let identities: Vec<_> = identities.iter().map(|name| fitted(name, characters)).collect();
        identity_length(report, characters, effort, &identities);
    }
}

fn grant_size(report: &mut Report, bytes: u32, effort: Effort, identities: &[String]) {
    let case = Case::playback(bytes as usize);
    let (minter, live) = (case.minter(), live(&case, false));
    let stream = live.stream(STREAMER).expect("the stream is there");
    let mut contestants = [
        contestant(|identity| minter.mint(identity)),
        contestant(|identity| stream.token(identity)),
    ];
    let times = Times::measure(effort, identities, &mut contestants);
    let names = ["TokenMinter::mint", "StreamMinter::token"];
    report.at("bytes of the grant", bytes.into(), &names, &times);
}

fn keys_in_cache(report: &mut Report, count: u32, effort: Effort, identities: &[String]) {
    let cache = full_cache(count);
    let keys: Vec<_> = (0..count).map(key).collect();
    let mut state = 1_u64;
    let mut any = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        &keys[(state >> 33) as usize % keys.len()]
    };
    let mut contestants =
        [contestant(|_| cache.begin(any(), BeginOptions::default()).expect("it is there"))];
    let times = Times::measure(effort, identities, &mut contestants);
    report.at("keys in the cache", count.into(), &["hit by a random key"], &times);
}

fn full_cache(count: u32) -> GrantCache {
    let policy = CachePolicy::builder().max_keys(1_000_000).build();
    let cache = GrantCache::builder().policy(policy.expect("within the limits")).build();
    for number in 0..count {
        match cache.begin(&key(number), BeginOptions::default()) {
            Ok(Begin::Fetch(ticket, _)) => ticket.complete(Grant::new("a grant"), DAY),
            other => panic!("a cold key has to be fetched: {other:?}"),
        }
    }
    cache
}

fn key(number: u32) -> Key {
    Key::new(&format!("VJ{number:032x}"), DAY).expect("the key is within its limits")
}

fn threads_at_once(report: &mut Report, count: u32, effort: Effort, identities: &[String]) {
    let case = Case::playback(900);
    let (minter, live) = (case.minter(), live(&case, false));
    let stream = live.stream(STREAMER).expect("the stream is there");
    let mut contestants: [Contestant<'_>; 2] = [
        on_threads(count, |identity| minter.mint(identity)),
        on_threads(count, |identity| stream.token(identity)),
    ];
    let times = Times::measure(effort, identities, &mut contestants);
    let names = ["TokenMinter::mint", "StreamMinter::token"];
    report.at(
        "threads on one minter, the machine's time for a token",
        count.into(),
        &names,
        &times,
    );
}

/// The same number of calls, shared out to threads.
fn on_threads<'a, R>(
    count: u32,
    call: impl Fn(&str) -> R + Copy + Send + Sync + 'a,
) -> Contestant<'a> {
    Box::new(move |identities, calls| {
        thread::scope(|scope| {
            for _ in 0..count {
                scope.spawn(move || contestant(call)(identities, calls / count as usize));
            }
        });
    })
}

fn identity_length(report: &mut Report, characters: u32, effort: Effort, identities: &[String]) {
    let case = Case::playback(900);
    let minter = case.minter();
    let mut contestants = [contestant(|identity| minter.mint(identity))];
    let times = Times::measure(effort, identities, &mut contestants);
    report.at("characters of the identity", characters.into(), &["TokenMinter::mint"], &times);
}

/// A name of so many characters.
fn fitted(name: &str, characters: u32) -> String {
    name.chars().cycle().take(characters as usize).collect()
}
