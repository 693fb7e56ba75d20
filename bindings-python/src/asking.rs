//! One caller's way to a grant of a cache, which may take several tries.

use grantmint_core::ErrorKind;
use pyo3::prelude::*;

use crate::begun::{Begun, Outcome};
use crate::error::OrRaise as _;

/// One caller's tries to get one grant. All of them share the caller's time.
#[pyclass(module = "grantmint._native")]
pub(crate) struct Asking(pub(crate) grantmint_core::Asking);

#[pymethods]
impl Asking {
    /// As GrantCache.begin, with the time that is left.
    fn begin(&self, py: Python<'_>) -> PyResult<Begun> {
        let begun = py.detach(|| self.0.begin().map(Outcome::from)).or_raise()?;
        Begun::new(py, begun)
    }

    /// How much of the caller's time is left, in seconds.
    fn time_left(&self) -> f64 {
        self.0.time_left().as_secs_f64()
    }

    /// Whether to begin again after the waiter raised an error with this code.
    fn goes_on(&mut self, code: &str) -> bool {
        ErrorKind::from_code(code).is_some_and(|told| self.0.goes_on(told))
    }
}
