//! What is kept for minters to come: wiping it, and the warning to a program that makes many minters.

use std::ffi::CString;

use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;

/// Wipes everything that is kept for minters to come and that nobody uses now.
///
/// That is caches with their grants and cached errors, the cool-downs and rate limits of accounts, and
/// idle connections. A cache that minters share is kept after its last minter until its last grant and
/// cached error have expired, at most 62 s, so that a minter for each request does not cost a request
/// to upstream each time. Minters that exist, and what they use, stay as they are.
///
/// Example:
///     >>> forget()
#[pyfunction]
pub(crate) fn forget(py: Python<'_>) {
    py.detach(grantmint_core::forget);
}

/// Shows core's advice to a program that makes minters, if there is any.
pub(crate) fn warn(py: Python<'_>) -> PyResult<()> {
    let Some(advice) = grantmint_core::minter_advice() else { return Ok(()) };
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &CString::new(advice)?, 1)
}
