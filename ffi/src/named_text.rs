//! Texts with names, in arrays that C passes.

use grantmint_core::{Result, WipedString};

use crate::arrays;
use crate::str::grantmint_str_t;

/// A text with a name.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_named_text_t {
    /// The name.
    pub name: grantmint_str_t,
    /// The text.
    pub text: grantmint_str_t,
}

/// The texts of an array, copied.
///
/// # Safety
///
/// [arrays], [strings]
pub(crate) unsafe fn named_texts(
    data: *const grantmint_named_text_t,
    len: usize,
    argument: &'static str,
) -> Result<Vec<(String, WipedString)>> {
    // SAFETY: [arrays]
    let pairs = unsafe { arrays::array(data, len, argument)? };
    let owned = |pair: &grantmint_named_text_t| {
        // SAFETY: [strings]
        let (name, text) = unsafe { (pair.name.text(argument)?, pair.text.text(argument)?) };
        Ok((name.to_owned(), WipedString::from(text.to_owned())))
    };
    pairs.iter().map(owned).collect()
}
