//! What the native half calls in Python, found by name once.
//!
//! All of it is found when the package is imported. If it were found at its first use, a fork at
//! that moment would leave a child in which nobody finishes the search, and each later use would
//! wait for ever.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

use crate::python_code;

/// A function or class that is written in Python.
pub(crate) struct Imported {
    module: &'static str,
    name: &'static str,
    found: PyOnceLock<Py<PyAny>>,
}

impl Imported {
    const fn new(module: &'static str, name: &'static str) -> Self {
        Self { module, name, found: PyOnceLock::new() }
    }

    pub(crate) fn get<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        self.found.import(py, self.module, self.name)
    }

    /// Calls it with these arguments.
    pub(crate) fn call<'py, A>(&self, py: Python<'py>, arguments: A) -> PyResult<Bound<'py, PyAny>>
    where
        A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
        PyErr: From<A::Error>,
    {
        python_code::call(self.get(py)?, arguments, None)
    }
}

/// Writes the statics and the list of them from one table.
macro_rules! imported {
    ($($static:ident = $module:literal, $name:literal;)*) => {
        $(pub(crate) static $static: Imported = Imported::new($module, $name);)*

        const ALL: &[&Imported] = &[$(&$static),*];
    };
}

imported! {
    BACKGROUND_READY = "grantmint._background", "ready";
    DUMPS = "json", "dumps";
    FROM_CORE = "grantmint.errors", "_from_core";
    HUB_PORT = "grantmint._green", "port";
    LOADS = "json", "loads";
    LOOP_PORT = "grantmint._async", "port_of_running_loop";
    RUN = "grantmint._sources", "run";
    SOURCE_FUNCTION = "grantmint._sources", "Function";
    WAITED_ASYNC = "grantmint._async", "waited";
}

/// Finds all of them. The package calls it at the end of its own import.
#[pyfunction]
pub(crate) fn _find_imports(py: Python<'_>) -> PyResult<()> {
    ALL.iter().try_for_each(|imported| imported.get(py).map(drop))
}
