//! What a browser is handed.

use std::ffi::c_void;

use grantmint_core::{IceCredentials, Result};

use crate::boundary::boundary;
use crate::cache::freshness::grantmint_freshness_t;
use crate::callback::{self, Userdata};
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::string::grantmint_string_t;
use crate::time;

/// ICE servers with credentials that a caller got, with what was known of them at that moment.
pub struct grantmint_ice_credentials_t(IceCredentials);

class!(grantmint_ice_credentials_t);

impl grantmint_ice_credentials_t {
    pub(crate) fn new(credentials: IceCredentials) -> Self {
        Self(credentials)
    }
}

/// Gets the result of a call for ICE servers: `credentials` with `GRANTMINT_OK`, else `error`; the other is null.
/// The callee owns it and frees it.
pub type grantmint_ice_credentials_callback_t = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        status: grantmint_status_t,
        credentials: *mut grantmint_ice_credentials_t,
        error: *mut grantmint_error_t,
    ),
>;

/// Gives the result of a call to its callback.
pub(crate) fn answer(
    callback: grantmint_ice_credentials_callback_t,
    userdata: *mut c_void,
) -> Result<impl FnOnce(Result<IceCredentials>) + Send + 'static> {
    let callback = callback::required(callback, "callback")?;
    let userdata = Userdata::new(userdata);
    Ok(move |result: Result<IceCredentials>| {
        callback::answer(callback, userdata, result.map(grantmint_ice_credentials_t::new));
    })
}

/// The list of servers as JSON: the value of `iceServers` that RTCPeerConnection takes. It is a secret.
/// Belongs to `credentials`; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_credentials_ice_servers(
    credentials: *const grantmint_ice_credentials_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let credentials = unsafe { handle::shared(credentials, "credentials")? };
        Ok(grantmint_str_t::of(credentials.0.ice_servers()))
    })
}

/// `{"iceServers": …, "expiresIn": …}` as JSON, for an answer to a browser. `expiresIn` is in whole seconds.
///
/// `*out`: the text, to free with `grantmint_string_free`.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_credentials_to_json(
    credentials: *const grantmint_ice_credentials_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, credentials) =
            unsafe { (output::object(out)?, handle::shared(credentials, "credentials")?) };
        *out = handle::new(grantmint_string_t::new(credentials.0.to_json().into_string()));
        Ok(())
    })
}

/// How many milliseconds they were still good for when the caller got them, after the safety margin; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_credentials_remaining_ms(
    credentials: *const grantmint_ice_credentials_t,
) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let credentials = unsafe { handle::shared(credentials, "credentials")? };
        Ok(time::left_ms(credentials.0.remaining()))
    })
}

/// How good they are.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_credentials_freshness(
    credentials: *const grantmint_ice_credentials_t,
) -> grantmint_freshness_t {
    or_empty(|| {
        // SAFETY: [handles]
        let credentials = unsafe { handle::shared(credentials, "credentials")? };
        Ok(credentials.0.freshness().into())
    })
}

/// Why they are degraded, with the time after which the next refresh is tried: an error to free with
/// `grantmint_error_free`. Null if they are not.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_credentials_reason(
    credentials: *const grantmint_ice_credentials_t,
) -> *mut grantmint_error_t {
    let reason: Option<_> = or_empty(|| {
        // SAFETY: [handles]
        let credentials = unsafe { handle::shared(credentials, "credentials")? };
        Ok(credentials.0.reason().cloned())
    });
    grantmint_error_t::optional(reason)
}

/// The number within their cache: a later one is higher. 0 for what is signed here, and 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ice_credentials_generation(
    credentials: *const grantmint_ice_credentials_t,
) -> u64 {
    or_empty(|| {
        // SAFETY: [handles]
        let credentials = unsafe { handle::shared(credentials, "credentials")? };
        Ok(credentials.0.generation())
    })
}

/// Wipes and frees them; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ice_credentials_free(
    credentials: *mut grantmint_ice_credentials_t,
) {
    // SAFETY: [handles]
    unsafe { handle::free(credentials) };
}
