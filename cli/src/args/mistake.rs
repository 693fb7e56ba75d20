//! What is wrong with a command line, said without what was typed: it may be a secret.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::exit::Failure;

/// What clap says, in a line of our own.
pub(crate) fn explained(error: &clap::Error) -> Failure {
    let flag = || flags(error, ContextKind::InvalidArg);
    match error.kind() {
        // A value that is bad, under a flag that is there.
        ErrorKind::ValueValidation => {
            let what = error.source().map_or_else(|| "is not valid".into(), ToString::to_string);
            Failure::failed(format!("{} {what}", flag()))
        }
        ErrorKind::InvalidValue => {
            let values = flags(error, ContextKind::ValidValue);
            let what = if values.is_empty() {
                "needs a value".into()
            } else {
                format!("must be one of {values}")
            };
            Failure::failed(format!("{} {what}", flag()))
        }
        kind => Failure::usage(of_usage(kind, error)),
    }
}

fn of_usage(kind: ErrorKind, error: &clap::Error) -> String {
    let flag = || flags(error, ContextKind::InvalidArg);
    match kind {
        ErrorKind::UnknownArgument => {
            format!(
                "there is a flag or an argument too many{}",
                meant(error, ContextKind::SuggestedArg)
            )
        }
        ErrorKind::InvalidSubcommand => {
            let meant = meant(error, ContextKind::SuggestedSubcommand);
            format!("there is no such command{meant}; --help lists them")
        }
        ErrorKind::MissingRequiredArgument => format!("missing: {}", flag()),
        ErrorKind::ArgumentConflict => {
            let other = flags(error, ContextKind::PriorArg);
            format!("{} and {other} exclude each other", flag())
        }
        ErrorKind::NoEquals | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{} needs a value", flag())
        }
        ErrorKind::TooManyValues => format!("{} has a value too many", flag()),
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => "the command line is not complete; --help shows what there is".to_owned(),
    }
}

/// The names in a part of clap's error that are ours: of flags, values and commands.
fn flags(error: &clap::Error, context: ContextKind) -> String {
    match error.get(context) {
        Some(ContextValue::String(flag)) => flag.clone(),
        Some(ContextValue::Strings(flags)) => flags.join(", "),
        _ => String::new(),
    }
}

fn meant(error: &clap::Error, context: ContextKind) -> String {
    match flags(error, context).as_str() {
        "" => String::new(),
        ours => format!("; is {ours} meant?"),
    }
}
