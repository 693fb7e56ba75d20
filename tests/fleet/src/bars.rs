//! The cases and their bars.

use crate::finding::{Finding, at_most};
use crate::world::{Answers, Setting, Tally};

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) setting: Setting,
    pub(crate) judge: fn(&Tally) -> Vec<Finding>,
}

/// A grant of 60 s is refreshed when 30 s to 35 s of its 58 s are left. Of many processes one draws 35, so there is a
/// refresh every 23 s and the time of a call, and the first call.
const REFRESHES: f64 = 600.0 / 23.2 + 1.0;

fn one_call_per_refresh(tally: &Tally) -> Vec<Finding> {
    vec![
        at_most("calls per refresh", tally.calls / REFRESHES, 1.1, "<= 1.1"),
        at_most("callers with an error", tally.errors, 0.0, "0"),
        at_most("longest wait of a warm caller, s", tally.longest_warm, 0.0, "0"),
    ]
}

pub(crate) fn all() -> Vec<Case> {
    let many = || Setting { processes: 4_000, ..Setting::default() };
    vec![
        Case { name: "4,000 processes, one stream", setting: many(), judge: one_call_per_refresh },
        Case {
            name: "4,000 processes, 1 % of the store's answers fail",
            setting: Setting { failing: 0.01, ..many() },
            judge: one_call_per_refresh,
        },
        Case {
            name: "4,000 processes of 60 machines",
            setting: Setting { hosts: 60, ..many() },
            judge: one_call_per_refresh,
        },
        Case {
            name: "4,000 processes of 60 machines, 1 % of the answers behind those fail",
            setting: Setting { hosts: 60, failing: 0.01, ..many() },
            judge: one_call_per_refresh,
        },
        Case {
            name: "4,000 processes, the store comes back empty twice",
            setting: Setting { flushes: vec![200.0, 400.0], ..many() },
            judge: one_call_per_refresh,
        },
        Case {
            name: "64 processes, one ends each second, holders too",
            setting: Setting { processes: 64, ends_every: Some(1.0), ..Setting::default() },
            judge: |tally| {
                vec![
                    at_most("calls per refresh", tally.calls / REFRESHES, 1.1, "<= 1.1"),
                    at_most("callers with an error", tally.errors, 0.0, "0"),
                ]
            },
        },
        Case {
            name: "cold: 64 processes come together",
            setting: Setting { processes: 64, reads: 100.0, duration: 5.0, ..Setting::default() },
            judge: |tally| {
                vec![
                    at_most("calls", tally.calls, 1.0, "1"),
                    at_most("last process served, s", tally.last_first, 0.5, "<= 0.5"),
                ]
            },
        },
        Case {
            name: "upstream is silent for a minute: 200 processes, 50 streams",
            setting: Setting {
                processes: 200,
                streams: 50,
                reads: 0.5,
                duration: 60.0,
                answers: Answers::Silence,
                ..Setting::default()
            },
            judge: |tally| {
                let per_stream = tally.calls / 50.0 / 60.0;
                vec![at_most("calls per stream and second", per_stream, 1.0, "<= 1")]
            },
        },
        Case {
            name: "429 with Retry-After 10: 200 processes, 20 streams",
            setting: Setting {
                processes: 200,
                streams: 20,
                reads: 0.5,
                duration: 60.0,
                answers: Answers::Throttled(10.0),
                ..Setting::default()
            },
            judge: |tally| {
                // Those of the first 200 ms know nothing yet.
                let later = tally.calls_after_first_answer / 5.0;
                vec![at_most("calls in ten seconds", later, 1.2, "<= 1")]
            },
        },
    ]
}
