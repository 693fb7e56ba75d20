//! Many streams of one account: what share of callers is served, who is left out, and how often upstream
//! refuses, beside the bar of each. Prints a table, and fails if a bar is missed.
//!
//! `grantmint-streams [PART OF A NAME]` runs the cases whose names have that part, and `SEED=2` lets other
//! random numbers decide when streams are read.

#![allow(clippy::print_stdout, reason = "this program prints its findings")]

mod bars;
mod tally;
mod upstream;
mod world;

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let part = std::env::args().nth(1).unwrap_or_default();
    let mut missed = 0;
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    for mut case in bars::all().into_iter().filter(|case| case.name.contains(&part)) {
        case.setting.seed = seed;
        let start = Instant::now();
        let findings = (case.judge)(&case.setting.run());
        let took = start.elapsed().as_secs_f64();
        println!("{} ({took:.1} s)", case.name);
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
