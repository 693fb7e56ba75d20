//! The error that a fetch ends with, as JavaScript describes it.

use grantmint_core::{Error, ErrorKind};

use crate::argument::from_ms;
use crate::error::{Result, invalid};

/// An error of core from its code, its message and, if a further try makes sense, the milliseconds after
/// which it does.
pub(crate) fn fetch_error(
    code: &str,
    message: String,
    retry_after_ms: Option<f64>,
) -> Result<Error> {
    let kind = ErrorKind::from_code(code)
        .ok_or_else(|| invalid(ErrorKind::InvalidArgument, "there is no error with such a code"))?;
    let error = Error::new(kind, message);
    Ok(match retry_after_ms {
        Some(ms) => error.with_retry_after(from_ms(ms)),
        None => error,
    })
}
