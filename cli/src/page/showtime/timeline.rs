//! What happened in a show, for the chart: counts ten times a second, faults, and a line for each thing worth one.

use std::time::{Duration, Instant};

use serde::Serialize;

/// Shows end by then.
pub(super) const MAX: Duration = Duration::from_secs(180);
pub(super) const SAMPLE_EVERY: Duration = Duration::from_millis(100);
const LINES_MAX: usize = 200;
const BANDS_MAX: usize = 100;

/// What is counted on one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Counts {
    /// Viewers who have come.
    pub(super) asked: u64,
    /// Those whom the player has let in with their token.
    pub(super) let_in: u64,
    /// Those who got none, or one that the player refuses.
    pub(super) refused: u64,
    /// Calls that reached upstream.
    pub(super) calls: u64,
    /// Those of them that were answered 429.
    pub(super) throttled: u64,
    /// Calls of the library that found a grant which no refresh could replace.
    pub(super) degraded: u64,
    /// What remains of the grant handed out last, in milliseconds.
    pub(super) remaining_ms: Option<u64>,
}

/// The counts of both ways at one time.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Sample {
    pub(super) at_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) grantmint: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) call_each: Option<Counts>,
}

/// A time during which a fault was on.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Band {
    pub(super) name: String,
    pub(super) from_ms: u64,
    pub(super) to_ms: Option<u64>,
}

/// One line of the log.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Line {
    pub(super) at_ms: u64,
    pub(super) tone: Tone,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
}

/// All of it, in the order in which it happened.
pub(super) struct Timeline {
    began: Instant,
    pub(super) samples: Vec<Sample>,
    pub(super) bands: Vec<Band>,
    pub(super) lines: Vec<Line>,
}

impl Timeline {
    pub(super) fn new(began: Instant) -> Self {
        Self { began, samples: Vec::new(), bands: Vec::new(), lines: Vec::new() }
    }

    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn say(&mut self, tone: Tone, text: impl Into<String>) {
        if self.lines.len() < LINES_MAX {
            let at_ms = self.now_ms();
            self.lines.push(Line { at_ms, tone, text: text.into() });
        }
    }

    /// The faults that are on from now on.
    pub(super) fn faults(&mut self, names: &[String]) {
        let now = self.now_ms();
        for band in self.bands.iter_mut().filter(|band| band.to_ms.is_none()) {
            if !names.contains(&band.name) {
                band.to_ms = Some(now);
            }
        }
        for name in names {
            let is_on = self.bands.iter().any(|band| band.to_ms.is_none() && band.name == *name);
            if !is_on && self.bands.len() < BANDS_MAX {
                self.bands.push(Band { name: name.clone(), from_ms: now, to_ms: None });
            }
        }
    }

    pub(super) fn end(&mut self) {
        self.faults(&[]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_lasts_from_on_to_off() {
        let mut timeline = Timeline::new(Instant::now());
        let on = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        timeline.faults(&on(&["503"]));
        timeline.faults(&on(&["503", "slow"]));
        timeline.faults(&on(&["slow"]));
        let open: Vec<_> =
            timeline.bands.iter().map(|band| (&*band.name, band.to_ms.is_none())).collect();
        assert_eq!(open, [("503", false), ("slow", true)]);
        timeline.end();
        assert!(timeline.bands.iter().all(|band| band.to_ms.is_some()));
    }

    #[test]
    fn there_are_bounds() {
        let mut timeline = Timeline::new(Instant::now());
        for _ in 0..=LINES_MAX {
            timeline.say(Tone::Plain, "again");
        }
        assert_eq!(timeline.lines.len(), LINES_MAX);
        for _ in 0..=BANDS_MAX {
            timeline.faults(&["cut".to_owned()]);
            timeline.end();
        }
        assert_eq!(timeline.bands.len(), BANDS_MAX);
    }
}
