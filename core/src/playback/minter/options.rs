//! What one call for a token asks for.

use std::time::Duration;

/// What one call asks for; what is not set is the minter's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenOptions {
    /// The least remaining lifetime that the grant in the token must have, net of the safety margin.
    pub min_remaining: Option<Duration>,
    /// How long the call waits for a grant.
    pub timeout: Option<Duration>,
}
