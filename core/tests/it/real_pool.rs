//! The library's own threads: their names, limits and manners.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{AccountOptions, Fetched, GrantRequest, GrantSource, PlaybackMinter, Result};

use grantmint_emulator::{Fault, FaultKind};

use crate::support::{STREAMER, early, emulator, eventually, minter_from, minter_of, streamer};

/// Counts how many of its fetches run at once, by the cache that they are for.
#[derive(Clone, Default)]
struct Slow(Arc<Mutex<HashMap<usize, usize>>>, Arc<Mutex<Peak>>);

#[derive(Default)]
struct Peak {
    of_one: usize,
    of_all: usize,
}

struct SlowFor {
    cache: usize,
    all: Slow,
}

impl GrantSource for SlowFor {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        self.all.enter(self.cache);
        thread::sleep(Duration::from_millis(150));
        *self.all.0.lock().unwrap().get_mut(&self.cache).unwrap() -= 1;
        Fetched::new("{}")
    }
}

impl Slow {
    fn minter(&self, cache: usize) -> PlaybackMinter {
        let four = AccountOptions::new().max_fetches(4);
        minter_from(SlowFor { cache, all: self.clone() }).account(four).build().unwrap()
    }

    fn enter(&self, cache: usize) {
        let mut running = self.0.lock().unwrap();
        *running.entry(cache).or_default() += 1;
        let mut peak = self.1.lock().unwrap();
        peak.of_one = peak.of_one.max(running[&cache]);
        peak.of_all = peak.of_all.max(running.values().sum());
    }
}

#[test]
fn fetches_of_an_account_are_at_most_as_many_at_once_as_it_says() {
    let slow = Slow::default();
    let minters: Vec<_> = (0..4).map(|cache| slow.minter(cache)).collect();
    for number in 0..10 {
        minters.iter().for_each(|live| live.prefetch(&streamer(number)).unwrap());
    }
    for live in &minters {
        eventually("all are fetched", || live.stats().unwrap().fetch_latency.count == 10);
    }
    let peak = slow.1.lock().unwrap();
    println!("at most {} of one cache and {} in all", peak.of_one, peak.of_all);
    assert!(peak.of_one <= 4, "{} of one, {} of all", peak.of_one, peak.of_all);
    assert!(peak.of_one >= 2, "they do run at once");
}

#[test]
fn a_cache_with_many_slow_streams_does_not_hold_up_another() {
    let slow = Slow::default();
    let (busy, quiet) = (slow.minter(1), slow.minter(2));
    // The account's burst; more would wait for its rate limit anyway.
    for number in 0..20 {
        busy.prefetch(&streamer(number)).unwrap();
    }
    let start = Instant::now();
    quiet.token(STREAMER, "alice").unwrap();
    let waited = start.elapsed();
    let in_flight = busy.stats().unwrap().in_flight;
    println!("waited {waited:?} while {in_flight} of the other cache were in flight");
    assert!(in_flight > 0, "the busy cache is not done after {waited:?}");
}

#[test]
fn a_stream_is_kept_warm_without_being_read_until_told_otherwise() {
    let emulator = emulator();
    let policy = early().build().unwrap();
    let live = minter_of(&emulator).grant_ttl(4).policy(policy).build().unwrap();
    live.keep_warm(STREAMER, Duration::from_secs(60)).unwrap();
    eventually("the third call", || emulator.counters().requests == 3);
    assert_eq!(live.stats().unwrap().hits(), 0);
    live.keep_warm(STREAMER, Duration::ZERO).unwrap();
    let calls = emulator.counters().requests;
    thread::sleep(Duration::from_millis(1500));
    assert!(emulator.counters().requests <= calls + 1, "one may have been in flight");
}

#[test]
fn a_closed_minter_keeps_nothing_warm() {
    let emulator = emulator();
    let policy = early().build().unwrap();
    let live = minter_of(&emulator).grant_ttl(4).policy(policy).build().unwrap();
    live.keep_warm(STREAMER, Duration::from_secs(60)).unwrap();
    eventually("the second call", || emulator.counters().requests == 2);
    live.close();
    thread::sleep(Duration::from_millis(2500));
    assert!(emulator.counters().requests <= 3, "one may have been in flight");
}

#[test]
fn new_streams_neither_hold_up_nor_drive_out_those_that_are_watched() {
    const MADE_UP: usize = 2000;
    let emulator = emulator();
    let policy = early().max_keys(100).build().unwrap();
    let live = minter_of(&emulator).grant_ttl(4).policy(policy).build().unwrap();
    let first = live.token(STREAMER, "alice").unwrap().generation;
    emulator.add_fault(Fault::new(FaultKind::latency(500))).unwrap();
    // As fast as anybody can: each is a fetch that keeps a thread for half a second.
    for number in 1..=MADE_UP {
        live.try_token(&streamer(number), "eve").unwrap();
    }
    let fetched = || emulator.counters().calls(STREAMER);
    eventually("its refresh", || {
        live.try_token(STREAMER, "alice").unwrap();
        fetched() == 2
    });
    assert!(emulator.counters().requests < 50, "{}", emulator.counters().requests);
    eventually("another grant", || live.token(STREAMER, "bob").unwrap().generation > first);
    let stats = live.stats().unwrap();
    assert_eq!((stats.evictions, stats.hits_degraded), (0, 0));
    assert!(stats.refusals > 1800, "{}", stats.refusals);
}

#[cfg(target_os = "linux")]
#[test]
fn the_librarys_threads_are_named_and_handle_no_signals() {
    // Interrupt, terminate, hang up, user 1, user 2, alarm, child and profiling.
    const HOSTS: [u32; 8] = [2, 15, 1, 10, 12, 14, 17, 27];
    let emulator = emulator();
    minter_of(&emulator).build().unwrap().token(STREAMER, "alice").unwrap();
    let mut found = Vec::new();
    for task in fs::read_dir("/proc/self/task").unwrap() {
        // A thread of another test may just have ended.
        let Ok(status) = fs::read_to_string(task.unwrap().path().join("status")) else { continue };
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_once('\t').unwrap().1.trim().to_owned()
        };
        let name = field("Name:");
        if !name.starts_with("grantmint-") {
            continue;
        }
        let blocked = u64::from_str_radix(&field("SigBlk:"), 16).unwrap();
        for signal in HOSTS {
            assert!(blocked & (1 << (signal - 1)) != 0, "{name} would handle signal {signal}");
        }
        found.push(name);
    }
    let numbered = found.iter().filter(|name| name["grantmint-".len()..].parse::<u32>().is_ok());
    let numbered = numbered.count();
    assert!(numbered > 0, "{found:?}");
    let watching = found.iter().filter(|name| *name == "grantmint-watch").count();
    assert_eq!(watching, 1, "{found:?}");
}
