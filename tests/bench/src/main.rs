//! Measures grantmint against its floors and its peers and holds the ratios to their bars.
//! `--smoke` only shows that it runs; `--json FILE` also writes what was found.

#![allow(clippy::print_stdout, reason = "this program prints its findings")]

mod c;
mod cache;
mod growth;
mod playback;
mod report;
mod scale;
mod token;

use std::env;
use std::io;
use std::path::PathBuf;

use grantmint_bench::cases::identities;
use grantmint_bench::rounds::Effort;

use crate::report::Report;

fn main() -> io::Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let smoke = arguments.iter().any(|argument| argument == "--smoke");
    let json = arguments.iter().skip_while(|argument| *argument != "--json").nth(1);
    let effort = if smoke { Effort::SMOKE } else { Effort::FULL };
    let (mut report, identities) = (Report::default(), identities());
    println!("medians of {} interleaved rounds of {} calls", effort.rounds, effort.calls);
    token::run(&mut report, effort, &identities);
    cache::run(&mut report, effort, &identities);
    playback::run(&mut report, effort, &identities);
    growth::run(&mut report, effort, &identities);
    scale::run(&mut report, effort, &identities);
    report.language = Some("C");
    c::run(&mut report, effort, &identities);
    json.map_or(Ok(()), |file| report.write(&PathBuf::from(file)))
}
