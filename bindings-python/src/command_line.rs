//! The program `grantmint`, which the package's console script runs.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs one command line, the program's name first, and returns the exit code. Other threads run on.
///
/// It reads and writes the process's own standard streams, not sys.stdin, sys.stdout and sys.stderr.
/// Ctrl-C ends the command, not the interpreter.
#[pyfunction]
pub(crate) fn _command_line(py: Python<'_>, args: Vec<OsString>) -> u8 {
    py.detach(|| grantmint_cli::run(args))
}
