//! What processes share by a folder. Isolated minters share no cache, so each stands for a process of its own.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use grantmint_core::{Fleet, FleetStats, PlaybackMinter};
use grantmint_emulator::{Emulator, FaultKind};

use crate::support::{STREAMER, at_once, faulty, minter_of};

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("grantmint-fleet-{}-{number}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn fleet(&self) -> Fleet {
        Fleet::host_at(&self.0).unwrap()
    }

    /// So many minters that stand for processes.
    fn minters(&self, emulator: &Emulator, count: usize) -> Vec<PlaybackMinter> {
        let minter = || minter_of(emulator).isolated().fleet(self.fleet()).build().unwrap();
        std::iter::repeat_with(minter).take(count).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn fleet_stats(live: &PlaybackMinter) -> FleetStats {
    live.stats().unwrap().fleet.unwrap()
}

#[test]
fn of_all_processes_one_fetches() {
    let emulator = faulty(FaultKind::latency(200));
    let folder = Folder::new();
    let minters = folder.minters(&emulator, 16);
    let start = Instant::now();
    let started = minters.clone();
    let tokens = at_once(16, move |index| started[index].token(STREAMER, "alice").unwrap());
    println!("{:?}", start.elapsed());
    assert_eq!(emulator.counters().requests, 1);
    assert!(tokens.iter().all(|token| token.grant_remaining > Duration::from_secs(50)));
    let all: Vec<_> = minters.iter().map(fleet_stats).collect();
    println!("{all:?}");
    assert_eq!(all.iter().map(|stats| stats.leases).sum::<u64>(), 1);
    assert_eq!(all.iter().map(|stats| stats.values).sum::<u64>(), 15);
}
