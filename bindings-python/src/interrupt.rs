//! Waiting on a thread of the host, which the user may end by Ctrl-C.

use std::time::Duration;

use pyo3::prelude::*;

/// How long a thread waits before it looks whether the user has pressed Ctrl-C.
const SLICE: Duration = Duration::from_millis(50);

/// Waits until there is a result, without holding the interpreter. The function waits for the time
/// that it is given at most, and returns None if nothing came.
pub(crate) fn wait<T: Send>(
    py: Python<'_>,
    wait_for: impl Fn(Duration) -> Option<T> + Sync,
) -> PyResult<T> {
    loop {
        if let Some(result) = py.detach(|| wait_for(SLICE)) {
            return Ok(result);
        }
        py.check_signals()?;
    }
}
