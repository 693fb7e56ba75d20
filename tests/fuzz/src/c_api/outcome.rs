//! What every call must leave behind.

use std::ptr;

use grantmint::*;

use super::arguments::Texts;

/// Stands where a call has to write.
fn stale<T>() -> *mut T {
    ptr::without_provenance_mut(usize::MAX)
}

/// Makes a call that may fail: its error object fits its status. True if it succeeded, which it
/// must not if its arguments were no good.
pub(super) fn call(
    arguments_are_good: bool,
    function: impl FnOnce(*mut *mut grantmint_error_t) -> grantmint_status_t,
) -> bool {
    let mut error = stale();
    let status = function(&raw mut error);
    if status == grantmint_status_t::GRANTMINT_OK {
        assert!(error.is_null(), "an error beside a success");
        assert!(arguments_are_good, "bad arguments are accepted");
        return true;
    }
    assert!(!error.is_null() && error != stale(), "no error beside {status:?}");
    check_error(error, status);
    // SAFETY: [handles] it was just handed out.
    unsafe { grantmint_error_free(error) };
    false
}

/// As `call`, for one that hands out an object: null if it failed.
pub(super) fn call_for<T>(
    arguments_are_good: bool,
    function: impl FnOnce(*mut *mut T, *mut *mut grantmint_error_t) -> grantmint_status_t,
) -> *mut T {
    let mut out = stale();
    let succeeded = call(arguments_are_good, |error| function(&raw mut out, error));
    // An argument of a kind that comes before the outputs may be refused first.
    assert!(out != stale() || !succeeded, "success without an output");
    assert!(succeeded || out.is_null() || out == stale(), "an object beside an error");
    if succeeded { out } else { ptr::null_mut() }
}

pub(super) fn check_error(error: *mut grantmint_error_t, status: grantmint_status_t) {
    assert_ne!(status, grantmint_status_t::GRANTMINT_ERR_PANIC);
    // SAFETY: [handles] it is live.
    let (of_error, code, message, retryable) = unsafe {
        (
            grantmint_error_status(error),
            grantmint_error_code(error),
            grantmint_error_message(error),
            grantmint_error_is_retryable(error),
        )
    };
    // SAFETY: [handles] it is live.
    let argument = Texts::bytes(unsafe { grantmint_error_argument(error) });
    assert_eq!(of_error, status);
    assert_eq!(Texts::bytes(code), Texts::bytes(grantmint_status_code(status as i32)));
    assert_eq!(retryable, grantmint_status_is_retryable(status as i32));
    let message = Texts::bytes(message).expect("a text");
    assert!(message.starts_with(&argument.unwrap_or_default()));
    assert!(String::from_utf8(message).is_ok());
}

/// A number either has a name and a meaning, or is no status.
pub(super) fn check_number(number: i32) {
    let code = grantmint_status_code(number);
    let meaning = grantmint_status_meaning(number);
    if number != 0 {
        assert_eq!(code.data.is_null(), meaning.data.is_null());
        assert!(!code.data.is_null() || !grantmint_status_is_retryable(number));
    }
}
