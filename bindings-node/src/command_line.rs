//! The program `grantmint`, which the package's script runs.

use std::ffi::OsString;

use napi_derive::napi;

/// Runs one command line, the program's name first, and gives the exit code. It reads and writes the
/// process's own standard streams, and blocks the thread until it is done.
#[napi(catch_unwind)]
pub fn command_line(args: Vec<String>) -> u8 {
    grantmint_cli::run(args.into_iter().map(OsString::from))
}
