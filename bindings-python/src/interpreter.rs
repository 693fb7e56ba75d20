//! Allows one interpreter per process only: several would share the statics of this module.

use std::sync::atomic::{AtomicUsize, Ordering};

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;

/// The address of the `sys` module of the first interpreter. No other interpreter has the same one,
/// and the first lives for as long as all others.
static FIRST: AtomicUsize = AtomicUsize::new(0);

/// Refuses all interpreters but the first.
pub(crate) fn claim(py: Python<'_>) -> PyResult<()> {
    let this = py.import("sys")?.as_ptr().addr();
    match FIRST.compare_exchange(0, this, Ordering::Relaxed, Ordering::Relaxed) {
        Err(first) if first != this => Err(PyImportError::new_err(
            "grantmint runs in one interpreter of a process only; under mod_wsgi set \
             WSGIApplicationGroup %{GLOBAL}",
        )),
        _ => Ok(()),
    }
}
