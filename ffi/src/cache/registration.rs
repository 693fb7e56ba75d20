//! A callback that can be taken back.

use grantmint_core::Registration;

use crate::handle::{self, class};
use crate::panic::or_empty;

/// A callback that has been signed up and can be taken back.
pub struct grantmint_registration_t(Registration);

class!(grantmint_registration_t);

impl grantmint_registration_t {
    pub(crate) fn new(registration: Registration) -> Self {
        Self(registration)
    }
}

/// Takes a callback back. `registration`: taken.
///
/// True if it will not be called; false if it was called or is being called at this moment, and for
/// null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_registration_cancel(
    registration: *mut grantmint_registration_t,
) -> bool {
    or_empty(|| {
        // SAFETY: [handles]
        let registration = unsafe { handle::take(registration, "registration")? };
        Ok(registration.0.cancel())
    })
}

/// Frees a registration and leaves its callback in place; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_registration_free(registration: *mut grantmint_registration_t) {
    // SAFETY: [handles]
    unsafe { handle::free(registration) };
}
