//! Showtime: an audience is let in, with the library, with a call upstream for each viewer, or both at the same
//! time, each against an emulator of its own. Every number shown is counted.

mod faults;
mod run;
mod show;
mod side;
mod timeline;
mod way;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use self::run::{Run, Stage};
use self::show::Show;
use self::timeline::{Band, Line, Sample};
use super::server::Problem;
use crate::exit::Failure;

/// The view's state: one show at a time.
#[derive(Default)]
pub(super) struct Showtime(Mutex<State>);

#[derive(Default)]
struct State {
    /// Counts shows, so that the page sees that another has begun.
    number: u64,
    run: Option<Run>,
    faults: Vec<String>,
}

/// What the page has seen already.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    number: u64,
    samples: usize,
    lines: usize,
}

/// What is new.
#[derive(Serialize)]
pub(super) struct News {
    number: u64,
    state: &'static str,
    faults: Vec<String>,
    show: Option<Show>,
    streams: u32,
    now: Option<Sample>,
    /// From this one on.
    since: usize,
    samples: Vec<Sample>,
    bands: Vec<Band>,
    lines_since: usize,
    lines: Vec<Line>,
}

/// The names of the faults that are to be on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Faults {
    on: Vec<String>,
}

/// A show to begin.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Begin(Show);

impl Showtime {
    /// Begins a show, in place of the one before.
    pub(super) fn begin(&self, Begin(show): Begin) -> Result<News, Problem> {
        show.check()?;
        let mut state = self.state();
        state.run = None;
        state.run = Some(Run::begin(show, &state.faults).map_err(broken)?);
        state.number += 1;
        Ok(state.news(&Since::default()))
    }

    /// Lets nobody else come.
    pub(super) fn stop(&self) -> News {
        let state = self.state();
        if let Some(run) = &state.run {
            run.stop();
        }
        state.news(&Since::default())
    }

    /// Forgets the show, and switches all faults off.
    pub(super) fn reset(&self) -> News {
        let mut state = self.state();
        (state.run, state.faults) = (None, Vec::new());
        state.number += 1;
        state.news(&Since::default())
    }

    /// Switches faults on and off.
    pub(super) fn set_faults(&self, Faults { on }: Faults) -> Result<News, Problem> {
        if on.len() > faults::NAMES.len() || on.iter().any(|name| faults::named(name).is_none()) {
            return Err(Problem::new(422, "fault", "There is no such fault."));
        }
        let mut state = self.state();
        if let Some(run) = state.run.as_ref().filter(|run| !run.stage().is_over()) {
            run.stage().set_faults(&on);
        }
        state.faults = on;
        Ok(state.news(&Since::default()))
    }

    pub(super) fn news(&self, since: &Since) -> News {
        self.state().news(since)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn news(&self, since: &Since) -> News {
        let stage = self.run.as_ref().map(Run::stage);
        let is_known = since.number == self.number;
        let (samples, lines) = if is_known { (since.samples, since.lines) } else { (0, 0) };
        let mut news = News {
            number: self.number,
            state: stage.map_or("idle", Stage::state),
            faults: self.faults.clone(),
            show: stage.map(|stage| stage.show.clone()),
            streams: stage.map_or(0, |stage| stage.show.streams()),
            now: stage.map(Stage::sample),
            since: samples,
            samples: Vec::new(),
            bands: Vec::new(),
            lines_since: lines,
            lines: Vec::new(),
        };
        if let Some(stage) = stage {
            let timeline = stage.timeline();
            news.samples = timeline.samples.get(samples..).unwrap_or_default().to_vec();
            news.lines = timeline.lines.get(lines..).unwrap_or_default().to_vec();
            news.bands.clone_from(&timeline.bands);
        }
        news
    }
}

impl Stage {
    fn state(&self) -> &'static str {
        match (self.is_over(), self.is_complete()) {
            (false, _) => "running",
            (true, true) => "done",
            (true, false) => "stopped",
        }
    }
}

fn broken(failure: Failure) -> Problem {
    Problem::new(500, "show", failure.line)
}
