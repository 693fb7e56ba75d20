//! An audience that arrives all at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::io::{IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_core::{Error, ErrorKind};

use crate::Show;
use crate::ways::Way;

/// How often progress is shown.
const TICK: Duration = Duration::from_millis(200);
/// Whoever is refused and not told when to come back asks again after this time.
const AGAIN: Duration = Duration::from_secs(1);
/// No viewer waits for longer before they ask again, whatever they are told.
const AGAIN_MAX: Duration = Duration::from_secs(5);
/// How often a thread with nobody to ask for looks again.
const PAUSE: Duration = Duration::from_millis(10);

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
    /// Has all viewers ask, spread over threads that start together.
    pub(crate) fn ask<W: Way>(
        name: &str,
        show: &Show,
        threads: usize,
        way: impl Fn() -> Result<W, Error> + Sync,
    ) -> Result<Self, Error> {
        let (queue, barrier) = (Queue::default(), Barrier::new(threads + 1));
        let ways: Vec<W> = (0..threads).map(|_| way()).collect::<Result<_, _>>()?;
        let mut crowd = Self::default();
        thread::scope(|scope| {
            let asking: Vec<_> = ways
                .into_iter()
                .map(|way| scope.spawn(|| ask_in_turn(way, &queue, show, &barrier)))
                .collect();
            let start = Instant::now();
            barrier.wait();
            show_progress(name, &queue.answered, show.viewers);
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

    pub(crate) fn take(&mut self, part: Self) {
        self.tokens.extend(part.tokens);
        self.errors.extend(part.errors);
        self.waits.extend(part.waits);
        self.ended = self.ended.max(part.ended);
    }
}

/// The viewers, in the order in which they ask.
#[derive(Default)]
struct Queue {
    /// The first viewer who has not asked yet.
    next: AtomicUsize,
    /// Viewers who were refused: when they ask again, their number, and when they came.
    again: Mutex<BinaryHeap<Reverse<(Instant, usize, Instant)>>>,
    /// Viewers who have a token, or an error and no patience left.
    answered: AtomicUsize,
}

impl Queue {
    /// A viewer, and when they came; none if nobody is there to ask now.
    fn pop(&self, viewers: usize) -> Option<(usize, Instant)> {
        let now = Instant::now();
        let mut again = self.again.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = again.peek_mut().filter(|first| first.0.0 <= now) {
            let Reverse((_, viewer, came)) = PeekMut::pop(first);
            return Some((viewer, came));
        }
        let viewer = self.next.fetch_add(1, Ordering::Relaxed);
        (viewer < viewers).then_some((viewer, now))
    }

    fn push(&self, at: Instant, viewer: usize, came: Instant) {
        let mut again = self.again.lock().unwrap_or_else(PoisonError::into_inner);
        again.push(Reverse((at, viewer, came)));
    }
}

fn ask_in_turn(way: impl Way, queue: &Queue, show: &Show, barrier: &Barrier) -> Crowd {
    let mut part = Crowd::default();
    barrier.wait();
    let end = Instant::now() + show.patience;
    while queue.answered.load(Ordering::Relaxed) < show.viewers {
        let Some((viewer, came)) = queue.pop(show.viewers) else {
            thread::sleep(PAUSE);
            continue;
        };
        let streamer = &show.streamers[viewer % show.streamers.len()];
        match way.token(streamer, &format!("viewer-{viewer}")) {
            Ok(token) => part.tokens.push(token),
            Err(error) => {
                let at = Instant::now() + error.retry_after().unwrap_or(AGAIN).min(AGAIN_MAX);
                if at <= end {
                    queue.push(at, viewer, came);
                    continue;
                }
                part.errors.push(error);
            }
        }
        part.waits.push(came.elapsed());
        part.ended = Some(Instant::now());
        queue.answered.fetch_add(1, Ordering::Relaxed);
    }
    part
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
