//! The command line of grantmint, for the program and for the console scripts of the Python and
//! Node.js packages. All knowledge of tokens is core's.

#![deny(unsafe_code)]

mod args;
mod credentials;
mod exit;
#[cfg(feature = "page")]
mod page;

use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::Parser as _;

use crate::args::{Command, Grantmint};
use crate::exit::{Exit, Failure};

/// Runs one command line, the program's name first, and gives the exit code.
///
/// It reads and writes the process's own stdin, stdout and stderr, and never ends the process.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let args: Vec<OsString> = args.into_iter().collect();
    let outcome = carry_out(args).unwrap_or_else(|failure| {
        let _ = writeln!(io::stderr(), "grantmint: {failure}");
        failure.exit
    });
    outcome as u8
}

fn carry_out(args: Vec<OsString>) -> Result<Exit, Failure> {
    args::refuse_secrets(&args)?;
    let parsed = Grantmint::try_parse_from(args)
        .map_err(|error| Failure::usage(error.kind().to_string()))?;
    match parsed.command {
        #[cfg(feature = "page")]
        Command::Page(args) => page::run(&args),
    }
}
