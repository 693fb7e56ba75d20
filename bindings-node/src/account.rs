//! What the host knows of an account's limits: options of minters and of caches.

use grantmint_core::AccountOptions;

use crate::argument::whole;

/// The limits. What is left out the library finds out.
pub(crate) fn options(
    calls_per_second: Option<f64>,
    burst: Option<f64>,
    max_fetches: Option<f64>,
) -> AccountOptions {
    let mut options = AccountOptions::new();
    options.calls_per_second = calls_per_second;
    options.burst = burst.map(|calls| u32::try_from(whole(calls)).unwrap_or(u32::MAX));
    options.max_fetches =
        max_fetches.map(|fetches| usize::try_from(whole(fetches)).unwrap_or(usize::MAX));
    options
}
