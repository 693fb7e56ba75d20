//! Lets an audience into three streams, once the way Twilio's own samples do it (a call for
//! each viewer) and once through grantmint, against the emulator on a loopback port.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that shows what it does")]

mod crowd;
mod report;
mod ways;

use std::error::Error;
use std::process::ExitCode;

use grantmint_core::ApiKey;
use grantmint_emulator::{Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};

use crowd::Crowd;
use report::Report;
use ways::{CallForEach, ThroughGrantmint, Way};

const VIEWERS: usize = 20_000;
const THREADS: usize = 64;
const ORIGIN: &str = "https://www.example.com";
const STREAMS: [&str; 3] = [
    "VJ00000000000000000000000000000001",
    "VJ00000000000000000000000000000002",
    "VJ00000000000000000000000000000003",
];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Both ways, then the table; whether grantmint let everybody in.
fn run() -> Result<bool, Box<dyn Error>> {
    let viewers = std::env::args().nth(1).map_or(Ok(VIEWERS), |count| count.parse())?;
    let emulator = Emulator::start(Config::default())?;
    println!(
        "{viewers} viewers, {} streams, {THREADS} threads, one throttled endpoint:",
        STREAMS.len()
    );
    println!("  {} allows 50 calls a second, as an account's limit might\n", emulator.base_url());
    let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET)?;
    let official = admit("a call for each viewer", viewers, &emulator, || {
        CallForEach::new(&key, emulator.base_url())
    })?;
    emulator.reset();
    let grantmint = ThroughGrantmint::new(&key, emulator.base_url())?;
    let ours = admit("through grantmint", viewers, &emulator, || Ok(grantmint.clone()))?;
    println!("\n{}", report::table(&[&official, &ours]));
    let faults = ours.faults();
    for fault in &faults {
        println!("FAILED: {fault}");
    }
    Ok(faults.is_empty())
}

/// Has every viewer ask for a token and shows each token to the emulator's player.
fn admit<W: Way>(
    name: &'static str,
    viewers: usize,
    emulator: &Emulator,
    way: impl Fn() -> Result<W, grantmint_core::Error> + Sync,
) -> Result<Report, Box<dyn Error>> {
    let crowd = Crowd::ask(name, viewers, THREADS, way)?;
    let calls = emulator.counters();
    let admitted = crowd.play(name, |jwt| emulator.play(jwt, Some(ORIGIN)).is_ok());
    Ok(Report::new(name, crowd, admitted, &calls))
}
