//! Wipes what the process keeps of minters that are gone.

use crate::account::Registry;

/// Wipes everything that is kept for minters to come and that nobody uses now: caches with their grants,
/// cached errors and statistics, the cool-downs and rate limits of accounts, idle connections. Minters that
/// live, and what they use, are not touched.
///
/// Nobody has to call this: a shared cache is wiped when its last grant and cached error have ended, 62 s
/// after its last minter at the latest. Who cannot wait for that calls this, and tests do between each other.
///
/// # Example: nothing is kept
///
/// ```
/// grantmint_core::forget();
/// ```
pub fn forget() {
    Registry::of_process().forget();
    #[cfg(feature = "http")]
    crate::upstream::close_unused();
}
