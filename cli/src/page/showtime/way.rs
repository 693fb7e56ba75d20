//! The two ways to a viewer's token.

use std::time::Duration;

use grantmint_core::{
    AccessToken, ApiKey, ClientOptions, Event, Freshness, GrantRequest, GrantSource as _, Origin,
    PlaybackGrant, PlaybackGrantClient, PlaybackMinter, Result, Stats, TokenOptions,
};

/// The web site that may play the streams.
pub(super) const ORIGIN: &str = "https://www.example.com";
/// How long a viewer waits.
const TIMEOUT: Duration = Duration::from_secs(5);
const GRANT_TTL_S: u32 = 60;

/// A token, and what is known of its grant.
pub(super) struct Token {
    pub(super) jwt: String,
    /// What remains of the grant; none if nobody keeps count.
    pub(super) remaining: Option<(Duration, Freshness)>,
}

/// A way to tokens, as one thread has it.
pub(super) enum Desk {
    /// A minter that all threads share.
    Grantmint(PlaybackMinter),
    /// A client of its own, which calls for each viewer.
    CallEach(PlaybackGrantClient, ApiKey),
}

impl Desk {
    /// What the library is for.
    pub(super) fn grantmint(key: &ApiKey, base_url: &str) -> Result<Self> {
        // Every show begins without a grant.
        let minter =
            PlaybackMinter::builder(key).base_url(base_url).allow_origin(ORIGIN).isolated();
        Ok(Self::Grantmint(minter.timeout(TIMEOUT).build()?))
    }

    /// What samples do.
    pub(super) fn call_each(key: &ApiKey, base_url: &str) -> Result<Self> {
        let client = PlaybackGrantClient::new(key, &ClientOptions::new().base_url(base_url))?;
        Ok(Self::CallEach(client, key.clone()))
    }

    /// The token of one viewer of one stream.
    pub(super) fn token(&self, streamer: &str, identity: &str) -> Result<Token> {
        match self {
            Self::Grantmint(minter) => {
                let token = minter.token_with(streamer, identity, TokenOptions::default())?;
                let remaining = Some((token.grant_remaining, token.freshness));
                Ok(Token { jwt: token.jwt, remaining })
            }
            Self::CallEach(client, key) => {
                let request =
                    GrantRequest::new(streamer, GRANT_TTL_S, Some(Origin::parse(ORIGIN)?))?;
                let fetched = client.fetch(&request, TIMEOUT)?;
                let grant = PlaybackGrant::from_json(fetched.grant_json())?;
                let token =
                    AccessToken::builder(key, identity).grant(grant).unique(true).build()?;
                Ok(Token { jwt: token.to_jwt()?, remaining: None })
            }
        }
    }

    /// What the library did since it was asked last.
    pub(super) fn events(&self) -> Vec<Event> {
        match self {
            Self::Grantmint(minter) => minter.drain_events().unwrap_or_default(),
            Self::CallEach(..) => Vec::new(),
        }
    }

    /// What the library has counted.
    pub(super) fn stats(&self) -> Option<Stats> {
        match self {
            Self::Grantmint(minter) => minter.stats().ok(),
            Self::CallEach(..) => None,
        }
    }

    /// The same way for another thread.
    pub(super) fn again(&self, base_url: &str) -> Result<Self> {
        match self {
            Self::Grantmint(minter) => Ok(Self::Grantmint(minter.clone())),
            Self::CallEach(_, key) => Self::call_each(key, base_url),
        }
    }
}
