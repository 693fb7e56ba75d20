//! How the endpoint of playback grants is reached, and the commands that only try it.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use grantmint_core::ClientOptions;

use super::common::MessageArgs;
use super::credentials::CredentialArgs;
use super::values;
use crate::exit::Failure;

/// The way to upstream, and what is asked of it.
#[derive(Args)]
#[command(next_help_heading = "Upstream")]
pub(crate) struct UpstreamArgs {
    #[command(flatten)]
    pub(crate) way: WayArgs,

    /// The only web origin that may play the stream; any without it
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) allow_origin: Option<String>,

    /// The lifetime to ask for the grant with, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = values::grant_ttl)]
    pub(crate) grant_ttl: u32,

    /// Prints the request as a command for curl, which names variables and no secret
    #[arg(long)]
    pub(crate) curl: bool,
}

/// The way to upstream.
#[derive(Args)]
pub(crate) struct WayArgs {
    /// Scheme, host and port of upstream
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,

    /// An HTTP proxy; env takes that of HTTPS_PROXY, which may have a password in it
    #[arg(long, value_name = "URL|env")]
    pub(crate) proxy: Option<String>,

    /// The certificate authorities to trust, in place of the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,

    /// How long to wait, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = values::timeout)]
    pub(crate) timeout: Duration,
}

impl WayArgs {
    /// As core takes it.
    pub(crate) fn options(&self) -> Result<ClientOptions, Failure> {
        let mut options = ClientOptions::new();
        if let Some(url) = &self.base_url {
            options = options.base_url(url);
        }
        if let Some(proxy) = &self.proxy {
            options = options.proxy(proxy_url(proxy)?);
        }
        if let Some(file) = &self.ca_file {
            options = options.ca_file(file);
        }
        Ok(options)
    }
}

fn proxy_url(proxy: &str) -> Result<String, Failure> {
    if proxy == "env" {
        let url = ["HTTPS_PROXY", "https_proxy"].iter().find_map(|name| env::var(name).ok());
        return url.ok_or_else(|| Failure::failed("--proxy env: HTTPS_PROXY is not set"));
    }
    if proxy.contains('@') {
        let line = "--proxy: no password here, every user of this machine can read it (ps): set \
                    HTTPS_PROXY, and give --proxy env";
        return Err(Failure::usage(line));
    }
    Ok(proxy.to_owned())
}

#[derive(Args)]
pub(crate) struct GrantArgs {
    /// The player streamer
    #[arg(value_name = "VJ…")]
    pub(crate) streamer: String,

    #[command(flatten)]
    pub(crate) upstream: UpstreamArgs,

    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
}

#[derive(Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) way: WayArgs,

    #[command(flatten)]
    pub(crate) messages: MessageArgs,

    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
}
