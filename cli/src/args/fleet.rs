//! Which processes share grants.

use std::path::PathBuf;

use clap::Args;

use super::common::MessageArgs;

/// The fleet of a command.
#[derive(Args)]
#[command(next_help_heading = "Fleet")]
pub(crate) struct StoreArgs {
    /// The processes that share grants: host, host: and the path of a folder, a server's URL such as
    /// rediss://host:6379, or env for what GRANTMINT_FLEET says, which may have a password in it
    #[arg(long, value_name = "FLEET")]
    pub(crate) fleet: Option<String>,
}

/// What the server of a fleet is told, if it has one.
#[derive(Args)]
#[command(next_help_heading = "Fleet")]
pub(crate) struct ServerArgs {
    /// The certificate authorities to trust the fleet's server by, in place of the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(crate) fleet_ca_file: Option<PathBuf>,

    /// What the names of all keys on the fleet's server begin with
    #[arg(long, value_name = "NAME")]
    pub(crate) fleet_prefix: Option<String>,

    /// Talks to the fleet's server on another machine without TLS
    #[arg(long)]
    pub(crate) fleet_insecure: bool,
}

#[derive(Args)]
pub(crate) struct FleetArgs {
    /// The processes that share grants, as --fleet has them; host without it
    #[arg(value_name = "FLEET", conflicts_with = "fleet")]
    pub(crate) place: Option<String>,

    #[command(flatten)]
    pub(crate) store: StoreArgs,

    #[command(flatten)]
    pub(crate) server: ServerArgs,

    #[command(flatten)]
    pub(crate) messages: MessageArgs,
}
