//! All commands.

use clap::{Parser, Subcommand, ValueEnum};

#[cfg(feature = "page")]
use super::emulator::EmulatorArgs;
use super::fleet::FleetArgs;
use super::inspect::InspectArgs;
#[cfg(feature = "page")]
use super::page::PageArgs;
use super::token::KindArgs;
use super::upstream::{CheckArgs, GrantArgs};

/// Makes, inspects and tries Twilio Access Tokens. Tokens go to stdout, all else to stderr.
#[derive(Parser)]
#[command(
    name = "grantmint",
    version,
    disable_help_subcommand = true,
    override_help = include_str!("help.txt")
)]
pub(crate) struct Grantmint {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes tokens: video, voice, chat, sync, taskrouter, playback or custom
    #[command(subcommand, disable_help_subcommand = true)]
    Token(Box<KindArgs>),

    /// Says what is in a token, and what is wrong with it
    Inspect(InspectArgs),

    /// Fetches one playback grant
    Grant(GrantArgs),

    /// Checks key, clock, network and TLS, each with its reason
    Check(CheckArgs),

    /// The store that processes share
    #[command(subcommand, disable_help_subcommand = true)]
    Fleet(FleetCommand),

    /// Stands in for Twilio on this machine: gives playback grants, and judges tokens as a player and a room do
    #[cfg(feature = "page")]
    Emulator(EmulatorArgs),

    /// All of this in your browser; without a key: page --demo
    #[cfg(feature = "page")]
    Page(PageArgs),

    /// Prints the completions of a shell
    Completions {
        /// Whose
        shell: Shell,
    },

    /// Prints the manual page
    Man,
}

#[derive(Subcommand)]
pub(crate) enum FleetCommand {
    /// Checks the folder, who may use it, and that a lease is held by one process alone
    Check(FleetArgs),
}

/// A shell that can complete what is typed.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}
