//! The playback token, which a viewer gets.

use std::ffi::c_void;
use std::mem;

use grantmint_core::{PlaybackToken, Result, WipedString};

use crate::cache::freshness::grantmint_freshness_t;
use crate::callback::{self, Userdata};
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::time;

/// The token of one viewer, with what was known of its grant when it was minted.
pub struct grantmint_playback_token_t(PlaybackToken);

class!(grantmint_playback_token_t);

impl grantmint_playback_token_t {
    pub(crate) fn new(token: PlaybackToken) -> Self {
        Self(token)
    }
}

impl Drop for grantmint_playback_token_t {
    fn drop(&mut self) {
        drop(WipedString::from(mem::take(&mut self.0.jwt)));
    }
}

/// Gets the result of a call for a token: `token` with `GRANTMINT_OK`, else `error`; the other is
/// null. The callee owns it and frees it.
pub type grantmint_token_callback_t = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        status: grantmint_status_t,
        token: *mut grantmint_playback_token_t,
        error: *mut grantmint_error_t,
    ),
>;

/// Gives the result of a call for a token to its callback.
pub(crate) fn answer(
    callback: grantmint_token_callback_t,
    userdata: *mut c_void,
) -> Result<impl FnOnce(Result<PlaybackToken>) + Send + 'static> {
    let callback = callback::required(callback, "callback")?;
    let userdata = Userdata::new(userdata);
    Ok(move |result: Result<PlaybackToken>| {
        callback::answer(callback, userdata, result.map(grantmint_playback_token_t::new));
    })
}

/// The Access Token. It is a secret: whoever has it can watch. Belongs to `token`; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_token_jwt(
    token: *const grantmint_playback_token_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let token = unsafe { handle::shared(token, "token")? };
        Ok(grantmint_str_t::of(&token.0.jwt))
    })
}

/// How many milliseconds the grant was still good for when the token was minted, after the safety
/// margin; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_token_grant_remaining_ms(
    token: *const grantmint_playback_token_t,
) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let token = unsafe { handle::shared(token, "token")? };
        Ok(time::left_ms(token.0.grant_remaining))
    })
}

/// How good the grant in the token is.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_token_freshness(
    token: *const grantmint_playback_token_t,
) -> grantmint_freshness_t {
    or_empty(|| {
        // SAFETY: [handles]
        let token = unsafe { handle::shared(token, "token")? };
        Ok(token.0.freshness.into())
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
pub unsafe extern "C" fn grantmint_playback_token_reason(
    token: *const grantmint_playback_token_t,
) -> *mut grantmint_error_t {
    let reason: Option<_> = or_empty(|| {
        // SAFETY: [handles]
        let token = unsafe { handle::shared(token, "token")? };
        Ok(token.0.reason.clone())
    });
    grantmint_error_t::optional(reason)
}

/// After how many milliseconds the next refresh is tried, if the grant is degraded; else 0.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_token_retry_after_ms(
    token: *const grantmint_playback_token_t,
) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let token = unsafe { handle::shared(token, "token")? };
        Ok(token.0.retry_after().map_or(0, time::wait_ms))
    })
}

/// The number of the grant within its cache, for `grantmint_playback_minter_invalidate_if`; 0 for
/// null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_token_generation(
    token: *const grantmint_playback_token_t,
) -> u64 {
    or_empty(|| {
        // SAFETY: [handles]
        let token = unsafe { handle::shared(token, "token")? };
        Ok(token.0.generation)
    })
}

/// Wipes and frees a token; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_token_free(token: *mut grantmint_playback_token_t) {
    // SAFETY: [handles]
    unsafe { handle::free(token) };
}
