//! The registration of a callback, with which to take it back.

use grantmint_core::Registration;

use crate::handle::{self, class};
use crate::panic::or_empty;

/// A registered callback, which can be taken back.
pub struct grantmint_registration_t(Registration);

class!(grantmint_registration_t);

impl grantmint_registration_t {
    pub(crate) fn new(registration: Registration) -> Self {
        Self(registration)
    }
}

/// Takes a callback back.
///
/// `registration`: consumed. Returns true if the callback will not be called; false if it has been
/// called or is being called at this moment, and for null.
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

/// Frees a registration; does nothing for null. Its callback stays registered.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_registration_free(registration: *mut grantmint_registration_t) {
    // SAFETY: [handles]
    unsafe { handle::free(registration) };
}
