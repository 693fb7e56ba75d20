//! Several texts that the caller owns.

use grantmint_core::WipedString;

use crate::handle::{self, class};
use crate::panic::or_empty;
use crate::str::grantmint_str_t;

/// Several texts that the caller owns. Wiped from memory when freed.
pub struct grantmint_strings_t(Vec<WipedString>);

class!(grantmint_strings_t);

impl grantmint_strings_t {
    pub(crate) fn new(texts: Vec<String>) -> Self {
        Self(texts.into_iter().map(WipedString::from).collect())
    }
}

/// How many texts there are; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_strings_len(strings: *const grantmint_strings_t) -> usize {
    or_empty(|| {
        // SAFETY: [handles]
        let strings = unsafe { handle::shared(strings, "strings")? };
        Ok(strings.0.len())
    })
}

/// One of the texts, counted from 0; none beyond the last. Belongs to `strings`.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_strings_get(
    strings: *const grantmint_strings_t,
    index: usize,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let strings = unsafe { handle::shared(strings, "strings")? };
        Ok(grantmint_str_t::of_optional(strings.0.get(index).map(|text| text.as_str())))
    })
}

/// Wipes and frees all the texts; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_strings_free(strings: *mut grantmint_strings_t) {
    // SAFETY: [handles]
    unsafe { handle::free(strings) };
}
