//! Functions for tests alone.

use crate::boundary::boundary;
use crate::cache::grant_cache::grantmint_grant_cache_t;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::status::grantmint_status_t;

/// Has a cache behave from now on as in a forked child: only grants that are still good are taken
/// over. For tests.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_testing_simulate_fork(
    cache: *const grantmint_grant_cache_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let cache = unsafe { handle::shared(cache, "cache")? };
        cache.cache().simulate_fork();
        Ok(())
    })
}

/// Panics, to show that no panic crosses the FFI boundary. Not in the header.
///
/// # Safety
///
/// [outputs]
#[cfg(feature = "test-helpers")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_testing_panic(
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || panic!("on purpose, behind a test helper"))
}
