//! The page's flags.

use clap::Args;

use super::credentials::CredentialArgs;
use super::fleet::{ServerArgs, StoreArgs};

#[derive(Args)]
pub(crate) struct PageArgs {
    /// Without a key: with the emulator's, whose tokens work here but not at Twilio
    #[arg(long)]
    pub(crate) demo: bool,

    /// Prints the link, and leaves the browser closed
    #[arg(long)]
    pub(crate) no_open: bool,

    /// Another name under which a proxy shows the page to the browser; {port} in it stands for the page's port
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,

    /// Where playback grants come from: scheme, host and port
    #[arg(long, value_name = "URL", conflicts_with = "demo")]
    pub(crate) base_url: Option<String>,

    #[command(flatten)]
    pub(crate) store: StoreArgs,

    #[command(flatten)]
    pub(crate) server: ServerArgs,

    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
}
