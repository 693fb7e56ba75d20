//! Tokens for the viewers of streams: each viewer's own, around the grant that a stream's viewers share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::options::TokenOptions;
use super::shared::Shared;
use super::stream::Stream;
use super::token::{PlaybackToken, TokenFuture};
use crate::cache::{Event, GrantCache, PendingCall, Stats, call_back};
use crate::credentials::ApiKey;
use crate::error::{Error, ErrorKind, Result};

/// Mints playback tokens: a token of its own for each viewer, around a grant that is fetched about
/// about every 25 seconds per stream. Cheap to clone; to be shared by all threads.
///
/// # Example: let a viewer in
///
/// ```no_run
/// use grantmint_core::{ApiKey, PlaybackMinter};
///
/// let live = PlaybackMinter::builder(&ApiKey::from_env()?)
///     .allow_origin("https://www.example.com")
///     .build()?;
/// let token = live.token("VJ00000000000000000000000000000001", "alice")?;
/// println!("{} ({:?} left)", token.jwt, token.grant_remaining);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct PlaybackMinter(Arc<Open>);

/// A minter until it is closed.
struct Open {
    closed: AtomicBool,
    shared: Shared,
}

impl PlaybackMinter {
    pub(super) fn new(shared: Shared) -> Self {
        Self(Arc::new(Open { closed: AtomicBool::new(false), shared }))
    }

    /// A token for one viewer of a stream (`VJ…`). Waits for a grant if there is none; a hit takes
    /// no lock and makes no call.
    ///
    /// # Examples
    ///
    /// ```
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// let token = live.token(streamer, "alice")?;
    /// assert!(token.jwt.starts_with("eyJ"));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 1xx for the arguments; 3xx of the fetch, shared by all who waited for it;
    /// [`ErrorKind::DeadlineExceeded`] when no grant came in time, [`ErrorKind::Overloaded`] when
    /// the account's calls are used up, [`ErrorKind::Closed`] after [`PlaybackMinter::close`].
    pub fn token(&self, streamer: &str, identity: &str) -> Result<PlaybackToken> {
        self.token_with(streamer, identity, TokenOptions::default())
    }

    /// As [`PlaybackMinter::token`], with a promise and a time of its own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::TokenOptions;
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// use std::time::Duration;
    ///
    /// let options = TokenOptions::new()
    ///     .min_remaining(Duration::from_secs(20))
    ///     .timeout(Duration::from_secs(2));
    /// let token = live.token_with(streamer, "alice", options)?;
    /// assert!(token.grant_remaining >= Duration::from_secs(20));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::token`]; [`ErrorKind::InvalidArgument`] for a `min_remaining` over half
    /// of the grants' lifetime.
    pub fn token_with(
        &self,
        streamer: &str,
        identity: &str,
        options: TokenOptions,
    ) -> Result<PlaybackToken> {
        let shared = self.shared()?;
        let known = shared.streams.load();
        if let Some(stream) = shared.streams.find(&known, streamer) {
            return shared.token(stream, identity, options);
        }
        drop(known);
        let stream = shared.stream(streamer, options)?;
        shared.token(&stream, identity, options)
    }

    /// A token if that leaves nothing to wait for or to do: takes no lock. For hosts whose threads
    /// must give something up before they may take one, such as Python's. None says nothing but that
    /// [`PlaybackMinter::token_with`] has to be asked.
    ///
    /// # Errors
    ///
    /// 1xx for the arguments, [`ErrorKind::Closed`].
    pub fn token_at_once(
        &self,
        streamer: &str,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<PlaybackToken>> {
        let shared = self.shared()?;
        let known = shared.streams.load();
        match shared.streams.find(&known, streamer) {
            Some(stream) => shared.token_at_once(stream, identity, options),
            None => Ok(None),
        }
    }

    /// As [`PlaybackMinter::token_with`], as a future: whoever polls it is handed the token, minted at
    /// that moment around a grant that keeps `min_remaining` then. The caller's time runs from now on,
    /// and one of the library's threads watches it. Dropping the future ends the wait, never the fetch.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::TokenOptions;
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # async fn example() -> grantmint_core::Result<()> {
    /// # let (live, streamer) = live::live()?;
    /// let token = live.token_async(streamer, "alice", TokenOptions::default()).await?;
    /// assert!(token.jwt.starts_with("eyJ"));
    /// # Ok(())
    /// # }
    /// # let mut example = std::pin::pin!(example());
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// # while example.as_mut().poll(&mut context).is_pending() {}
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::token_with`].
    pub fn token_async(
        &self,
        streamer: &str,
        identity: &str,
        options: TokenOptions,
    ) -> TokenFuture {
        let stream = self.shared().and_then(|shared| shared.stream(streamer, options));
        self.stream_token_async(stream, identity, options)
    }

    /// A token by callback, which is called once: before this returns if the grant is there, else
    /// on one of the library's threads, which it must not block, and by the time that `options`
    /// allow the call.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::TokenOptions;
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// let (told, tells) = std::sync::mpsc::channel();
    /// drop(live.token_then(streamer, "alice", TokenOptions::default(), move |result| {
    ///     let _ = told.send(result.is_ok());
    /// }));
    /// assert_eq!(tells.recv(), Ok(true));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn token_then(
        &self,
        streamer: &str,
        identity: &str,
        options: TokenOptions,
        callback: impl FnOnce(Result<PlaybackToken>) + Send + 'static,
    ) -> PendingCall {
        call_back(self.token_async(streamer, identity, options), callback)
    }

    /// As [`PlaybackMinter::token_async`], for a stream that has been looked up, or could not be.
    pub(super) fn stream_token_async(
        &self,
        stream: Result<Arc<Stream>>,
        identity: &str,
        options: TokenOptions,
    ) -> TokenFuture {
        let asked = stream.and_then(|stream| {
            let shared = self.shared()?;
            shared.signing.check_identity(identity)?;
            let grant = shared.feed.get_async(Arc::clone(&stream.handle), shared.wish(options));
            Ok((stream, identity.to_owned(), grant))
        });
        // A call that began before the minter was closed is answered all the same.
        let open = Arc::clone(&self.0);
        Box::pin(async move {
            let (stream, identity, grant) = asked?;
            let hit = grant.await?;
            let jwt = stream.mint(&hit, &open.shared.signing, &identity)?;
            Ok(PlaybackToken::new(jwt, &hit))
        })
    }

    /// A token if the grant for it is there; never waits. None sets off the fetch of the grant.
    ///
    /// # Examples
    ///
    /// ```
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// live.token(streamer, "alice")?;
    /// assert!(live.try_token(streamer, "bob")?.is_some());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 1xx for the arguments, [`ErrorKind::Closed`]; never an error of upstream or of a source,
    /// whatever its kind.
    #[inline]
    pub fn try_token(&self, streamer: &str, identity: &str) -> Result<Option<String>> {
        PlaybackToken::jwt_of(self.try_token_with(streamer, identity, TokenOptions::default()))
    }

    /// As [`PlaybackMinter::try_token`], with a promise of its own and all that is known of the grant.
    /// The timeout is for the fetch that it sets off.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::try_token`]; [`ErrorKind::InvalidArgument`] for a `min_remaining` over half
    /// of the grants' lifetime.
    #[inline]
    pub fn try_token_with(
        &self,
        streamer: &str,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<PlaybackToken>> {
        let shared = self.shared()?;
        let known = shared.streams.load();
        if let Some(stream) = shared.streams.find(&known, streamer) {
            return shared.try_token(stream, identity, options);
        }
        drop(known);
        shared.check(streamer, options)?;
        match shared.stream(streamer, options) {
            Ok(stream) => shared.try_token(&stream, identity, options),
            // A stream that may not even be looked up has no grant.
            Err(_) => Ok(None),
        }
    }

    /// Fetches a stream's grant before anybody asks for it; does not wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// live.prefetch(streamer)?; // before the show begins
    /// live.token(streamer, "alice")?;
    /// assert_eq!(live.stats()?.fetches, 1);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::stream`].
    pub fn prefetch(&self, streamer: &str) -> Result<()> {
        let shared = self.shared()?;
        shared.feed.prefetch(&shared.key(streamer)?)
    }

    /// Keeps a stream's grant fresh without it being read, for at most 48 h: a longer time counts as
    /// 48 h, zero ends it. A refresh that fails is seen in the events alone.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::stream`].
    pub fn keep_warm(&self, streamer: &str, time: Duration) -> Result<()> {
        let shared = self.shared()?;
        shared.feed.keep_warm(&shared.key(streamer)?, time)
    }

    /// Drops a stream's grant. The outcome of a fetch in flight goes to its waiters and is not stored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSid`], [`ErrorKind::Closed`].
    pub fn invalidate(&self, streamer: &str) -> Result<bool> {
        let shared = self.shared()?;
        Ok(shared.feed.tenant().invalidate(&shared.key(streamer)?, None))
    }

    /// Drops a stream's grant if it is the one of this generation: of many viewers who met a bad
    /// grant, the first has it fetched anew.
    ///
    /// # Examples
    ///
    /// ```
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// let bad = live.token(streamer, "alice")?;
    /// assert!(live.invalidate_if(streamer, bad.generation)?);
    /// assert!(live.token(streamer, "alice")?.generation > bad.generation);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSid`], [`ErrorKind::Closed`].
    pub fn invalidate_if(&self, streamer: &str, generation: u64) -> Result<bool> {
        let shared = self.shared()?;
        Ok(shared.feed.tenant().invalidate(&shared.key(streamer)?, Some(generation)))
    }

    /// Signs and fetches with another key of the same account from now on. Grants stay, cached errors
    /// go; the outcomes of fetches in flight go to their waiters and are not stored.
    ///
    /// # Examples
    ///
    /// ```
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// # use grantmint_core::ApiKey;
    /// let new = ApiKey::new(
    ///     "AC00000000000000000000000000000001",
    ///     "SK00000000000000000000000000000009",
    ///     "the secret of the new key",
    /// )?;
    /// live.rotate(&new)?;
    /// let token = live.token(streamer, "alice")?;
    /// assert_eq!(grantmint_core::decode(&token.jwt)?.issuer(), Some(new.key_sid().as_str()));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidCredentials`] for a key of another account.
    pub fn rotate(&self, key: &ApiKey) -> Result<()> {
        self.shared()?.rotate(key)
    }

    /// What the cache has done, for all who share it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn stats(&self) -> Result<Stats> {
        Ok(self.shared()?.feed.tenant().stats())
    }

    /// The cache's last 1,024 events since the last call, oldest first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn drain_events(&self) -> Result<Vec<Event>> {
        Ok(self.shared()?.feed.tenant().cache().drain_events())
    }

    /// Drops all grants and cached errors of the account in this cache, for all who share them, and wipes
    /// what this minter has prepared with those grants. Another minter that shares the cache wipes that
    /// with its next token of the stream, or when it is dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn purge(&self) -> Result<()> {
        let shared = self.shared()?;
        shared.feed.tenant().purge();
        shared.streams.drop_prepared();
        Ok(())
    }

    /// The cache.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn cache(&self) -> Result<GrantCache> {
        Ok(self.shared()?.feed.tenant().cache().clone())
    }

    /// Detaches this minter, its clones and its streams: later calls fail with
    /// [`ErrorKind::Closed`], those that wait are answered, and it keeps nothing warm. Others who
    /// share the cache go on; its grants are wiped when the last of them is gone.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::ErrorKind;
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// live.close();
    /// assert_eq!(live.token(streamer, "alice").unwrap_err().kind(), ErrorKind::Closed);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
        self.0.shared.streams.clear();
        self.0.shared.feed.close();
    }

    #[inline]
    pub(super) fn shared(&self) -> Result<&Shared> {
        if self.0.closed.load(Ordering::Relaxed) { Err(closed()) } else { Ok(&self.0.shared) }
    }
}

#[cold]
fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the minter has been closed")
}

impl fmt::Debug for PlaybackMinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = &self.0.shared;
        f.debug_struct("PlaybackMinter")
            .field("key", &shared.signing.key())
            .field("grant_ttl", &shared.grant_ttl)
            .field("origin", &shared.origin)
            .finish_non_exhaustive()
    }
}
