//! Where the key comes from.

use std::path::PathBuf;

use clap::Args;

/// All from one place; else the environment, else twilio-cli's active profile.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Credentials, all from one place")]
pub(crate) struct CredentialArgs {
    /// A profile of twilio-cli
    #[arg(short, long, value_name = "NAME", conflicts_with = "env_file")]
    pub(crate) profile: Option<String>,

    /// A file with TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET
    #[arg(long, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,

    /// Reads the secret alone from stdin
    #[arg(long, conflicts_with_all = ["profile", "secret_file"])]
    pub(crate) secret_stdin: bool,

    /// Reads the secret alone from a file
    #[arg(long, value_name = "FILE", conflicts_with = "profile")]
    pub(crate) secret_file: Option<PathBuf>,

    /// The region that tokens name, in place of that of the credentials
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
}
