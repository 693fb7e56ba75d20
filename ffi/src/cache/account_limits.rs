//! What the host knows of an account's limits: members of the options of minters and of caches.

use grantmint_core::AccountOptions;

/// The limits that C passed. A zero leaves one to the library; a negative zero is a number, for callers in whose
/// language a zero is one.
pub(crate) fn limits(calls_per_second: f64, burst: u32, max_fetches: u32) -> AccountOptions {
    let mut options = AccountOptions::new();
    options.calls_per_second = (calls_per_second.to_bits() != 0).then_some(calls_per_second);
    options.burst = (burst != 0).then_some(burst);
    options.max_fetches = (max_fetches != 0).then_some(max_fetches as usize);
    options
}
