//! The program `grantmint`.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(grantmint_cli::run(env::args_os()))
}
