//! What is wrong with a command line, said without what was typed: it may be a secret.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory as _};

use super::command::Grantmint;
use crate::exit::Failure;

/// What clap says of a command line, in a line of our own.
pub(crate) fn explained(error: &clap::Error, args: &[OsString]) -> Failure {
    let flag = flags(error, ContextKind::InvalidArg);
    // A value that is bad under a flag that is there is no matter of usage.
    match error.kind() {
        ErrorKind::ValueValidation => {
            let what = error.source().map_or_else(|| "is not valid".into(), ToString::to_string);
            Failure::failed(format!("{flag} {what}"))
        }
        ErrorKind::InvalidValue if !is_value_empty(error) => {
            let values = flags(error, ContextKind::ValidValue);
            Failure::failed(format!("{flag} must be one of {values}"))
        }
        kind => Failure::usage(of_usage(kind, error, &flag, args)),
    }
}

/// Whether the flag was the last argument.
fn is_value_empty(error: &clap::Error) -> bool {
    matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(typed)) if typed.is_empty())
}

fn of_usage(kind: ErrorKind, error: &clap::Error, flag: &str, args: &[OsString]) -> String {
    match kind {
        ErrorKind::UnknownArgument => unknown(error, args),
        ErrorKind::InvalidSubcommand if is_token(args) => {
            let kinds = "video, voice, chat, sync, taskrouter, playback and custom";
            format!("unknown kind of token; there are {kinds}")
        }
        ErrorKind::InvalidSubcommand => "unknown command; --help lists them".to_owned(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "a command is missing; --help lists them".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("missing: {flag}"),
        ErrorKind::ArgumentConflict => match flags(error, ContextKind::PriorArg).as_str() {
            "" => format!("{flag} is there more than once"),
            other if other == flag => format!("{flag} is there more than once"),
            other => format!("{flag} and {other} exclude each other"),
        },
        ErrorKind::TooManyValues => format!("{flag} has a value too many"),
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => format!("{flag} needs a value"),
    }
}

fn is_token(args: &[OsString]) -> bool {
    args.get(1).is_some_and(|arg| arg.to_string_lossy().split(':').next() == Some("token"))
}

/// Names what is none of this command's flags only if it is a flag of another.
fn unknown(error: &clap::Error, args: &[OsString]) -> String {
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else {
        return "an argument is none of this command's; --help lists them".to_owned();
    };
    let command = Grantmint::command();
    if let Some(known) = all_flags(&command).find(|known| known == typed) {
        return format!("{known} is no flag of this command; --help lists them");
    }
    let name = |arg: &OsString| arg.to_string_lossy().split('=').next() == Some(typed);
    match args.iter().position(name) {
        Some(place) => format!("argument {place} is none of this command's; --help lists them"),
        None => "an argument is none of this command's; --help lists them".to_owned(),
    }
}

fn all_flags(command: &Command) -> Box<dyn Iterator<Item = String> + '_> {
    let own = command.get_arguments().filter_map(Arg::get_long).map(|long| format!("--{long}"));
    Box::new(own.chain(command.get_subcommands().flat_map(all_flags)))
}

/// The names in a part of clap's error that are ours: of flags, without what stands for their values, and of values.
fn flags(error: &clap::Error, context: ContextKind) -> String {
    let bare = |flag: &String| {
        let name = flag.split(" <").next().unwrap_or_default();
        name.trim_matches(['<', '>', '[', ']']).to_owned()
    };
    match error.get(context) {
        Some(ContextValue::String(flag)) => bare(flag),
        Some(ContextValue::Strings(flags)) => flags.iter().map(bare).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}
