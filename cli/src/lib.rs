//! The command line of grantmint, for the program and for the console scripts of the Python and
//! Node.js packages. All knowledge of tokens is core's.

#![deny(unsafe_code)]

mod args;
mod check;
mod credentials;
#[cfg(feature = "page")]
mod emulator;
mod exit;
mod flags;
mod fleet;
mod generated;
mod grant;
mod input;
mod inspect;
mod interrupt;
mod output;
#[cfg(feature = "page")]
mod page;
mod report;
mod token;

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::args::{Command, FleetCommand, Grantmint};
use crate::exit::{Exit, Failure};
use crate::interrupt::{CtrlC, Term};
use crate::output::{Messages, Stdout};

/// Runs one command line, the program's name first, and gives the exit code.
///
/// It reads and writes the process's own stdin, stdout and stderr, and never ends the process but by
/// Ctrl-C, whose handler of before is put back, and as the first process of a container by SIGTERM. One call at a time.
pub fn run(args: impl IntoIterator<Item = OsString>) -> u8 {
    let _signals = (CtrlC::deadly(), Term::deadly());
    let args: Vec<OsString> = args.into_iter().collect();
    #[cfg(feature = "page")]
    if page::is_member(&args) {
        return page::run_member().unwrap_or_else(|failure| failure.exit) as u8;
    }
    let (messages, outcome) = match command(args) {
        Ok(Some(command)) => (messages_of(&command), carry_out(&command)),
        Ok(None) => (Messages::default(), Ok(Exit::Good)),
        Err(failure) => (Messages::default(), Err(failure)),
    };
    let exit = outcome.unwrap_or_else(|failure| {
        if !failure.line.is_empty() {
            messages.error(failure.line);
        }
        failure.exit
    });
    exit as u8
}

/// What the command line asks for; none if that was help, which has been given.
fn command(args: Vec<OsString>) -> Result<Option<Command>, Failure> {
    args::refuse_secrets(&args)?;
    match Grantmint::try_parse_from(args::spelled_out(&args)?) {
        Ok(parsed) => Ok(Some(parsed.command)),
        Err(error)
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) =>
        {
            print(&error.to_string()).map(|()| None)
        }
        Err(error) => Err(args::explained(&error, &args)),
    }
}

fn messages_of(command: &Command) -> Messages {
    match command {
        Command::Token(kind) => Messages::new(&kind.token().messages),
        Command::Inspect(args) => Messages::new(&args.messages),
        Command::Grant(args) => Messages::new(&args.messages),
        Command::Check(args) => Messages::new(&args.messages),
        Command::Fleet(FleetCommand::Check(args)) => Messages::new(&args.messages),
        Command::Completions { .. } | Command::Man => Messages::default(),
        #[cfg(feature = "page")]
        Command::Emulator(_) | Command::Page(_) => Messages::default(),
    }
}

fn carry_out(command: &Command) -> Result<Exit, Failure> {
    let messages = messages_of(command);
    match command {
        Command::Token(kind) => token::run(kind, messages),
        Command::Inspect(args) => inspect::run(args, messages),
        Command::Grant(args) => grant::run(args, messages),
        Command::Check(args) => check::run(args, messages),
        Command::Fleet(FleetCommand::Check(args)) => fleet::run(args),
        Command::Completions { shell } => {
            print(generated::completions(*shell)).map(|()| Exit::Good)
        }
        Command::Man => print(generated::MAN).map(|()| Exit::Good),
        #[cfg(feature = "page")]
        Command::Emulator(args) => emulator::run(args),
        #[cfg(feature = "page")]
        Command::Page(args) => page::run(args),
    }
}

fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = Stdout::open()?;
    stdout.text(text)?;
    stdout.flush()
}
