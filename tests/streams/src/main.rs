//! Many streams of one account: what share of callers is served, who is left out, and how often upstream
//! refuses, beside the bar of each. Prints a table, and fails if a bar is missed.
//!
//! - `grantmint-streams [PART OF A NAME]` runs the cases on a simulated upstream whose names have that part.
//! - `grantmint-streams day` runs a simulated day.
//! - `grantmint-streams carried` prints how many streams a limit carries, as CSV.
//! - `grantmint-streams sockets [RUN…]` runs over real sockets; see `sockets`.
//!
//! `SEED=2` lets other random numbers decide when streams are read.

#![allow(clippy::print_stdout, reason = "this program prints its findings")]

mod bars;
mod carried;
mod day;
mod finding;
mod sockets;
mod tally;
mod upstream;
mod world;

use std::process::ExitCode;
use std::time::Instant;

use crate::bars::Case;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let missed = match arguments.first().map(String::as_str) {
        Some("sockets") => sockets::run(&arguments[1..]),
        Some(sockets::UPSTREAM) => sockets::serve(&arguments[1..]),
        Some("carried") => {
            carried::print(seed);
            0
        }
        Some("day") => simulate([day::case_of("a day of 10,000 streams", day::DAY, seed)], seed),
        part => {
            let part = part.unwrap_or_default();
            simulate(bars::all(seed).into_iter().filter(|case| case.name.contains(part)), seed)
        }
    };
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs cases one after the other; returns how many bars were missed.
fn simulate(cases: impl IntoIterator<Item = Case>, seed: u64) -> usize {
    let run = |mut case: Case| {
        case.setting.seed = seed;
        let start = Instant::now();
        let findings = (case.judge)(&case.setting.run());
        println!("{} ({:.1} s)", case.name, start.elapsed().as_secs_f64());
        finding::show(&findings)
    };
    cases.into_iter().map(run).sum()
}
