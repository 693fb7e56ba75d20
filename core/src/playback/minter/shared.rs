//! What all clones of a minter and its streams share, and what they do with it.

use std::sync::Arc;

use super::options::TokenOptions;
use super::signing::Signing;
use super::stream::Stream;
use super::streams::Streams;
use super::token::PlaybackToken;
use crate::account;
use crate::cache::{BeginOptions, Credentials, Hit, Key};
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::{Feed, Source};
use crate::fork::ForkMutex;
use crate::playback::grant::{BuiltIn, ForKeys, GrantRequest, Origin};

/// What all clones of a minter and its streams share.
pub(super) struct Shared {
    pub(super) feed: Arc<Feed>,
    pub(super) signing: Signing,
    /// Held while the key is exchanged, so that signing and fetching go on with the same one.
    pub(super) rotating: ForkMutex,
    pub(super) grant_ttl: u32,
    pub(super) origin: Option<Origin>,
    pub(super) defaults: TokenOptions,
    pub(super) streams: Arc<Streams>,
    /// The built-in client; none with a custom source.
    pub(super) built_in: Option<BuiltIn>,
}

impl Shared {
    #[inline]
    pub(super) fn token(
        &self,
        stream: &Stream,
        identity: &str,
        options: TokenOptions,
    ) -> Result<PlaybackToken> {
        let wish = self.wish(options);
        match stream.mint_prepared(&self.signing, identity, wish)? {
            Some(token) => Ok(token),
            None => self.token_around_hit(stream, identity, wish),
        }
    }

    /// The token of a viewer for whom nothing is prepared. Apart, so that the frame of those who come after it
    /// stays small.
    #[cold]
    fn token_around_hit(
        &self,
        stream: &Stream,
        identity: &str,
        wish: BeginOptions,
    ) -> Result<PlaybackToken> {
        self.signing.check_identity(identity)?;
        let hit = self.feed.get(&stream.handle, wish)?;
        self.minted(stream, identity, &hit)
    }

    #[inline]
    pub(super) fn token_at_once(
        &self,
        stream: &Stream,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<PlaybackToken>> {
        let wish = self.wish(options);
        match stream.mint_prepared(&self.signing, identity, wish) {
            Ok(None) => self.token_around_hit_at_once(stream, identity, wish),
            prepared => prepared,
        }
    }

    /// As [`Shared::token_around_hit`], if there is a hit at once.
    #[cold]
    fn token_around_hit_at_once(
        &self,
        stream: &Stream,
        identity: &str,
        wish: BeginOptions,
    ) -> Result<Option<PlaybackToken>> {
        let hit = stream.handle.hit_at_once(wish)?;
        hit.map(|hit| self.minted(stream, identity, &hit)).transpose()
    }

    #[inline]
    pub(super) fn try_token(
        &self,
        stream: &Stream,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<PlaybackToken>> {
        let wish = self.wish(options);
        match stream.mint_prepared(&self.signing, identity, wish) {
            Ok(None) => self.try_token_around_hit(stream, identity, wish),
            prepared => prepared,
        }
    }

    /// As [`Shared::token_around_hit`], without a wait.
    #[cold]
    fn try_token_around_hit(
        &self,
        stream: &Stream,
        identity: &str,
        wish: BeginOptions,
    ) -> Result<Option<PlaybackToken>> {
        self.signing.check_identity(identity)?;
        let hit = self.feed.try_get(&stream.handle, wish)?;
        hit.map(|hit| self.minted(stream, identity, &hit)).transpose()
    }

    fn minted(&self, stream: &Stream, identity: &str, hit: &Hit) -> Result<PlaybackToken> {
        Ok(PlaybackToken::new(stream.mint(hit, &self.signing, identity)?, hit))
    }

    /// The stream, however it is spelled; looked up for a caller with these options if it is new.
    pub(super) fn stream(&self, streamer: &str, options: TokenOptions) -> Result<Arc<Stream>> {
        let request = self.request(streamer)?;
        let known = self.streams.load();
        if let Some(stream) = self.streams.find(&known, request.streamer().as_str()) {
            return Ok(Arc::clone(stream));
        }
        drop(known);
        let handle = self.feed.tenant().handle(&request.key(), self.wish(options))?;
        Ok(self.streams.add(request.streamer(), Stream::new(handle)))
    }

    /// Whether this can be a stream, and whether a caller may ask for this.
    pub(super) fn check(&self, streamer: &str, options: TokenOptions) -> Result<()> {
        self.wish(options).check(&self.key(streamer)?)
    }

    pub(super) fn key(&self, streamer: &str) -> Result<Key> {
        Ok(self.request(streamer)?.key())
    }

    fn request(&self, streamer: &str) -> Result<GrantRequest> {
        GrantRequest::new(streamer, self.grant_ttl, self.origin.clone())
    }

    #[inline]
    pub(super) fn wish(&self, options: TokenOptions) -> BeginOptions {
        BeginOptions {
            min_remaining: options.min_remaining.or(self.defaults.min_remaining),
            timeout: options.timeout.or(self.defaults.timeout),
            looks_again: options.looks_again,
        }
    }

    pub(super) fn rotate(&self, key: &ApiKey) -> Result<()> {
        if key.account_sid() != self.signing.key().account_sid() {
            let what = "must belong to the account of the key before";
            return Err(Error::of_argument(ErrorKind::InvalidCredentials, "key", what));
        }
        let source = self.source_with(key)?;
        let name = account::credential_name(key, &account::fingerprint(key)?);
        let credentials = Credentials { name: &name, secret: key.secret().expose() };
        let next = self.signing.prepare(key);
        let before = self.rotating.hold(|| {
            let source = source.map(|source| self.feed.set_source(source));
            let signing = self.signing.exchange(next);
            // After the source: what is begun with the new credential is fetched from the new source.
            self.feed.tenant().rotate(&credentials);
            (source, signing)
        });
        // A source may do anything when it is dropped, so not under the lock.
        drop(before);
        Ok(())
    }

    /// The built-in client with another key, if that is what fetches.
    fn source_with(&self, key: &ApiKey) -> Result<Option<Arc<dyn Source>>> {
        let Some(built_in) = &self.built_in else { return Ok(None) };
        Ok(Some(Arc::new(ForKeys(built_in.source(key)?))))
    }
}
