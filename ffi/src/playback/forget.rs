//! Wipes what is kept of minters that are gone.

use crate::panic::or_empty;

/// Wipes everything that is kept for minters to come and that nobody uses now: caches with their grants
/// and cached errors, the cool-downs and rate limits of accounts, idle connections.
///
/// A cache that minters share is kept after its last minter until its last grant and cached error have
/// ended, at most 62 s. So a minter for each request does not cost a request to Twilio each time. Minters
/// that exist, and what they use, are not touched.
#[unsafe(no_mangle)]
pub extern "C" fn grantmint_forget() {
    or_empty(|| {
        grantmint_core::forget();
        Ok(())
    });
}
