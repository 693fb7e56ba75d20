//! What a run has seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use grantmint_core::Stats;

use super::usage::Usage;
use super::watched::{Told, Way};
use crate::tally::Tally;

/// The width of a row, in seconds.
pub(super) const SPAN: u32 = 5;

/// Five seconds of a run.
pub(super) struct Row {
    /// Its end.
    pub(super) second: u32,
    /// Requests per second that upstream lets through; 0 for no limit.
    pub(super) limit: f64,
    /// The rate in force, in requests per second.
    pub(super) rate: f64,
    pub(super) requests: u64,
    pub(super) throttled: u64,
    pub(super) streams_served: usize,
}

pub(super) struct Seen {
    pub(super) tally: Tally,
    pub(super) errors: BTreeMap<String, u64>,
    pub(super) last_error: f64,
    refusals: BTreeMap<Way, Vec<f64>>,
    pub(super) rows: Vec<Row>,
    /// At the end of the warm-up, and at the end.
    pub(super) stats: [Stats; 2],
    pub(super) usage: [Usage; 2],
}

impl Seen {
    pub(super) fn new(told: Told, rows: Vec<Row>, marks: [(Stats, Usage); 2]) -> Self {
        let Told { tally, errors, last_error, mut refusals, .. } = told;
        refusals.values_mut().for_each(|times| times.sort_by(f64::total_cmp));
        let [(before, used), (after, uses)] = marks;
        let (stats, usage) = ([before, after], [used, uses]);
        Self { tally, errors, last_error, refusals, rows, stats, usage }
    }

    /// How much a counter has risen since the warm-up.
    pub(super) fn risen(&self, of: fn(&Stats) -> u64) -> u64 {
        of(&self.stats[1]) - of(&self.stats[0])
    }

    /// Errors after the warm-up.
    pub(super) fn errors(&self) -> u64 {
        self.errors.values().sum()
    }

    /// What a part of the callers were refused within, in milliseconds; the number of them beside it.
    pub(super) fn refused_within(&self, way: Way, part: f64) -> (f64, usize) {
        let times = self.refusals.get(&way).map_or(&[][..], Vec::as_slice);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of a length"
        )]
        let at = (times.len() as f64 * part) as usize;
        let last = times.len().saturating_sub(1);
        (times.get(at.min(last)).copied().unwrap_or(0.0), times.len())
    }

    pub(super) fn csv(&self) -> String {
        let head = "second,limit,rate_in_force,requests,throttled,streams_served\n";
        self.rows.iter().fold(head.to_owned(), |mut text, row| {
            let Row { second, limit, rate, requests, throttled, streams_served } = row;
            let _ = writeln!(
                text,
                "{second},{limit},{rate:.2},{requests},{throttled},{streams_served}"
            );
            text
        })
    }
}
