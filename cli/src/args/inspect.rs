//! The flags of `inspect`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::MessageArgs;
use super::values::{self, Time};

#[derive(Args)]
pub(crate) struct InspectArgs {
    /// A token, or a text with one in it: Bearer …, a header, JSON, broken lines; - or none reads stdin
    #[arg(value_name = "TOKEN|-")]
    pub(crate) token: Option<String>,

    /// The room that the token is meant for
    #[arg(long, value_name = "NAME", value_parser = values::text)]
    pub(crate) room: Option<String>,

    /// The web origin of the page that the player is on
    #[arg(long, value_name = "ORIGIN", value_parser = values::text)]
    pub(crate) origin: Option<String>,

    /// When to look at it: Unix seconds, +5m, or 2030-01-31T12:00:00Z
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = values::time)]
    pub(crate) at: Option<Time>,

    /// How many seconds clocks may be apart
    #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = values::leeway)]
    pub(crate) leeway: u64,

    /// Takes a warning for an error
    #[arg(long)]
    pub(crate) strict: bool,

    /// Looks again and again until the token has expired
    #[arg(long, conflicts_with = "at")]
    pub(crate) watch: bool,

    /// How the report is laid out on stdout
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: ReportFormat,

    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,
}

/// Keys that may have signed; the one that the token names is taken.
#[derive(Args)]
#[command(
    next_help_heading = "Keys, else that of the environment or of twilio-cli's active profile"
)]
pub(crate) struct KeyArgs {
    /// A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Vec<PathBuf>,

    /// A profile of twilio-cli (repeatable)
    #[arg(short, long, value_name = "NAME")]
    pub(crate) profile: Vec<String>,

    /// Reads the secret alone from stdin
    #[arg(long, conflicts_with_all = ["env_file", "profile", "secret_file"])]
    pub(crate) secret_stdin: bool,

    /// Reads the secret alone from a file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["env_file", "profile"])]
    pub(crate) secret_file: Option<PathBuf>,

    /// The secret for a token of another service: of LiveKit, Zoom's Video SDK, Jitsi or Daily
    #[arg(long, value_name = "FILE")]
    pub(crate) jwt_secret_file: Option<PathBuf>,
}

/// How a report is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// A few lines for people
    Text,
    /// One line for programs; it has the grants in it
    Json,
}
