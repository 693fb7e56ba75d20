//! Thousands of simulated processes with the library's own caches, which share grants through a store in memory:
//! how often they call upstream together, and how long callers wait, beside the bar of each. Prints a table, and fails if a bar
//! is missed.
//!
//! `grantmint-fleet [PART OF A NAME]` runs the cases whose names have that part; `SEED=2` draws other random numbers.

#![allow(clippy::print_stdout, reason = "this program prints its findings")]

mod bars;
mod world;

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let part = std::env::args().nth(1).unwrap_or_default();
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let mut missed = 0;
    for mut case in bars::all().into_iter().filter(|case| case.name.contains(&part)) {
        case.setting.seed = seed;
        let start = Instant::now();
        let findings = (case.judge)(&case.setting.run());
        println!("{} ({:.1} s)", case.name, start.elapsed().as_secs_f64());
        for finding in findings {
            let mark = if finding.is_met { "ok    " } else { "MISSED" };
            println!(
                "  {mark} {:<44} {:>10.4}   bar: {}",
                finding.what, finding.found, finding.bar
            );
            missed += u32::from(!finding.is_met);
        }
    }
    if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
