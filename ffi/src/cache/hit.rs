//! The hit: a grant that a caller got.

use std::ffi::c_void;

use grantmint_core::Hit;

use crate::cache::freshness::grantmint_freshness_t;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::time;

/// A grant that a caller got, with what was known of it at that moment. It is wiped from memory
/// when neither the cache nor a hit has it any more.
pub struct grantmint_hit_t(Hit);

class!(grantmint_hit_t);

impl grantmint_hit_t {
    pub(crate) fn new(hit: Hit) -> Self {
        Self(hit)
    }
}

/// Gets the result of a call for a grant: `hit` with `GRANTMINT_OK`, else `error`; the other is
/// null. The callee owns it and frees it.
pub type grantmint_hit_callback_t = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        status: grantmint_status_t,
        hit: *mut grantmint_hit_t,
        error: *mut grantmint_error_t,
    ),
>;

/// The grant, byte for byte as it came. It is a secret. Belongs to the hit.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_grant(hit: *const grantmint_hit_t) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(grantmint_str_t::of(hit.0.grant().as_str()))
    })
}

/// How many milliseconds the grant was still good for when the caller got it, after the safety
/// margin; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_remaining_ms(hit: *const grantmint_hit_t) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(time::left_ms(hit.0.remaining()))
    })
}

/// How good the grant is.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_freshness(
    hit: *const grantmint_hit_t,
) -> grantmint_freshness_t {
    or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(hit.0.freshness().into())
    })
}

/// The number of the grant within its cache: a later grant has a higher one. 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_generation(hit: *const grantmint_hit_t) -> u64 {
    or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(hit.0.generation())
    })
}

/// Why the grant is degraded, with the time after which the next refresh is tried: an error to free
/// with `grantmint_error_free`. Null if it is not degraded.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_reason(
    hit: *const grantmint_hit_t,
) -> *mut grantmint_error_t {
    let reason: Option<_> = or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(hit.0.reason().cloned())
    });
    grantmint_error_t::optional(reason)
}

/// Frees a hit; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_hit_free(hit: *mut grantmint_hit_t) {
    // SAFETY: [handles]
    unsafe { handle::free(hit) };
}
