//! Errors of core as exceptions of Python.

use grantmint_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::text::Text;
use crate::time::Seconds;

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

/// The exception of an error. The classes are Python's: those of a stable-ABI module cannot extend
/// `Exception`.
#[cold]
pub(crate) fn raise(error: &Error) -> PyErr {
    Python::attach(|py| match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    })
}

/// As [`raise`], as an object that nobody has raised yet.
pub(crate) fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    static FROM_CORE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let retry_after = error.retry_after().map(|time| time.as_secs_f64());
    let arguments = (error.code(), error.message(), retry_after);
    FROM_CORE.import(py, "grantmint.errors", "_from_core")?.call1(arguments)
}

/// An argument that cannot even be handed to core.
pub(crate) fn invalid(kind: ErrorKind, message: impl Into<String>) -> PyErr {
    raise(&Error::new(kind, message.into()))
}

/// The error of core that an exception stands for.
pub(crate) fn to_core(exception: &Bound<'_, PyAny>) -> PyResult<Error> {
    let (code, message) = (exception.getattr("code")?, exception.getattr("message")?);
    let kind = ErrorKind::from_code(code.extract::<Text<'_>>()?.named("code")?)
        .ok_or_else(|| invalid(ErrorKind::InvalidArgument, "there is no error with such a code"))?;
    let error = Error::new(kind, message.extract::<Text<'_>>()?.named("message")?.to_owned());
    let retry_after: Option<Seconds> = exception.getattr("retry_after")?.extract()?;
    Ok(match retry_after {
        Some(Seconds(time)) => error.with_retry_after(time),
        None => error,
    })
}
