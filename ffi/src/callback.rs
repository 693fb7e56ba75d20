//! Callbacks: calling functions of the host.

use std::ffi::c_void;
use std::ptr;

use grantmint_core::{Error, Result};

use crate::error::grantmint_error_t;
use crate::handle::{self, Class};
use crate::status::grantmint_status_t;

/// Frees the `userdata` of a callback. Called once, on any thread, after the last call of the
/// callback.
pub type grantmint_userdata_free_t = Option<unsafe extern "C" fn(userdata: *mut c_void)>;

/// The first argument of a callback.
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

/// A callback that gets the result of a call.
pub(crate) type Answer<T> = unsafe extern "C" fn(
    userdata: *mut c_void,
    status: grantmint_status_t,
    object: *mut T,
    error: *mut grantmint_error_t,
);

/// Gives the result of a call to its callback, which is not called again.
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
