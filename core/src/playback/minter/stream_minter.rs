//! One stream of a minter, looked up once: what hot paths keep.

use std::fmt;
use std::sync::Arc;

use super::options::TokenOptions;
use super::playback_minter::PlaybackMinter;
use super::stream::Stream;
use super::token::{PlaybackToken, TokenFuture};
use crate::cache::{PendingCall, call_back};
use crate::error::Result;

/// One stream of a [`PlaybackMinter`]: the hot path. Get it once from
/// [`PlaybackMinter::stream`] and keep it for as long as the stream is live; it may be used by any
/// number of threads.
#[derive(Clone)]
pub struct StreamMinter {
    minter: PlaybackMinter,
    stream: Arc<Stream>,
}

impl StreamMinter {
    /// As [`PlaybackMinter::token`], for this stream.
    ///
    /// # Examples
    ///
    /// ```
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// let stream = live.stream(streamer)?;
    /// assert!(stream.token("alice")?.jwt.starts_with("eyJ"));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::token`].
    #[inline]
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
    /// # Examples
    ///
    /// ```
    /// # mod live { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/live.rs")); }
    /// # let (live, streamer) = live::live()?;
    /// let stream = live.stream(streamer)?;
    /// stream.token("alice")?;
    /// assert!(stream.try_token("bob")?.is_some());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::try_token`].
    #[inline]
    pub fn try_token(&self, identity: &str) -> Result<Option<String>> {
        PlaybackToken::jwt_of(self.try_token_with(identity, TokenOptions::default()))
    }

    /// As [`PlaybackMinter::try_token_with`], for this stream.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::try_token`].
    #[inline]
    pub fn try_token_with(
        &self,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<PlaybackToken>> {
        self.minter.shared()?.try_token(&self.stream, identity, options)
    }

    /// As [`PlaybackMinter::token_async`], for this stream.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::token`].
    pub fn token_async(&self, identity: &str, options: TokenOptions) -> TokenFuture {
        self.minter.stream_token_async(Ok(Arc::clone(&self.stream)), identity, options)
    }

    /// As [`PlaybackMinter::token_then`], for this stream.
    pub fn token_then(
        &self,
        identity: &str,
        options: TokenOptions,
        callback: impl FnOnce(Result<PlaybackToken>) + Send + 'static,
    ) -> PendingCall {
        call_back(self.token_async(identity, options), callback)
    }
}

impl PlaybackMinter {
    /// One stream, for hot paths.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSid`](crate::ErrorKind::InvalidSid),
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed). For a new stream while no request may be sent,
    /// [`ErrorKind::Overloaded`](crate::ErrorKind::Overloaded) or the cached error that holds requests
    /// back, such as [`ErrorKind::Throttled`](crate::ErrorKind::Throttled).
    pub fn stream(&self, streamer: &str) -> Result<StreamMinter> {
        let stream = self.shared()?.stream(streamer, TokenOptions::default())?;
        Ok(StreamMinter { minter: self.clone(), stream })
    }
}

impl fmt::Debug for StreamMinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamMinter")
            .field("key", self.stream.handle.key())
            .finish_non_exhaustive()
    }
}
