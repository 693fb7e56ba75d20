//! The error object, which says more than a status.

use std::ptr;

use grantmint_core::Error;

use crate::handle::{self, class};
use crate::panic::{caught, or_empty};
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::time;

/// What went wrong: a status, a message that says what to do, and when to try again. Holds no
/// secret, token, grant or identity, so it can be logged. Belongs to the caller that received it.
///
/// ```c
/// grantmint_api_key_t *swapped = NULL;
/// grantmint_status_t status = grantmint_api_key_new(
///     GRANTMINT_STR("SK00000000000000000000000000000002"),
///     GRANTMINT_STR("AC00000000000000000000000000000001"), GRANTMINT_STR("secret"), &swapped, &error);
/// if (status == GRANTMINT_ERR_INVALID_CREDENTIALS) {
///     grantmint_str_t argument = grantmint_error_argument(error); // account_sid
///     fprintf(stderr, "look at %.*s\n", (int)argument.len, argument.data);
/// }
/// grantmint_error_free(error);
/// ```
pub struct grantmint_error_t(Error);

class!(grantmint_error_t);

impl grantmint_error_t {
    pub(crate) fn new(error: Error) -> Self {
        Self(error)
    }

    /// An error for C to own, or null.
    pub(crate) fn optional(error: Option<Error>) -> *mut Self {
        error.map_or(ptr::null_mut(), |error| handle::new(Self(error)))
    }
}

/// The status of an error; `GRANTMINT_OK` for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_error_status(
    error: *const grantmint_error_t,
) -> grantmint_status_t {
    // SAFETY: [handles]
    let error = caught(|| unsafe { handle::optional(error, "error") });
    error.map_or_else(
        |wrong| wrong.kind().into(),
        |error| error.map_or(grantmint_status_t::GRANTMINT_OK, |error| error.0.kind().into()),
    )
}

/// The stable name of an error, as of `grantmint_status_code`. Static; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_error_code(error: *const grantmint_error_t) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let error = unsafe { handle::shared(error, "error")? };
        Ok(grantmint_str_t::of(error.0.code()))
    })
}

/// What went wrong, for people to read. The wording may change with any version. Belongs to the
/// error; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_error_message(
    error: *const grantmint_error_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let error = unsafe { handle::shared(error, "error")? };
        Ok(grantmint_str_t::of(error.0.message()))
    })
}

/// The argument at fault, with which the message then begins, such as `grant_ttl` or `identities[2]`.
/// Belongs to the error; none if the error is not about an argument, and for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_error_argument(
    error: *const grantmint_error_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let error = unsafe { handle::shared(error, "error")? };
        Ok(grantmint_str_t::of_optional(error.0.argument()))
    })
}

/// After how many milliseconds another try makes sense: always more than 0 for `throttled` and
/// `overloaded`; 0 if unknown, and for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_error_retry_after_ms(error: *const grantmint_error_t) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let error = unsafe { handle::shared(error, "error")? };
        Ok(error.0.retry_after().map_or(0, |after| time::wait_ms(after).max(1)))
    })
}

/// Whether the same call may succeed later without any change to its arguments; false for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_error_is_retryable(error: *const grantmint_error_t) -> bool {
    or_empty(|| {
        // SAFETY: [handles]
        let error = unsafe { handle::shared(error, "error")? };
        Ok(error.0.is_retryable())
    })
}

/// Frees an error; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_error_free(error: *mut grantmint_error_t) {
    // SAFETY: [handles]
    unsafe { handle::free(error) };
}
