//! One stream of a minter: its grant, and the token made of it but for the viewer.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arc_swap::ArcSwapOption;

use super::minter::{PlaybackMinter, TokenOptions};
use super::shared::Shared;
use super::token::PlaybackToken;
use crate::cache::{BeginOptions, Handle, Hit, PendingCall, Sighting, StillFresh};
use crate::credentials::ApiKey;
use crate::error::Result;
use crate::sync;
use crate::token::{PlaybackGrant, Prefix, Template};

/// A key with the tokens that it signs. Replaced as a whole when the key is rotated.
pub(super) struct Signing {
    pub(super) key: ApiKey,
    pub(super) template: Template,
}

/// A stream as its minter keeps it: looked up once, its tokens prepared.
pub(super) struct Stream {
    pub(super) handle: Arc<Handle>,
    prefix: ArcSwapOption<Prepared>,
}

/// The prefix of all tokens of one stream, one grant, one key and one second.
struct Prepared {
    generation: u64,
    /// By which to ask whether the grant is still fresh, if it was seen in the cache.
    seen: Option<Sighting>,
    epoch: u64,
    prefix: Prefix,
}

impl Stream {
    pub(super) fn new(handle: Handle) -> Self {
        Self { handle: Arc::new(handle), prefix: ArcSwapOption::empty() }
    }

    /// The token of one viewer with what is prepared, if the grant in it is still fresh.
    #[inline]
    pub(super) fn mint_prepared(
        &self,
        shared: &Shared,
        identity: &str,
        wish: BeginOptions,
    ) -> Result<Option<PlaybackToken>> {
        let prepared = self.prefix.load();
        let Some(ready) = prepared.as_deref() else { return Ok(None) };
        let Some(seen) = &ready.seen else { return Ok(None) };
        let epoch = shared.epoch.load(Ordering::Acquire);
        let is_of_use = |fresh: &StillFresh| {
            ready.is_for(ready.generation, epoch, shared.second(fresh.second()))
        };
        let Some(fresh) = self.handle.still_fresh(seen, wish, is_of_use)? else { return Ok(None) };
        let jwt = ready.prefix.mint(identity)?;
        Ok(Some(PlaybackToken::fresh(jwt, &fresh, ready.generation)))
    }

    /// The token of one viewer around a grant.
    #[inline]
    pub(super) fn mint(&self, hit: &Hit, shared: &Shared, identity: &str) -> Result<String> {
        let second = shared.second(hit.second());
        // Before the key is read, so that what is prepared with a new key is never taken for old.
        let epoch = shared.epoch.load(Ordering::Acquire);
        match self.prefix.load().as_ref() {
            Some(ready) if ready.is_for(hit.generation(), epoch, second) => {
                ready.prefix.mint(identity)
            }
            ready => self.prepare(hit, shared, epoch, second, ready)?.prefix.mint(identity),
        }
    }

    /// Prepares another prefix, and publishes it unless that would be a step back: threads that
    /// read the clock around the turn of a second must not undo each other's work.
    #[cold]
    fn prepare(
        &self,
        hit: &Hit,
        shared: &Shared,
        epoch: u64,
        second: u64,
        published: Option<&Arc<Prepared>>,
    ) -> Result<Arc<Prepared>> {
        sync::step();
        let grant = PlaybackGrant::from_json(hit.grant().as_str())?;
        let prefix = shared.signing.load().template.stamp(second, Some(&grant))?;
        let (generation, seen) = (hit.generation(), hit.sighting());
        let fresh = Arc::new(Prepared { generation, seen, epoch, prefix });
        sync::step();
        if published.is_none_or(|old| old.yields_to(&fresh)) {
            self.prefix.store(Some(Arc::clone(&fresh)));
        }
        Ok(fresh)
    }
}

impl Prepared {
    #[inline]
    fn is_for(&self, generation: u64, epoch: u64, second: u64) -> bool {
        self.generation == generation && self.epoch == epoch && self.prefix.second() == second
    }

    /// Whether another prefix is newer: of a later key or grant, or of another second of the same.
    fn yields_to(&self, other: &Self) -> bool {
        let (this, that) = ((self.epoch, self.generation), (other.epoch, other.generation));
        this < that || this == that && !self.prefix.is_ahead_of(other.prefix.second())
    }
}

/// One stream of a [`PlaybackMinter`]: the hot path. Get it once from
/// [`PlaybackMinter::stream`] and keep it for as long as the stream is live; it may be used by any
/// number of threads.
#[derive(Clone)]
pub struct StreamMinter {
    pub(super) minter: PlaybackMinter,
    pub(super) stream: Arc<Stream>,
}

impl StreamMinter {
    /// As [`PlaybackMinter::token`], for this stream.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::token`].
    pub fn token(&self, identity: &str) -> Result<PlaybackToken> {
        self.token_with(identity, TokenOptions::default())
    }

    /// As [`PlaybackMinter::token_with`], for this stream.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::token`].
    #[inline]
    pub fn token_with(&self, identity: &str, options: TokenOptions) -> Result<PlaybackToken> {
        self.minter.shared()?.token(&self.stream, identity, options)
    }

    /// As [`PlaybackMinter::token_at_once`], for this stream.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::token_at_once`].
    #[inline]
    pub fn token_at_once(
        &self,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<PlaybackToken>> {
        self.minter.shared()?.token_at_once(&self.stream, identity, options)
    }

    /// As [`PlaybackMinter::try_token`], for this stream.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::try_token`].
    pub fn try_token(&self, identity: &str) -> Result<Option<String>> {
        self.minter.shared()?.try_token(&self.stream, identity)
    }

    /// As [`PlaybackMinter::token_then`], for this stream.
    pub fn token_then(
        &self,
        identity: &str,
        options: TokenOptions,
        callback: impl FnOnce(Result<PlaybackToken>) + Send + 'static,
    ) -> PendingCall {
        match self.minter.shared() {
            Ok(shared) => self.then(shared, identity, options, callback),
            Err(error) => {
                callback(Err(error));
                PendingCall::answered()
            }
        }
    }

    fn then(
        &self,
        shared: &Shared,
        identity: &str,
        options: TokenOptions,
        callback: impl FnOnce(Result<PlaybackToken>) + Send + 'static,
    ) -> PendingCall {
        let (this, identity) = (self.clone(), identity.to_owned());
        let minted = move |hit: Result<Hit>| {
            let hit = hit?;
            let jwt = this.stream.mint(&hit, this.minter.shared_if_closed(), &identity)?;
            Ok(PlaybackToken::new(jwt, &hit))
        };
        let handle = Arc::clone(&self.stream.handle);
        shared.feed.get_then(handle, shared.wish(options), move |hit| callback(minted(hit)))
    }
}

impl fmt::Debug for StreamMinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamMinter")
            .field("key", self.stream.handle.key())
            .finish_non_exhaustive()
    }
}
