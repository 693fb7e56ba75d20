//! The options of one playback token.

use grantmint_core::TokenOptions;

use crate::argument::maybe_ms;
use crate::error::Result;

/// Options for core. What is left out has the minter's value.
pub(crate) fn token_options(
    min_remaining_ms: Option<f64>,
    timeout_ms: Option<f64>,
) -> Result<TokenOptions> {
    Ok(TokenOptions { min_remaining: maybe_ms(min_remaining_ms)?, timeout: maybe_ms(timeout_ms)? })
}
