//! The same over real sockets: the library's built-in client, and the emulator as another process on this
//! machine.
//!
//! - `grantmint-streams sockets [RUN…]` runs those that are named, all but `smoke` if none is.
//! - `--csv FILE` writes what a run has seen every five seconds; of several, the last.

mod load;
mod runs;
mod seen;
mod upstream;
mod usage;
mod watched;

use std::fs;

use crate::finding;

pub(crate) use upstream::{UPSTREAM, serve};

/// Runs what the arguments name; returns how many bars were missed.
pub(crate) fn run(arguments: &[String]) -> usize {
    let mut names: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let csv = names.iter().position(|name| *name == "--csv").map(|at| {
        names.remove(at);
        names.remove(at)
    });
    let is_meant = |run: &runs::Run| match names.is_empty() {
        true => run.name != runs::SMOKE,
        false => names.contains(&run.name),
    };
    let meant: Vec<_> = runs::all().into_iter().filter(is_meant).collect();
    if meant.len() < names.len() {
        println!("there is no such run: {}", names.join(" "));
        return 1;
    }
    let mut missed = 0;
    for run in meant {
        println!("{}: {} (load of the machine: {})", run.name, run.what, usage::machine_load());
        let seen = run.run();
        missed += finding::show(&(run.judge)(&seen));
        println!("         errors after the warm-up: {:?}", seen.errors);
        println!("         load of the machine at the end: {}", usage::machine_load());
        if let Some(csv) = csv {
            fs::write(csv, seen.csv()).expect("the file of --csv can be written");
        }
    }
    missed
}
