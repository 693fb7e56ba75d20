//! Turns exceptions of Python into errors of core.

use grantmint_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::argument::{given, wrong_type};
use crate::error::invalid;
use crate::text::Text;
use crate::time::Seconds;

/// The error of core with an exception's code, message and time to wait.
pub(crate) fn from_exception(exception: &Bound<'_, PyAny>) -> PyResult<Error> {
    let Ok(code) = exception.getattr("code") else {
        return Err(wrong_type(exception.as_borrowed(), "error", "a GrantmintError", ""));
    };
    let kind = ErrorKind::from_code(code.extract::<Text<'_>>()?.named("error.code")?);
    let no_kind = || invalid(ErrorKind::InvalidArgument, "error.code", "must be in ERRORS");
    let kind = kind.ok_or_else(no_kind)?;
    let message = exception.getattr("message")?;
    let error = Error::new(kind, message.extract::<Text<'_>>()?.named("message")?.to_owned());
    let retry_after = exception.getattr("retry_after")?;
    Ok(match given(retry_after.extract::<Option<Seconds<'_>>>()?, "retry_after")? {
        Some(time) => error.with_retry_after(time),
        None => error,
    })
}
