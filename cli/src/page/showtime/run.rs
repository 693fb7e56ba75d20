//! A show while it runs: threads that let viewers in as they come, and one that takes notes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use grantmint_core::Freshness;

use super::show::{Show, Way};
use super::side::Side;
use super::timeline::{Counts, MAX, SAMPLE_EVERY, Sample, Timeline, Tone};
use crate::exit::Failure;

/// For each way. A viewer keeps one while they wait.
const THREADS: usize = 64;

/// A show that has begun. Its threads end with it.
pub(super) struct Run {
    stage: Arc<Stage>,
    threads: Vec<JoinHandle<()>>,
}

/// What all threads of a run share.
pub(super) struct Stage {
    pub(super) show: Show,
    sides: Vec<Side>,
    began: Instant,
    ends: AtomicBool,
    timeline: Mutex<Timeline>,
}

impl Run {
    pub(super) fn begin(show: Show, faults: &[String]) -> Result<Self, Failure> {
        let sides = show.ways.iter().map(|way| Side::new(*way)).collect::<Result<Vec<_>, _>>()?;
        let began = Instant::now();
        let timeline = Mutex::new(Timeline::new(began));
        let stage = Stage { show, sides, began, ends: AtomicBool::new(false), timeline };
        stage.set_faults(faults);
        let mut run = Self { stage: Arc::new(stage), threads: Vec::new() };
        run.start_threads()?;
        Ok(run)
    }

    fn start_threads(&mut self) -> Result<(), Failure> {
        for number in 0..self.stage.sides.len() {
            for _ in 0..THREADS {
                self.start_thread(move |stage| stage.let_viewers_in(&stage.sides[number]))?;
            }
        }
        self.start_thread(|stage| stage.take_notes())
    }

    fn start_thread(&mut self, work: impl FnOnce(&Stage) + Send + 'static) -> Result<(), Failure> {
        let stage = Arc::clone(&self.stage);
        let thread = thread::Builder::new().name("showtime".to_owned()).spawn(move || work(&stage));
        self.threads
            .push(thread.map_err(|_| Failure::failed("the system starts no more threads"))?);
        Ok(())
    }

    pub(super) fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Nobody else comes. Whoever is waiting is answered, which takes 5 s at most.
    pub(super) fn stop(&self) {
        self.stage.ends.store(true, Ordering::Relaxed);
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.stop();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Stage {
    pub(super) fn set_faults(&self, names: &[String]) {
        for side in &self.sides {
            side.set_faults(names);
        }
        let mut timeline = self.timeline();
        timeline.faults(names);
        if self.began.elapsed() > SAMPLE_EVERY || !names.is_empty() {
            let tone = if names.is_empty() { Tone::Good } else { Tone::Bad };
            let text =
                if names.is_empty() { "no fault".to_owned() } else { names.join(", ") + " on" };
            timeline.say(tone, text);
        }
    }

    pub(super) fn timeline(&self) -> MutexGuard<'_, Timeline> {
        self.timeline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_stopped() || self.is_complete()
    }

    /// Whether everybody has come, and has an answer.
    pub(super) fn is_complete(&self) -> bool {
        self.sides.iter().all(|side| side.is_done(&self.show))
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.ends.load(Ordering::Relaxed)
    }

    /// The counts at this time.
    pub(super) fn sample(&self) -> Sample {
        let of = |way: Way| self.sides.iter().find(|side| side.way == way).map(Side::counts);
        let at_ms = self.timeline().now_ms();
        Sample { at_ms, grantmint: of(Way::Grantmint), call_each: of(Way::CallEach) }
    }

    fn let_viewers_in(&self, side: &Side) {
        let Ok(desk) = side.desk() else { return };
        while !self.is_stopped() {
            let Some(viewer) = side.next(&self.show) else { return };
            let wait = self.show.due(viewer).saturating_sub(self.began.elapsed());
            if !self.sleep(wait) {
                return;
            }
            side.let_in(&desk, &self.show, viewer);
        }
    }

    /// False if the show was stopped meanwhile.
    fn sleep(&self, wait: Duration) -> bool {
        let until = Instant::now() + wait;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.is_stopped() {
                return !self.is_stopped();
            }
            thread::sleep(left.min(SAMPLE_EVERY));
        }
    }

    fn take_notes(&self) {
        let mut notes = Notes::default();
        while !self.is_over() && self.began.elapsed() < MAX {
            self.note(&mut notes);
            thread::sleep(SAMPLE_EVERY);
        }
        self.note(&mut notes);
        self.ends.store(true, Ordering::Relaxed);
        self.timeline().end();
    }

    fn note(&self, notes: &mut Notes) {
        let sample = self.sample();
        let mut timeline = self.timeline();
        for side in &self.sides {
            for (tone, text) in side.news() {
                timeline.say(tone, text);
            }
        }
        let freshness = self.sides.iter().find_map(Side::freshness);
        notes.compare(freshness, &sample, &mut timeline);
        timeline.samples.push(sample);
    }
}

/// What was worth a line last.
#[derive(Default)]
struct Notes {
    freshness: Option<Freshness>,
    refused: [bool; 2],
}

impl Notes {
    fn compare(&mut self, freshness: Option<Freshness>, sample: &Sample, timeline: &mut Timeline) {
        if freshness != self.freshness && freshness == Some(Freshness::Degraded) {
            let left = sample.grantmint.and_then(|counts| counts.remaining_ms).unwrap_or(0) / 1000;
            timeline.say(
                Tone::Warn,
                format!("degraded: everybody is served from the cache, {left} s left"),
            );
        }
        self.freshness = freshness;
        let ways = [(sample.grantmint, "with grantmint"), (sample.call_each, "with a call each")];
        for ((counts, way), was_said) in ways.into_iter().zip(&mut self.refused) {
            let is_refused = |counts: Counts| counts.refused > 0;
            if !*was_said && counts.is_some_and(is_refused) {
                *was_said = true;
                timeline.say(Tone::Bad, format!("the first viewer is refused {way}"));
            }
        }
    }
}
