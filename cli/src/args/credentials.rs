//! Where the key comes from.

use std::path::PathBuf;

use clap::Args;

/// Credentials, all from one place.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Credentials, all from one place")]
pub(crate) struct CredentialArgs {
    /// A profile of twilio-cli; without credentials elsewhere, its active one is taken
    #[arg(short, long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,

    /// Reads the secret alone from stdin
    #[arg(long)]
    pub(crate) secret_stdin: bool,

    /// Reads the secret alone from a file
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}
