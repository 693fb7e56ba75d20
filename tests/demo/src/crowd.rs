//! An audience that arrives all at once.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{Error, ErrorKind};

use crate::STREAMS;
use crate::ways::Way;

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(200);

/// What the audience was told.
#[derive(Default)]
pub(crate) struct Crowd {
    pub(crate) tokens: Vec<String>,
    pub(crate) errors: Vec<Error>,
    /// How long each viewer waited for an answer, sorted.
    pub(crate) waits: Vec<Duration>,
    /// From the first question to the last answer.
    pub(crate) elapsed: Duration,
    ended: Option<Instant>,
}

impl Crowd {
    /// Has `viewers` ask, spread over threads that start together.
    pub(crate) fn ask<W: Way>(
        name: &str,
        viewers: usize,
        threads: usize,
        way: impl Fn() -> Result<W, Error> + Sync,
    ) -> Result<Self, Error> {
        let (next, barrier) = (AtomicUsize::new(0), Barrier::new(threads + 1));
        let ways: Vec<W> = (0..threads).map(|_| way()).collect::<Result<_, _>>()?;
        let mut crowd = Self::default();
        thread::scope(|scope| {
            let asking: Vec<_> = ways
                .into_iter()
                .map(|way| scope.spawn(|| ask_in_turn(way, &next, viewers, &barrier)))
                .collect();
            let start = Instant::now();
            barrier.wait();
            show_progress(name, &next, viewers);
            for thread in asking {
                let part = thread.join().expect("a viewer's thread does not panic");
                crowd.take(part);
            }
            crowd.elapsed = crowd.ended.map_or(Duration::ZERO, |ended| ended - start);
        });
        crowd.waits.sort_unstable();
        Ok(crowd)
    }

    /// Shows every token to a player and counts those let in.
    pub(crate) fn play(&self, name: &str, is_let_in: impl Fn(&str) -> bool + Sync) -> usize {
        let (next, admitted) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let play_in_turn = || {
            while let Some(token) = self.tokens.get(next.fetch_add(1, Ordering::Relaxed)) {
                admitted.fetch_add(is_let_in(token).into(), Ordering::Relaxed);
            }
        };
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(play_in_turn);
            }
            show_progress(&format!("{name}: players"), &next, self.tokens.len());
        });
        admitted.into_inner()
    }

    /// The wait that a part of the viewers did not exceed.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let index = (self.waits.len() * percent / 100).min(self.waits.len().saturating_sub(1));
        self.waits.get(index).copied().unwrap_or_default()
    }

    /// How many were refused because of the request limit.
    pub(crate) fn throttled(&self) -> usize {
        self.errors.iter().filter(|error| error.kind() == ErrorKind::Throttled).count()
    }

    fn take(&mut self, part: Self) {
        self.tokens.extend(part.tokens);
        self.errors.extend(part.errors);
        self.waits.extend(part.waits);
        self.ended = self.ended.max(part.ended);
    }
}

fn ask_in_turn(way: impl Way, next: &AtomicUsize, viewers: usize, barrier: &Barrier) -> Crowd {
    let mut part = Crowd::default();
    barrier.wait();
    loop {
        let viewer = next.fetch_add(1, Ordering::Relaxed);
        if viewer >= viewers {
            part.ended = Some(Instant::now());
            return part;
        }
        let asked = Instant::now();
        match way.token(STREAMS[viewer % STREAMS.len()], &format!("viewer-{viewer}")) {
            Ok(token) => part.tokens.push(token),
            Err(error) => part.errors.push(error),
        }
        part.waits.push(asked.elapsed());
    }
}

/// One line that grows on a terminal, and only its end elsewhere.
fn show_progress(name: &str, next: &AtomicUsize, of: usize) {
    let mut out = std::io::stdout();
    loop {
        let done = next.load(Ordering::Relaxed).min(of);
        if out.is_terminal() {
            let _ = write!(out, "\r{name}: {done} of {of} ").and_then(|()| out.flush());
        }
        if done == of {
            println!(
                "{}",
                if out.is_terminal() { String::new() } else { format!("{name}: {done} of {of}") }
            );
            return;
        }
        thread::sleep(TICK);
    }
}
