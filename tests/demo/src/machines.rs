//! Viewers who come for a minute to 32 processes of four machines: on one endpoint each process is for itself, and at the
//! same time, on another, they are a fleet that shares through a server of Redis. This program starts itself once for
//! each process, and a folder stands for each machine. All of them end with it, even if it is killed.

mod way;
mod worker;

use std::error::Error as StdError;
use std::io::{IsTerminal as _, Write as _};
use std::thread;
use std::time::{Duration, Instant};

use grantmint_redis::{Redis, Reply};

use crate::CALLS_PER_SECOND;
use crate::report;

use way::Way;
pub(crate) use worker::{WORKER, work};

/// By this first argument the program shows this.
pub(crate) const SHOW: &str = "--machines";

const MACHINES: usize = 4;
const PROCESSES: usize = 32;
const STREAMS: usize = 100;
/// How long viewers come, in seconds, unless told otherwise.
const SECONDS: u64 = 60;
/// How often progress is shown.
const TICK: Duration = Duration::from_millis(500);

type Failure = Box<dyn StdError>;

/// Who comes to what.
struct Show {
    streams: usize,
    seconds: u64,
}

/// `[SECONDS] [--streams N]`: both ways, then the table; whether the fleet let everybody in with a call for each refresh.
pub(crate) fn show(arguments: impl Iterator<Item = String>) -> Result<bool, Failure> {
    let show = Show::read(arguments)?;
    let redis = Redis::plain();
    show.announce();
    let url = format!("redis://127.0.0.1:{}", redis.port());
    let in_fleet = |process: usize| {
        let machine = redis.folder().join(format!("machine-{}", process % MACHINES));
        vec![url.clone(), machine.display().to_string()]
    };
    let mut alone = Way::start("each for itself", &show, |_| Vec::new())?;
    let mut fleet = Way::start("one fleet", &show, in_fleet)?;
    alone.begin()?;
    fleet.begin()?;
    show_progress(&[&alone, &fleet], Duration::from_secs(show.seconds));
    let (alone, fleet) = (alone.end(&show), fleet.end(&show));
    println!("\n{}", report::table(&[&alone, &fleet]));
    println!("\nThe server of Redis answered {} questions of the fleet.", questions(&redis)?);
    let faults = fleet.faults(show.streams);
    for fault in &faults {
        println!("FAILED: {fault}");
    }
    Ok(faults.is_empty())
}

impl Show {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut show = Self { streams: STREAMS, seconds: SECONDS };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--streams" => {
                    show.streams = arguments.next().ok_or("--streams needs a number")?.parse()?;
                }
                _ => show.seconds = argument.parse()?,
            }
        }
        if show.streams == 0 || show.seconds == 0 {
            return Err("there is a stream and a second at least".into());
        }
        Ok(show)
    }

    fn announce(&self) {
        let (of_each, Self { streams, seconds }) = (PROCESSES / MACHINES, self);
        println!(
            "{MACHINES} machines with {of_each} processes each, {streams} streams, {seconds} s;"
        );
        println!("for each way an endpoint that allows {CALLS_PER_SECOND} calls a second:\n");
    }
}

/// One line that changes on a terminal, and only its end elsewhere.
fn show_progress(ways: &[&Way], time: Duration) {
    let (start, mut out) = (Instant::now(), std::io::stdout());
    let line = || {
        let passed = start.elapsed().min(time).as_secs();
        let ways: Vec<_> = ways.iter().map(|way| way.progress()).collect();
        format!("{passed:2} of {} s   {}", time.as_secs(), ways.join("   "))
    };
    while let Some(left) = time.checked_sub(start.elapsed()) {
        if out.is_terminal() {
            let _ = write!(out, "\r{} ", line()).and_then(|()| out.flush());
        }
        thread::sleep(left.min(TICK));
    }
    println!("{}{}", if out.is_terminal() { "\r" } else { "" }, line());
}

/// How many the server has answered.
fn questions(redis: &Redis) -> Result<u64, Failure> {
    let Reply::Text(text) = redis.ask(["INFO", "commandstats"]) else {
        return Err("the server does not say what it was asked".into());
    };
    let text = String::from_utf8(text)?;
    let calls = text.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        let calls: u64 = rest.split(',').next()?.parse().ok()?;
        matches!(name, "eval" | "evalsha").then_some(calls)
    });
    Ok(calls.sum())
}
