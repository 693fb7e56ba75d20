//! Lets an audience into three streams, or as many as `--streams` says, once the way Twilio's own samples do it (a call for
//! each viewer) and once through grantmint, against the emulator on a loopback port; and at last through eight processes
//! that share grants. With `--machines` they come to processes of four machines.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that shows what it does")]

mod crowd;
mod fleet;
mod machines;
mod report;
mod ways;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use grantmint_core::ApiKey;
use grantmint_emulator::{Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};

use crowd::Crowd;
use report::Report;
use ways::{CallForEach, ThroughGrantmint, Way};

const VIEWERS: usize = 20_000;
const THREADS: usize = 64;
const ORIGIN: &str = "https://www.example.com";
/// As many streams as this, unless told otherwise, of `MOST_STREAMS` at most.
const STREAMS: usize = 3;
const MOST_STREAMS: usize = 5_000;
/// What the emulator allows unless told otherwise.
const CALLS_PER_SECOND: f64 = grantmint_emulator::DEFAULT_RATE;

/// Who comes to what.
struct Show {
    viewers: usize,
    streamers: Vec<String>,
    /// Whoever is refused asks again within this time.
    patience: Duration,
}

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

/// What the arguments ask for; whether it went well.
fn run() -> Result<bool, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    match arguments.next_if(|first| OTHERS.contains(&first.as_str())).as_deref() {
        Some(fleet::MEMBER) => fleet::member(arguments).map(|()| true),
        Some(machines::WORKER) => machines::work(arguments).map(|()| true),
        Some(machines::SHOW) => machines::show(arguments),
        _ => show(&Show::read(arguments)?),
    }
}

/// What the first argument may say instead of the show.
const OTHERS: [&str; 3] = [fleet::MEMBER, machines::WORKER, machines::SHOW];

/// Both ways, then the table; whether grantmint let everybody in.
fn show(show: &Show) -> Result<bool, Box<dyn Error>> {
    let emulator = Emulator::start(Config::default())?;
    show.announce(emulator.base_url());
    let key = ApiKey::new(DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET)?;
    let official = admit("a call for each viewer", show, &emulator, || {
        CallForEach::new(&key, emulator.base_url())
    })?;
    emulator.reset();
    let grantmint = ThroughGrantmint::new(&key, emulator.base_url())?;
    let ours = admit("through grantmint", show, &emulator, || Ok(grantmint.clone()))?;
    println!("\n{}", report::table(&[&official, &ours]));
    let faults = ours.faults(show.streamers.len());
    for fault in &faults {
        println!("FAILED: {fault}");
    }
    Ok(of_a_fleet(show, &emulator)? && faults.is_empty())
}

/// The line about processes that share, where they can, and for few streams: for many, the limit is what takes time.
fn of_a_fleet(show: &Show, emulator: &Emulator) -> Result<bool, Box<dyn Error>> {
    if cfg!(not(target_os = "linux")) || !show.patience.is_zero() {
        return Ok(true);
    }
    emulator.reset();
    fleet::let_in(show, emulator)
}

/// Has every viewer ask for a token and shows each token to the emulator's player.
fn admit<W: Way>(
    name: &'static str,
    show: &Show,
    emulator: &Emulator,
    way: impl Fn() -> Result<W, grantmint_core::Error> + Sync,
) -> Result<Report, Box<dyn Error>> {
    let crowd = Crowd::ask(name, show, THREADS, way)?;
    let calls = emulator.counters();
    let admitted = crowd.play(name, |jwt| emulator.play(jwt, Some(ORIGIN)).is_ok());
    Ok(Report::new(name, crowd, admitted, &calls))
}

impl Show {
    /// `[VIEWERS] [--streams N]`.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut viewers, mut streams) = (VIEWERS, STREAMS);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--streams" => {
                    streams = arguments.next().ok_or("--streams needs a number")?.parse()?
                }
                _ => viewers = argument.parse()?,
            }
        }
        if !(1..=MOST_STREAMS).contains(&streams) || viewers < streams {
            let most = MOST_STREAMS;
            return Err(format!("streams are 1 to {most}, and at most as many as viewers").into());
        }
        // A grant for each of three streams is there before anybody is refused; for many that takes its time.
        let seconds =
            if streams == STREAMS { 0.0 } else { 5.0 + 2.0 * streams as f64 / CALLS_PER_SECOND };
        let patience = Duration::from_secs_f64(seconds);
        let streamers = (1..=streams).map(|stream| format!("VJ{stream:032x}")).collect();
        Ok(Self { viewers, streamers, patience })
    }

    fn announce(&self, base_url: &str) {
        let (viewers, streams) = (self.viewers, self.streamers.len());
        println!(
            "{viewers} viewers, {streams} streams, {THREADS} threads, one throttled endpoint:"
        );
        println!(
            "  {base_url} allows {CALLS_PER_SECOND} calls a second, as an account's limit might"
        );
        if !self.patience.is_zero() {
            let seconds = self.patience.as_secs();
            println!(
                "  whoever is refused asks again when told to, after 5 s at the latest, for {seconds} s"
            );
        }
        println!();
    }
}
