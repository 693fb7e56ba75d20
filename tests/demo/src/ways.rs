//! The two ways to get a viewer's token.

use std::time::Duration;

use grantmint_core::{
    AccessToken, ApiKey, ClientOptions, GrantRequest, GrantSource, Origin, PlaybackGrant,
    PlaybackGrantClient, PlaybackMinter, Result,
};

use crate::ORIGIN;

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(10);

pub(crate) trait Way: Send {
    /// The token of one viewer of one stream.
    fn token(&self, streamer: &str, identity: &str) -> Result<String>;
}

/// What Twilio's samples do: one call of the endpoint for each viewer.
pub(crate) struct CallForEach {
    client: PlaybackGrantClient,
    key: ApiKey,
}

impl CallForEach {
    pub(crate) fn new(key: &ApiKey, base_url: &str) -> Result<Self> {
        let options = ClientOptions::new().base_url(base_url);
        Ok(Self { client: PlaybackGrantClient::new(key, &options)?, key: key.clone() })
    }
}

impl Way for CallForEach {
    fn token(&self, streamer: &str, identity: &str) -> Result<String> {
        let request = GrantRequest::new(streamer, 60, Some(Origin::parse(ORIGIN)?))?;
        let fetched = self.client.fetch(&request, TIMEOUT)?;
        let grant = PlaybackGrant::from_json(fetched.grant_json())?;
        AccessToken::builder(&self.key, identity).grant(grant).unique(true).build()?.to_jwt()
    }
}

/// What grantmint is for: one minter, shared by all threads.
#[derive(Clone)]
pub(crate) struct ThroughGrantmint(PlaybackMinter);

impl ThroughGrantmint {
    pub(crate) fn new(key: &ApiKey, base_url: &str) -> Result<Self> {
        let minter =
            PlaybackMinter::builder(key).base_url(base_url).allow_origin(ORIGIN).build()?;
        Ok(Self(minter))
    }
}

impl Way for ThroughGrantmint {
    fn token(&self, streamer: &str, identity: &str) -> Result<String> {
        self.0.token(streamer, identity).map(|token| token.jwt)
    }
}
