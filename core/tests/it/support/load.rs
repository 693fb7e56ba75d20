//! An audience: threads that ask for tokens at a steady rate.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use grantmint_core::{ErrorKind, PlaybackMinter};

use super::STREAMER;

/// Threads that read until they are stopped.
pub(crate) struct Audience {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Seen>>,
}

/// What the audience has seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) reads: u64,
    pub(crate) errors: Vec<ErrorKind>,
    pub(crate) longest: Duration,
}

impl Audience {
    /// So many threads, each of which reads once in a while.
    pub(crate) fn of(live: &PlaybackMinter, threads: usize, every: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..threads)
            .map(|_| {
                let (live, stop) = (live.clone(), Arc::clone(&stop));
                thread::spawn(move || read(&live, every, &stop))
            })
            .collect();
        Self { stop, threads }
    }

    pub(crate) fn stop(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = Seen::default();
        for thread in self.threads {
            let seen = thread.join().unwrap();
            all.reads += seen.reads;
            all.errors.extend(seen.errors);
            all.longest = all.longest.max(seen.longest);
        }
        all
    }
}

fn read(live: &PlaybackMinter, every: Duration, stop: &AtomicBool) -> Seen {
    let mut seen = Seen::default();
    let mut next = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        if let Err(error) = live.token(STREAMER, "alice") {
            seen.errors.push(error.kind());
        }
        seen.longest = seen.longest.max(start.elapsed());
        seen.reads += 1;
        next += every;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
    seen
}
