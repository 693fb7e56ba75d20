//! One text that the caller owns.

use grantmint_core::WipedString;

use crate::handle::{self, class};
use crate::panic::or_empty;
use crate::str::grantmint_str_t;

/// Text that the caller owns: a token, or JSON. Wiped from memory when freed.
pub struct grantmint_string_t(WipedString);

class!(grantmint_string_t);

impl grantmint_string_t {
    pub(crate) fn new(text: String) -> Self {
        Self(text.into())
    }
}

/// The text of a string, not terminated. Belongs to the string; empty for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_string_get(
    string: *const grantmint_string_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let string = unsafe { handle::shared(string, "string")? };
        Ok(grantmint_str_t::of(&string.0))
    })
}

/// Wipes and frees a string; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_string_free(string: *mut grantmint_string_t) {
    // SAFETY: [handles]
    unsafe { handle::free(string) };
}
