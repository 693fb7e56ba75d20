//! What a viewer is given.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::cache::{Freshness, Hit, StillFresh};
use crate::error::{Error, Result};

/// A token that has been asked for. Whoever polls it is handed the token, minted at that moment. Dropping
/// it ends the wait, never the fetch. Not to be polled again when it is ready.
pub type TokenFuture = Pin<Box<dyn Future<Output = Result<PlaybackToken>> + Send>>;

/// A viewer's token, with what was known of the grant in it at that moment.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlaybackToken {
    /// The Access Token. Its holder can watch: `Debug` hides it.
    pub jwt: String,
    /// How long the grant is still good, net of the safety margin.
    pub grant_remaining: Duration,
    /// How good the grant is.
    pub freshness: Freshness,
    /// Why the grant is degraded, if it is.
    pub reason: Option<Error>,
    /// Tells grants of one cache apart, for
    /// [`PlaybackMinter::invalidate_if`](crate::PlaybackMinter::invalidate_if).
    pub generation: u64,
}

impl PlaybackToken {
    pub(super) fn new(jwt: String, hit: &Hit) -> Self {
        Self {
            jwt,
            grant_remaining: hit.remaining(),
            freshness: hit.freshness(),
            reason: hit.reason().cloned(),
            generation: hit.generation(),
        }
    }

    /// A token around a grant that is still as it was prepared.
    #[inline]
    pub(super) fn fresh(jwt: String, grant: &StillFresh, generation: u64) -> Self {
        let freshness = StillFresh::FRESHNESS;
        Self { jwt, grant_remaining: grant.remaining(), freshness, reason: None, generation }
    }

    /// The JWT alone, if there is one. It is taken out where it lies: to move the whole token first, as `map` does,
    /// takes 4 % of a warm call.
    #[inline]
    pub(super) fn jwt_of(minted: Result<Option<Self>>) -> Result<Option<String>> {
        match minted {
            Ok(Some(Self { jwt, .. })) => Ok(Some(jwt)),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// After which time the next refresh is tried, if the grant is degraded.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.reason.as_ref().and_then(Error::retry_after)
    }
}

impl fmt::Debug for PlaybackToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlaybackToken")
            .field("jwt", &"..")
            .field("grant_remaining", &self.grant_remaining)
            .field("freshness", &self.freshness)
            .field("reason", &self.reason)
            .field("generation", &self.generation)
            .finish()
    }
}
