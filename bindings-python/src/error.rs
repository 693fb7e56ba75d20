//! Turns errors of core into exceptions of Python.

use std::fmt::Display;
use std::time::Duration;

use grantmint_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;

use crate::imported::FROM_CORE;

/// Turns an error of core into the exception of its kind.
pub(crate) trait OrRaise<T> {
    fn or_raise(self) -> PyResult<T>;
}

impl<T> OrRaise<T> for Result<T> {
    #[inline]
    fn or_raise(self) -> PyResult<T> {
        self.map_err(|error| raise(&error))
    }
}

/// The exception of an error, ready to be returned as `Err`. The classes are written in Python: a
/// class of a stable-ABI module cannot extend `Exception`.
#[cold]
pub(crate) fn raise(error: &Error) -> PyErr {
    Python::attach(|py| match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    })
}

/// The exception of an error as an object, to show it without raising it.
pub(crate) fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let retry_after = error.retry_after().map(|time| time.as_secs_f64());
    let arguments = (error.code(), error.message(), retry_after, error.argument());
    FROM_CORE.call(py, arguments)
}

/// The error of a fetch that there is no thread for.
pub(crate) fn no_thread() -> Error {
    let what = "no thread could be started to run the source of grants";
    Error::new(ErrorKind::Overloaded, what).with_retry_after(Duration::from_secs(1))
}

/// Where the documentation explains an error.
#[pyfunction]
pub(crate) fn _doc_url(code: &str) -> Option<&'static str> {
    ErrorKind::from_code(code).map(ErrorKind::doc_url)
}

/// The exception for an argument that is refused here, before core sees it; see
/// [`Error::of_argument`].
pub(crate) fn invalid(kind: ErrorKind, name: &str, what: impl Display) -> PyErr {
    raise(&Error::of_argument(kind, name, what))
}
