//! All commands.

use clap::{Parser, Subcommand};

#[cfg(feature = "page")]
use super::page::PageArgs;

/// Makes, inspects and tries Twilio Access Tokens. Tokens go to stdout, all else to stderr.
#[derive(Parser)]
#[command(name = "grantmint", version)]
pub(crate) struct Grantmint {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// All of this in your browser; without a key: page --demo
    #[cfg(feature = "page")]
    Page(PageArgs),
}
