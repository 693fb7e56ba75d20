//! Thousands of simulated processes with the library's own caches, which share grants through a store in memory:
//! how often they call upstream together, and how long callers wait, beside the bar of each. Prints a table, and fails if a bar
//! is missed.
//!
//! - `grantmint-fleet [PART OF A NAME]` runs the cases whose names have that part; `SEED=2` draws other random numbers.
//! - `grantmint-fleet server [RUN…]` runs real processes on a real server of Redis: those that are named, or all.

#![allow(clippy::print_stdout, reason = "this program prints its findings")]

mod bars;
mod finding;
#[cfg(feature = "redis")]
mod server;
mod world;

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let missed = match arguments.first().map(String::as_str) {
        #[cfg(feature = "redis")]
        Some("server") => server::run(&arguments[1..]),
        part => simulate(part.unwrap_or_default()),
    };
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs the simulated cases whose names have a part; returns how many bars were missed.
fn simulate(part: &str) -> usize {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut missed = 0;
    for mut case in bars::all().into_iter().filter(|case| case.name.contains(part)) {
        case.setting.seed = seed;
        let start = Instant::now();
        let findings = (case.judge)(&case.setting.run());
        println!("{} ({:.1} s)", case.name, start.elapsed().as_secs_f64());
        missed += finding::show(&findings);
    }
    missed
}
