//! What one event costs beside many keys: an eviction, a fetch, a key kept warm, and a look at what is next.

use std::time::Duration;

use grantmint_bench::cases::Case;
use grantmint_bench::rounds::{Effort, Times, contestant};
use grantmint_core::{
    Begin, BeginOptions, CachePolicy, Grant, GrantCache, Key, PlaybackMinter, Ticket,
};

use crate::report::Report;

const DAY: Duration = Duration::from_secs(86_400);
const FEW: u32 = 1_000;
const MANY: u32 = 100_000;
/// As the logarithm of the number of keys grows by two thirds, and caches of the processor do not hold them all.
/// What looked through all of them would take a hundred times as long.
const AT_MOST: f64 = 10.0;
const NAMES: [&str; 7] = [
    "a new key evicts another",
    "a new stream evicts another",
    "a fetch beside as many in flight",
    "a look at as many in flight",
    "keep_warm beside as many",
    "a look at as many kept warm",
    "a refresh of one of as many kept warm",
];

pub(crate) fn run(report: &mut Report, effort: Effort, identities: &[String]) {
    let effort = Effort { rounds: effort.rounds.min(11), calls: effort.calls.min(1_000) };
    let [few, many] = [FEW, MANY].map(|count| {
        let times = measure(count, effort, identities);
        report.at("events beside so many keys", count.into(), &NAMES, &times);
        times
    });
    for (index, name) in NAMES.iter().enumerate() {
        let name = format!("{name}: 100,000 / 1,000 keys");
        report.at_most(&name, many.median(index) / few.median(index), AT_MOST);
    }
}

fn measure(count: u32, effort: Effort, identities: &[String]) -> Times {
    let (full, minter) =
        (filled(count, count), Case::playback(100).live_with(policy(count), false));
    (0..count).for_each(|number| stream(&minter, number));
    let flying = GrantCache::builder().policy(policy(2 * count)).build();
    let _tickets: Vec<Ticket> = (0..count).map(|number| begin(&flying, &key(number))).collect();
    let warm = filled(count, 2 * count);
    (0..count).for_each(|number| keep_warm(&warm, &key(number)));
    let (mut new, mut new_stream, mut kept, mut due) = (count, count, 0, 0);
    let mut contestants = [
        contestant(|_| {
            new += 1;
            complete(begin(&full, &key(new)));
        }),
        contestant(|_| {
            new_stream += 1;
            stream(&minter, new_stream);
        }),
        contestant(|_| {
            flying.invalidate(&key(count));
            complete(begin(&flying, &key(count)));
        }),
        contestant(|_| flying.next_wakeup()),
        contestant(|_| {
            kept = (kept + 7) % count;
            keep_warm(&warm, &key(kept));
        }),
        contestant(|_| warm.next_wakeup()),
        contestant(|_| {
            due = (due + 7) % count;
            warm.invalidate(&key(due));
            warm.poll().into_iter().for_each(complete);
        }),
    ];
    Times::measure(effort, identities, &mut contestants)
}

fn policy(max_keys: u32) -> CachePolicy {
    CachePolicy::builder().max_keys(max_keys as usize).build().expect("within the limits")
}

fn filled(count: u32, max_keys: u32) -> GrantCache {
    let cache = GrantCache::builder().policy(policy(max_keys)).build();
    (0..count).for_each(|number| complete(begin(&cache, &key(number))));
    cache
}

fn key(number: u32) -> Key {
    Key::new(&streamer(number), DAY).expect("the key is within its limits")
}

fn streamer(number: u32) -> String {
    format!("VJ{number:032x}")
}

fn begin(cache: &GrantCache, key: &Key) -> Ticket {
    match cache.begin(key, BeginOptions::default()) {
        Ok(Begin::Fetch(ticket, _)) => ticket,
        other => panic!("a cold key has to be fetched: {other:?}"),
    }
}

fn complete(ticket: Ticket) {
    ticket.complete(Grant::new("a grant"), DAY);
}

fn keep_warm(cache: &GrantCache, key: &Key) {
    cache.keep_warm(key, DAY).expect("the key is there");
}

fn stream(minter: &PlaybackMinter, number: u32) {
    drop(minter.stream(&streamer(number)).expect("there is space"));
}
