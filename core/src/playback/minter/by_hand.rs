//! A test helper: fetches of a minter that a test runs by hand, in steps that its scheduler sees.

use super::playback_minter::PlaybackMinter;
use crate::cache::Ticket;
use crate::error::Result;

impl PlaybackMinter {
    /// The ticket of a stream's fetch, if one is due, in place of having its grant fetched.
    ///
    /// # Errors
    ///
    /// As [`PlaybackMinter::prefetch`].
    pub fn prefetch_by_hand(&self, streamer: &str) -> Result<Option<Ticket>> {
        let shared = self.shared()?;
        shared.feed.tenant().prefetch(&shared.key(streamer)?)
    }
}
