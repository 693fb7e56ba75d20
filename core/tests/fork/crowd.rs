//! A hundred children of a parent whose threads hold every lock there is now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use grantmint_core::{PlaybackMinter, TokenOptions};
use grantmint_emulator::{Emulator, Fault, FaultKind};

use crate::child::{Child, fork};
use crate::support::{emulator, key, minter_of, streamer};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_hundred_forks_of_a_busy_parent", a_hundred_forks_of_a_busy_parent),
    ("a_fork_while_the_fetch_is_in_the_air", a_fork_while_the_fetch_is_in_the_air),
    ("children_of_children", children_of_children),
];

/// The parent's streams have lower numbers, the children's begin here.
const CHILDRENS: usize = 10_000;

/// A thousand under `make test-long`.
fn children() -> usize {
    if std::env::var_os("GRANTMINT_LONG").is_some() { 1000 } else { 100 }
}

/// Threads that keep a minter's locks busy until they are stopped.
struct Busy {
    stop: Arc<AtomicBool>,
    rounds: Arc<AtomicU64>,
    threads: Vec<JoinHandle<()>>,
}

impl Busy {
    fn with(live: &PlaybackMinter, threads: usize) -> Self {
        let (stop, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let threads = (0..threads)
            .map(|index| {
                let (live, stop, rounds) = (live.clone(), Arc::clone(&stop), Arc::clone(&rounds));
                thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        contend(&live, index);
                        rounds.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        Self { stop, rounds, threads }
    }

    /// How many rounds they made.
    fn stop(self) -> u64 {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| thread.join().unwrap());
        self.rounds.load(Ordering::Relaxed)
    }
}

/// Takes the locks of the entry, the shard, the fetches, the events, the kept-warm, the watch, the
/// account's rate limit and the rotation, one after the other.
fn contend(live: &PlaybackMinter, index: usize) {
    let stream = streamer(index % 4);
    live.invalidate(&stream).unwrap();
    let options = TokenOptions::new().timeout(Duration::from_millis(1));
    let call = live.token_then(&stream, "alice", options, |_| {});
    live.stats().unwrap();
    live.drain_events().unwrap();
    live.keep_warm(&stream, Duration::from_secs(u64::from(index == 0))).unwrap();
    call.cancel();
    if index == 1 {
        live.rotate(&key()).unwrap();
    }
}

fn a_hundred_forks_of_a_busy_parent() {
    let emulator = emulator();
    emulator.add_fault(Fault::new(FaultKind::latency(20))).unwrap();
    let live = minter_of(&emulator).isolated().build().unwrap();
    let busy = Busy::with(&live, 4);
    let mut running: Vec<Child> = Vec::new();
    let children = children();
    for number in 0..children {
        running.push(fork_with_work(&live, number));
        if running.len() == 4 {
            running.remove(0).said();
        }
    }
    running.into_iter().for_each(|child| assert_eq!(child.said(), "ok"));
    let rounds = busy.stop();
    let counters = emulator.counters();
    for number in 0..children {
        let calls = counters.calls(&streamer(CHILDRENS + number));
        assert_eq!(calls, 1, "child {number}: one call for its own stream");
    }
    plays(&emulator, &live, &streamer(CHILDRENS * 2));
    println!("{children} children of a parent that took every lock {rounds} times");
}

/// A child that wants a stream that its parent never asked for, on several threads, and uses
/// everything else that the parent's threads were using.
fn fork_with_work(live: &PlaybackMinter, number: usize) -> Child {
    fork(|| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let live = live.clone();
                thread::spawn(move || live.token(&streamer(CHILDRENS + number), "alice").is_ok())
            })
            .collect();
        let all = threads.into_iter().all(|thread| thread.join().unwrap());
        live.keep_warm(&streamer(0), Duration::ZERO).unwrap();
        live.rotate(&key()).unwrap();
        live.purge().unwrap();
        assert_eq!(live.stats().unwrap().fetches, 1);
        (if all { "ok" } else { "an error" }).to_owned()
    })
}

fn a_fork_while_the_fetch_is_in_the_air() {
    let emulator = emulator();
    emulator.add_fault(Fault::new(FaultKind::latency(300))).unwrap();
    let live = minter_of(&emulator).isolated().build().unwrap();
    let stream = streamer(1);
    let waiting = {
        let (live, stream) = (live.clone(), stream.clone());
        thread::spawn(move || live.token(&stream, "alice").unwrap().generation)
    };
    let pending = live.token_then(&stream, "alice", TokenOptions::default(), |_| {});
    while emulator.counters().requests == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    let children: Vec<_> = (0..5)
        .map(|_| {
            let (live, stream) = (&live, &stream);
            fork(move || live.token(stream, "bob").unwrap().jwt)
        })
        .collect();
    let in_child = fork(|| pending.cancel().to_string());
    assert_eq!(in_child.said(), "true", "the parent's call is none of the child's");
    for child in children {
        emulator.play(&child.said(), None).unwrap();
    }
    assert_eq!(waiting.join().unwrap(), 1);
    assert_eq!(emulator.counters().requests, 6, "one call in each process");
}

fn children_of_children() {
    let emulator = emulator();
    let live = minter_of(&emulator).isolated().build().unwrap();
    plays(&emulator, &live, &streamer(1));
    let child = fork(|| {
        let grandchild = fork(|| {
            // Still warm from the grandparent; the second is its own.
            let warm = live.try_token(&streamer(1), "alice").unwrap().is_some();
            let own = live.token(&streamer(3), "alice").is_ok();
            format!("{warm} {own}")
        });
        let own = live.token(&streamer(2), "alice").is_ok();
        format!("{own} {}", grandchild.said())
    });
    assert_eq!(child.said(), "true true true");
    let counters = emulator.counters();
    let calls = [1, 2, 3].map(|number| counters.calls(&streamer(number)));
    assert_eq!(calls, [1, 1, 1]);
}

fn plays(emulator: &Emulator, live: &PlaybackMinter, stream: &str) {
    // The busy threads have used up the account's calls for some seconds to come.
    let options = TokenOptions::new().timeout(Duration::from_secs(20));
    emulator.play(&live.token_with(stream, "alice", options).unwrap().jwt, None).unwrap();
}
