//! Flags of many commands.

use clap::{Args, ValueEnum};

/// What is said on stderr.
#[derive(Args, Clone, Debug)]
pub(crate) struct MessageArgs {
    /// Says on stderr what went wrong, and nothing else
    #[arg(short, long)]
    quiet: bool,

    /// The least important messages that are said on stderr
    #[arg(short, long, alias = "cli-log-level", value_name = "LEVEL", default_value = "info")]
    log_level: Level,

    /// Neither messages nor results: the exit code alone
    #[arg(long)]
    pub(crate) silent: bool,
}

impl MessageArgs {
    pub(crate) fn level(&self) -> Level {
        match self {
            Self { silent: true, .. } => Level::None,
            Self { quiet: true, .. } => self.log_level.max(Level::Error),
            _ => self.log_level,
        }
    }
}

/// How important a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Level {
    Debug,
    Info,
    Warn,
    Error,
    /// More important than any message.
    None,
}

/// How tokens are laid out on stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One token a line
    Columns,
    /// An array of objects with `jwt`
    Json,
    /// One token a line
    Tsv,
    /// An object with `identity` and `jwt` a line
    Jsonl,
    /// Nothing
    None,
}
