//! What all clones of a minter and its streams share, and what they do with it.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::feed::Feed;
use super::minter::TokenOptions;
#[cfg(feature = "http")]
use super::options::ClientOptions;
use super::origin::Origin;
use super::source::{AsyncGrantSource, GrantRequest};
use super::stream::{Signing, Stream};
use super::streams::Streams;
use super::token::PlaybackToken;
use crate::cache::{BeginOptions, Key};
use crate::clock::Clock;
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::fork::ForkMutex;
use crate::token::{Claims, Template};

/// What all clones of a minter and its streams share.
pub(super) struct Shared {
    pub(super) feed: Arc<Feed>,
    pub(super) signing: ArcSwap<Signing>,
    /// Held while the key is exchanged, so that signing and fetching go on with the same one.
    pub(super) rotating: ForkMutex,
    pub(super) claims: Claims,
    pub(super) clock: Clock,
    pub(super) grant_ttl: u32,
    pub(super) origin: Option<Origin>,
    pub(super) defaults: TokenOptions,
    pub(super) streams: Streams,
    /// How the built-in client reaches upstream; none with a custom source.
    #[cfg(feature = "http")]
    pub(super) via: Option<ClientOptions>,
}

impl Shared {
    #[inline]
    pub(super) fn token(
        &self,
        stream: &Stream,
        identity: &str,
        options: TokenOptions,
    ) -> Result<PlaybackToken> {
        let hit = self.feed.get(&stream.handle, self.wish(options))?;
        Ok(PlaybackToken::new(stream.mint(&hit, self, identity)?, &hit))
    }

    #[inline]
    pub(super) fn token_at_once(
        &self,
        stream: &Stream,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<PlaybackToken>> {
        let Some(hit) = stream.handle.hit_at_once(self.wish(options))? else { return Ok(None) };
        Ok(Some(PlaybackToken::new(stream.mint(&hit, self, identity)?, &hit)))
    }

    pub(super) fn try_token(&self, stream: &Stream, identity: &str) -> Result<Option<String>> {
        let hit = self.feed.try_get(&stream.handle, self.wish(TokenOptions::default()));
        hit.map(|hit| stream.mint(&hit, self, identity)).transpose()
    }

    /// The stream, looked up anew for a caller with these options.
    pub(super) fn stream(&self, streamer: &str, options: TokenOptions) -> Result<Arc<Stream>> {
        if let Some(stream) = self.streams.load().get(streamer) {
            return Ok(Arc::clone(stream));
        }
        let key = self.key(streamer)?;
        let handle = self.feed.cache().handle_for(&key, self.wish(options))?;
        Ok(self.streams.add(streamer, Stream::new(handle)))
    }

    pub(super) fn key(&self, streamer: &str) -> Result<Key> {
        Ok(GrantRequest::new(streamer, self.grant_ttl, self.origin.clone())?.key())
    }

    #[inline]
    pub(super) fn wish(&self, options: TokenOptions) -> BeginOptions {
        BeginOptions {
            min_remaining: options.min_remaining.or(self.defaults.min_remaining),
            timeout: options.timeout.or(self.defaults.timeout),
        }
    }

    pub(super) fn rotate(&self, key: &ApiKey) -> Result<()> {
        if key.account_sid() != self.signing.load().key.account_sid() {
            return Err(Error::new(
                ErrorKind::InvalidCredentials,
                "a rotated key must belong to the same account",
            ));
        }
        let source = self.source_with(key)?;
        let template = Template::new(key, self.claims.clone());
        let signing = Arc::new(Signing { key: key.clone(), template });
        let before = self.rotating.hold(|| {
            let source = source.map(|source| self.feed.set_source(source));
            let signing = self.signing.swap(signing);
            self.feed.cache().rotate();
            (source, signing)
        });
        // A source may do anything when it is dropped, so not under the lock.
        drop(before);
        Ok(())
    }

    /// The built-in client with another key, if that is what fetches.
    #[cfg(feature = "http")]
    fn source_with(&self, key: &ApiKey) -> Result<Option<Arc<dyn AsyncGrantSource>>> {
        let Some(via) = &self.via else { return Ok(None) };
        Ok(Some(Arc::new(super::client::PlaybackGrantClient::new(key, via)?)))
    }

    #[cfg(not(feature = "http"))]
    fn source_with(&self, _key: &ApiKey) -> Result<Option<Arc<dyn AsyncGrantSource>>> {
        Ok(None)
    }
}
