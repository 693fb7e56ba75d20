//! Connections that a child inherits are its parent's: it neither uses nor ends them.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::PlaybackMinter;
use grantmint_emulator::{Config, Emulator, Tls};

use crate::child::fork;
use crate::support::{STREAMER, emulator, minter_of, start, streamer};

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("a_plain_connection_stays_the_parents", a_plain_connection_stays_the_parents),
    ("a_tls_connection_stays_the_parents", a_tls_connection_stays_the_parents),
    ("the_childs_threads_are_its_own", the_childs_threads_are_its_own),
    ("what_waits_for_minters_starts_no_thread", what_waits_for_minters_starts_no_thread),
];

fn a_plain_connection_stays_the_parents() {
    let emulator = emulator();
    let live = minter_of(&emulator).isolated().build().unwrap();
    stays_the_parents(&emulator, live);
}

fn a_tls_connection_stays_the_parents() {
    let emulator = start(Config { tls: Some(Tls::Good), ..Config::default() });
    let ca = std::env::temp_dir().join(format!("grantmint-fork-{}.pem", std::process::id()));
    fs::write(&ca, emulator.ca_pem().unwrap()).unwrap();
    let live = minter_of(&emulator).isolated().ca_file(&ca).build().unwrap();
    fs::remove_file(&ca).unwrap();
    stays_the_parents(&emulator, live);
}

fn stays_the_parents(emulator: &Emulator, live: PlaybackMinter) {
    let connections = || emulator.counters().connections;
    let mut live = Some(live);
    let fetch = |live: &Option<PlaybackMinter>, number| {
        live.as_ref().unwrap().token(&streamer(number), "alice").unwrap();
    };
    fetch(&live, 0);
    assert_eq!(connections(), 1);
    // One child goes without a word, one fetches, one drops all that it inherited.
    fork(String::new).said();
    let child = fork(|| {
        fetch(&live, 1);
        fetch(&live, 2);
        String::new()
    });
    child.said();
    assert_eq!(connections(), 2, "the child's calls share one connection of its own");
    let child = fork(|| {
        drop(live.take());
        String::new()
    });
    child.said();
    fetch(&live, 3);
    fetch(&live, 4);
    assert_eq!(connections(), 2, "the parent goes on with its own");
    assert_eq!(emulator.counters().requests, 5);
}

fn the_childs_threads_are_its_own() {
    let emulator = emulator();
    let live = minter_of(&emulator).isolated().build().unwrap();
    live.token(&streamer(0), "alice").unwrap();
    let child = fork(|| {
        let before = threads();
        live.token(&streamer(1), "alice").unwrap();
        // A thread has its name once it runs, which the one that watches may not yet.
        let end = Instant::now() + Duration::from_secs(5);
        while threads().len() < 2 && Instant::now() < end {
            thread::sleep(Duration::from_millis(1));
        }
        format!("{before:?} {:?}", threads())
    });
    let said = child.said();
    if cfg!(target_os = "linux") {
        assert_eq!(said, r#"[] ["grantmint-1", "grantmint-watch"]"#);
    }
}

fn what_waits_for_minters_starts_no_thread() {
    let emulator = emulator();
    let handle = || minter_of(&emulator).build().unwrap().token(STREAMER, "alice").unwrap();
    let parents = handle().generation;
    let child = fork(|| {
        // What waits is looked through a second after the last minter, by whoever comes then.
        let end = Instant::now() + Duration::from_millis(2500);
        while Instant::now() < end {
            assert_eq!(handle().generation, parents);
            thread::sleep(Duration::from_millis(25));
        }
        format!("{:?}", threads())
    });
    assert_eq!(child.said(), "[]");
}

/// The names of the library's threads in this process, where the system tells.
fn threads() -> Vec<String> {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return Vec::new() };
    let names = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
    let names = names.map(|name| name.trim().to_owned());
    let mut names: Vec<_> = names.filter(|name| name.starts_with("grantmint-")).collect();
    names.sort_unstable();
    names
}
