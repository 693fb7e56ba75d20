//! The body of a function that returns a status.

use std::ptr;

use grantmint_core::{Error, Result};

use crate::error::grantmint_error_t;
use crate::handle;
use crate::status::grantmint_status_t;

/// The body of a function that returns a status: runs it, catches what it panics with, and hands
/// the error to the caller. The function itself is written out, so that the header's generator sees
/// it.
macro_rules! boundary {
    ($error:ident, $body:expr) => {{
        let result = $crate::panic::caught($body);
        // SAFETY: [outputs] `error` is null or has room for a pointer.
        unsafe { $crate::boundary::report($error, result) }
    }};
}

pub(crate) use boundary;

/// The status of a result; the error, if there is one, goes to the caller if it wants it.
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
