//! Measures grantmint against its floors and its peers and holds the ratios to their bars.
//! `--smoke` only shows that it runs.

#![allow(clippy::print_stdout, reason = "this program prints its findings")]

mod cache;
mod playback;
mod report;
mod token;

use std::env;
use std::process::ExitCode;

use grantmint_bench::cases::identities;
use grantmint_bench::rounds::Effort;

fn main() -> ExitCode {
    let smoke = env::args().any(|argument| argument == "--smoke");
    let effort = if smoke { Effort::SMOKE } else { Effort::FULL };
    let identities = identities();
    println!("medians of {} interleaved rounds of {} calls\n", effort.rounds, effort.calls);
    token::run(effort, &identities);
    cache::run(effort, &identities);
    playback::run(effort, &identities);
    ExitCode::SUCCESS
}
