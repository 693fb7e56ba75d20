//! Calling into C.

use std::ffi::c_void;
use std::ptr;

use grantmint_core::{Error, Result};

use crate::error::grantmint_error_t;
use crate::handle::{self, Class};
use crate::status::grantmint_status_t;

/// Frees what a callback was given as its `userdata`. Called once, on any thread, when the callback
/// will not be called again.
pub type grantmint_userdata_free_t = Option<unsafe extern "C" fn(userdata: *mut c_void)>;

/// What a callback gets as its first argument.
#[derive(Clone, Copy)]
pub(crate) struct Userdata(*mut c_void);

// SAFETY: [callbacks] what `userdata` points to may be used on any thread.
unsafe impl Send for Userdata {}
// SAFETY: as above.
unsafe impl Sync for Userdata {}

impl Userdata {
    pub(crate) fn new(userdata: *mut c_void) -> Self {
        Self(userdata)
    }

    pub(crate) fn pointer(self) -> *mut c_void {
        self.0
    }
}

/// A callback that is told how a call ended.
pub(crate) type Answer<T> = unsafe extern "C" fn(
    userdata: *mut c_void,
    status: grantmint_status_t,
    object: *mut T,
    error: *mut grantmint_error_t,
);

/// Answers a call by its callback, which is not called again.
pub(crate) fn answer<T: Class>(callback: Answer<T>, userdata: Userdata, result: Result<T>) {
    let (status, object, error) = match result {
        Ok(object) => (grantmint_status_t::GRANTMINT_OK, handle::new(object), ptr::null_mut()),
        Err(error) => (error.kind().into(), ptr::null_mut(), new_error(error)),
    };
    // SAFETY: [callbacks] it can be called on any thread, and takes what it is given.
    unsafe { callback(userdata.pointer(), status, object, error) };
}

fn new_error(error: Error) -> *mut grantmint_error_t {
    handle::new(grantmint_error_t::new(error))
}

/// A callback that must not be null.
pub(crate) fn required<F>(callback: Option<F>, argument: &str) -> Result<F> {
    callback.ok_or_else(|| handle::null(argument))
}
