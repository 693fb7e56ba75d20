//! The buffer that tokens are written to before Python copies them.

use std::cell::RefCell;

use grantmint_core::{Result, WipedString};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::OrRaise as _;

thread_local! {
    /// Empty between two tokens. It saves an allocation per token.
    static TEXT: RefCell<WipedString> = const { RefCell::new(WipedString::new()) };
}

/// Python's copy of a token that is minted into the buffer, which is wiped afterwards.
#[inline]
pub(crate) fn copied<'py>(
    py: Python<'py>,
    mint: impl FnOnce(&mut dyn FnMut([&str; 2]) -> Bound<'py, PyString>) -> Result<Bound<'py, PyString>>,
) -> PyResult<Bound<'py, PyString>> {
    let minted = TEXT.with_borrow_mut(|text| {
        let minted = mint(&mut |parts| {
            text.set(parts);
            PyString::new(py, text)
        });
        text.wipe();
        minted
    });
    // Only here is the buffer free again. Making an exception runs Python, which may mint.
    minted.or_raise()
}
