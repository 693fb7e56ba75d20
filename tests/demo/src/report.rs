//! What came of it, as a table.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

use grantmint_core::decode;
use grantmint_emulator::Counters;

use crate::crowd::Crowd;

/// A grant is fetched again only after this time, so that up to then one call a stream is all.
const ONE_CALL_WITHIN: Duration = Duration::from_secs(20);
/// A limit that nobody told is found by meeting it: one call in so many may be refused.
const REFUSED: u64 = 10;

pub(crate) struct Report {
    name: &'static str,
    crowd: Crowd,
    admitted: usize,
    calls: u64,
    refused: u64,
}

impl Report {
    pub(crate) fn new(name: &'static str, crowd: Crowd, admitted: usize, calls: &Counters) -> Self {
        Self { name, crowd, admitted, calls: calls.requests, refused: calls.throttled }
    }

    /// Everything that must not happen through grantmint, and did.
    pub(crate) fn faults(&self, streams: usize) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |good: bool, fault: String| {
            if !good {
                faults.push(fault);
            }
        };
        let (asked, tokens) = (self.crowd.waits.len(), &self.crowd.tokens);
        let distinct: HashSet<&String> = tokens.iter().collect();
        let jtis: HashSet<String> = tokens.iter().filter_map(|token| jti(token)).collect();
        let streams = u64::try_from(streams).unwrap_or(u64::MAX);
        let rounds = 1 + self.crowd.elapsed.as_secs() / ONE_CALL_WITHIN.as_secs();
        let granted = self.calls - self.refused;
        check(self.admitted == asked, format!("{} of {asked} viewers let in", self.admitted));
        check(
            self.refused <= self.calls / REFUSED,
            format!("{} of {} calls refused with 429", self.refused, self.calls),
        );
        check(distinct.len() == asked, format!("{} distinct tokens", distinct.len()));
        check(jtis.len() == asked, format!("{} distinct jtis", jtis.len()));
        check(
            (streams..=rounds * streams).contains(&granted),
            format!("{granted} grants from upstream for {streams} streams"),
        );
        if let Some(error) = self.crowd.errors.first() {
            check(false, format!("{} errors, the first: {error}", self.crowd.errors.len()));
        }
        faults
    }

    fn tokens_per_second(&self) -> f64 {
        self.crowd.tokens.len() as f64 / self.crowd.elapsed.as_secs_f64()
    }
}

fn jti(token: &str) -> Option<String> {
    decode(token).ok()?.jti().map(str::to_owned)
}

/// The ways side by side.
pub(crate) fn table(reports: &[&Report]) -> String {
    type Cell = fn(&Report) -> String;
    let rows: [(&str, Cell); 9] = [
        ("viewers asked", |r| r.crowd.waits.len().to_string()),
        ("let in by the player", |r| r.admitted.to_string()),
        ("refused with 429", |r| r.crowd.throttled().to_string()),
        ("told another error", |r| (r.crowd.errors.len() - r.crowd.throttled()).to_string()),
        ("calls upstream", |r| r.calls.to_string()),
        ("of these refused", |r| r.refused.to_string()),
        ("tokens per second", |r| format!("{:.0}", r.tokens_per_second())),
        ("time to answer, p50", |r| shown(r.crowd.percentile(50))),
        ("time to answer, p99", |r| shown(r.crowd.percentile(99))),
    ];
    let mut text = format!("{:22}", "");
    for report in reports {
        let _ = write!(text, "{:>25}", report.name);
    }
    for (label, cell) in rows {
        let _ = write!(text, "\n{label:22}");
        for report in reports {
            let _ = write!(text, "{:>25}", cell(report));
        }
    }
    text
}

fn shown(time: Duration) -> String {
    match time.as_nanos() {
        0..1_000 => format!("{} ns", time.as_nanos()),
        1_000..1_000_000 => format!("{:.1} µs", time.as_nanos() as f64 / 1e3),
        _ => format!("{:.1} ms", time.as_nanos() as f64 / 1e6),
    }
}
