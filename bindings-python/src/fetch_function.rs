//! The host's function that fetches grants, as those who run it refer to it.

use pyo3::prelude::*;
use pyo3::types::PyWeakrefReference;

/// A weak reference to the function. Core keeps it, out of the garbage collector's sight, and the
/// function may refer to its minter: a strong reference would keep both for ever.
pub(crate) struct FetchFunction {
    /// Refers to a `grantmint._sources.Function`.
    function: Py<PyWeakrefReference>,
    is_coroutine: bool,
}

impl FetchFunction {
    /// Refers to a `grantmint._sources.Function`.
    pub(crate) fn new(function: &Bound<'_, PyAny>) -> PyResult<Self> {
        let is_coroutine = function.getattr("is_coroutine")?.extract()?;
        Ok(Self { function: PyWeakrefReference::new(function)?.unbind(), is_coroutine })
    }

    /// The function itself; none once the minter and its streams are gone.
    pub(crate) fn get<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.part(py, "fetch")
    }

    /// The context that the minter was made in; none once the minter and its streams are gone.
    pub(crate) fn context<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.part(py, "context")
    }

    fn part<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let function = self.function.bind(py).upgrade();
        function.map(|function| function.getattr(name)).transpose()
    }

    /// Whether it is a coroutine function, which only an event loop can run.
    pub(crate) fn is_coroutine(&self) -> bool {
        self.is_coroutine
    }
}
