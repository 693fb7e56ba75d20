//! Turns exceptions of Python into errors of core.

use grantmint_core::{Error, ErrorKind};
use pyo3::prelude::*;

use crate::error::invalid;
use crate::text::Text;
use crate::time::Seconds;

/// The error of core with an exception's code, message and time to wait.
pub(crate) fn from_exception(exception: &Bound<'_, PyAny>) -> PyResult<Error> {
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
