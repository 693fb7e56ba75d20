//! The options of one playback token.

use grantmint_core::TokenOptions;

use crate::argument::from_ms;

/// Options for core. What is left out has the minter's value.
pub(crate) fn token_options(
    min_remaining_ms: Option<f64>,
    timeout_ms: Option<f64>,
) -> TokenOptions {
    TokenOptions::new()
        .min_remaining(min_remaining_ms.map(from_ms))
        .timeout(timeout_ms.map(from_ms))
}
