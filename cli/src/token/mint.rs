//! What makes the tokens of a run.

use grantmint_core::{ApiKey, Error, Fleet, PlaybackMinter, TokenMinter};

use super::kind::Wanted;
use crate::args::PlaybackArgs;
use crate::exit::Failure;
use crate::flags::named;
use crate::fleet::Way;

pub(super) enum Mint {
    /// All that is in a token is known.
    Local(TokenMinter),
    /// A grant of upstream's is to be in it.
    Playback(PlaybackMinter, String),
}

impl Mint {
    pub(super) fn new(key: &ApiKey, wanted: &Wanted<'_>) -> Result<Self, Failure> {
        match wanted.playback {
            Some(playback) => Self::playback(key, wanted, playback),
            None => Self::local(key, wanted),
        }
    }

    fn local(key: &ApiKey, wanted: &Wanted<'_>) -> Result<Self, Failure> {
        let mut builder =
            TokenMinter::builder(key).grants(wanted.grants.clone()).unique(wanted.token.unique);
        if let Some(ttl) = wanted.token.ttl {
            builder = builder.ttl(ttl);
        }
        if let Some(nbf) = wanted.token.nbf {
            builder = builder.nbf(nbf.unix_seconds());
        }
        Ok(Self::Local(builder.build().map_err(named)?))
    }

    fn playback(
        key: &ApiKey,
        wanted: &Wanted<'_>,
        playback: &PlaybackArgs,
    ) -> Result<Self, Failure> {
        if wanted.token.nbf.is_some() {
            return Err(Failure::usage(
                "--nbf: a playback token is valid from now on; leave it out",
            ));
        }
        let upstream = &playback.upstream;
        let mut builder = PlaybackMinter::builder(key)
            .grant_ttl(upstream.grant_ttl)
            .timeout(upstream.way.timeout);
        for grant in &wanted.grants {
            builder = builder.grant(grant.clone());
        }
        if let Some(ttl) = wanted.token.ttl {
            builder = builder.ttl(ttl);
        }
        if let Some(origin) = &upstream.allow_origin {
            builder = builder.allow_origin(origin);
        }
        let way = upstream.way.options()?;
        builder = builder.base_url(way.base_url);
        if let Some(proxy) = way.proxy {
            builder = builder.proxy(proxy);
        }
        if let Some(file) = way.ca_file {
            builder = builder.ca_file(file);
        }
        if let Some(fleet) = fleet(playback)? {
            builder = builder.fleet(fleet);
        }
        let minter = builder.build().map_err(named)?;
        Ok(Self::Playback(minter, playback.streamer.clone()))
    }

    /// Makes a token, and hands it over in two parts.
    pub(super) fn mint<R>(
        &self,
        identity: &str,
        take: impl FnOnce([&str; 2]) -> R,
    ) -> Result<R, Error> {
        match self {
            Self::Local(minter) => minter.mint_parts(identity, take),
            Self::Playback(minter, streamer) => {
                minter.token(streamer, identity).map(|token| take([&token.jwt, ""]))
            }
        }
    }

    /// Why grants are not shared with other processes, if that was tried.
    pub(super) fn fleet_trouble(&self) -> Option<String> {
        match self {
            Self::Local(_) => None,
            Self::Playback(minter, _) => minter.stats().ok()?.fleet?.trouble,
        }
    }
}

/// The processes that the flags name; else those of this machine, where they can share.
fn fleet(args: &PlaybackArgs) -> Result<Option<Fleet>, Failure> {
    match Way::of(&args.store, &args.server) {
        Some(way) => way?.fleet().map(Some),
        None if args.no_fleet || !cfg!(target_os = "linux") => Ok(None),
        None => Ok(Some(Fleet::host())),
    }
}
