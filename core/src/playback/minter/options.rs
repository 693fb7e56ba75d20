//! What one call for a token asks for.

use std::time::Duration;

/// What one call asks for; what is not set is the minter's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenOptions {
    /// The least remaining lifetime that the grant in the token must have, net of the safety margin.
    pub min_remaining: Option<Duration>,
    /// How long the call waits for a grant.
    pub timeout: Option<Duration>,
    pub(super) looks_again: bool,
}

impl TokenOptions {
    /// What the minter gives to all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`TokenOptions::min_remaining`]; `None` is the minter's.
    #[must_use]
    pub fn min_remaining(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.min_remaining = time.into();
        self
    }

    /// For a thread that waits for a future by polling it again at least once a second: in a process that can
    /// start no thread to watch the time, its future goes on.
    #[doc(hidden)]
    #[must_use]
    pub fn looks_again(mut self) -> Self {
        self.looks_again = true;
        self
    }

    /// Sets [`TokenOptions::timeout`]; `None` is the minter's.
    #[must_use]
    pub fn timeout(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.timeout = time.into();
        self
    }
}
