//! What surrounds every function that returns a status: panics are caught, errors reported.

use std::ptr;

use grantmint_core::{Error, Result};

use crate::error::grantmint_error_t;
use crate::handle;
use crate::status::grantmint_status_t;

/// Runs the body of a function that returns a status, catches a panic, and gives an error to the
/// caller. It does not make the function itself: cbindgen has to see that in the source.
macro_rules! boundary {
    ($error:ident, $body:expr) => {{
        let result = $crate::panic::caught($body);
        // SAFETY: [outputs] `error` is null or has room for a pointer.
        unsafe { $crate::boundary::report($error, result) }
    }};
}

pub(crate) use boundary;

/// Turns a result into a status, and writes the error to `error` unless the caller passed null.
///
/// # Safety
///
/// [outputs] `error` is null or has room for a pointer.
#[inline]
pub(crate) unsafe fn report(
    error: *mut *mut grantmint_error_t,
    result: Result<()>,
) -> grantmint_status_t {
    if let Err(failure) = result {
        // SAFETY: [outputs] as of the caller.
        return unsafe { report_failure(error, failure) };
    }
    if !error.is_null() {
        // SAFETY: [outputs] as of the caller.
        unsafe { error.write(ptr::null_mut()) };
    }
    grantmint_status_t::GRANTMINT_OK
}

/// # Safety
///
/// As [`report`].
#[cold]
unsafe fn report_failure(error: *mut *mut grantmint_error_t, failure: Error) -> grantmint_status_t {
    let status = failure.kind().into();
    if !error.is_null() {
        // SAFETY: [outputs] as of the caller.
        unsafe { error.write(handle::new(grantmint_error_t::new(failure))) };
    }
    status
}
