//! What a caller of a credential is handed.

use std::ffi::c_void;

use grantmint_core::{Issued, Result};

use crate::cache::freshness::grantmint_freshness_t;
use crate::callback::{self, Userdata};
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::time;

/// A credential that a caller got, with what was known of it at that moment.
pub struct grantmint_issued_t(Issued);

class!(grantmint_issued_t);

impl grantmint_issued_t {
    pub(crate) fn new(issued: Issued) -> Self {
        Self(issued)
    }
}

/// Gets the result of a call for a credential: `issued` with `GRANTMINT_OK`, else `error`; the other is null.
/// The callee owns it and frees it.
pub type grantmint_issued_callback_t = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        status: grantmint_status_t,
        issued: *mut grantmint_issued_t,
        error: *mut grantmint_error_t,
    ),
>;

/// Gives the result of a call to its callback.
pub(crate) fn answer(
    callback: grantmint_issued_callback_t,
    userdata: *mut c_void,
) -> Result<impl FnOnce(Result<Issued>) + Send + 'static> {
    let callback = callback::required(callback, "callback")?;
    let userdata = Userdata::new(userdata);
    Ok(move |result: Result<Issued>| {
        callback::answer(callback, userdata, result.map(grantmint_issued_t::new));
    })
}

/// The credential, byte for byte: a text, or JSON if `grantmint_issued_is_json`. It is a secret. Belongs to
/// `issued`; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_issued_value(
    issued: *const grantmint_issued_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let issued = unsafe { handle::shared(issued, "issued")? };
        Ok(grantmint_str_t::of(issued.0.as_str()))
    })
}

/// Whether the credential is JSON: an object, an array or a number. False for a text, and for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_issued_is_json(issued: *const grantmint_issued_t) -> bool {
    or_empty(|| {
        // SAFETY: [handles]
        let issued = unsafe { handle::shared(issued, "issued")? };
        Ok(issued.0.is_json())
    })
}

/// How many milliseconds it was still good for when the caller got it, after the safety margin; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_issued_remaining_ms(issued: *const grantmint_issued_t) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let issued = unsafe { handle::shared(issued, "issued")? };
        Ok(time::left_ms(issued.0.remaining()))
    })
}

/// How good it is.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_issued_freshness(
    issued: *const grantmint_issued_t,
) -> grantmint_freshness_t {
    or_empty(|| {
        // SAFETY: [handles]
        let issued = unsafe { handle::shared(issued, "issued")? };
        Ok(issued.0.freshness().into())
    })
}

/// Why it is degraded, with the time after which the next refresh is tried: an error to free with
/// `grantmint_error_free`. Null if it is not.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_issued_reason(
    issued: *const grantmint_issued_t,
) -> *mut grantmint_error_t {
    let reason: Option<_> = or_empty(|| {
        // SAFETY: [handles]
        let issued = unsafe { handle::shared(issued, "issued")? };
        Ok(issued.0.reason().cloned())
    });
    grantmint_error_t::optional(reason)
}

/// The number within its cache: a later one is higher. 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_issued_generation(issued: *const grantmint_issued_t) -> u64 {
    or_empty(|| {
        // SAFETY: [handles]
        let issued = unsafe { handle::shared(issued, "issued")? };
        Ok(issued.0.generation())
    })
}

/// Wipes and frees it; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_issued_free(issued: *mut grantmint_issued_t) {
    // SAFETY: [handles]
    unsafe { handle::free(issued) };
}
