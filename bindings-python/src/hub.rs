//! Asks whether greenlets share this thread: then a call that waits here would block all of them.

use pyo3::prelude::*;

use crate::imported::HUB_PORT;

/// The `grantmint._green.Port` of the hub of this thread, to wait through; none if the thread has no
/// hub. Asked only when a call is about to wait.
pub(crate) fn port(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let port = HUB_PORT.call(py, ())?;
    Ok((!port.is_none()).then_some(port))
}
