//! Errors of core on their way to the classes of `lib/errors.cjs`.

use grantmint_core::{Error, ErrorKind};

use crate::time::{from_ms, to_ms};

/// What a native function of this addon throws.
pub(crate) type Result<T> = std::result::Result<T, napi::Error<Code>>;

/// What JavaScript finds as `code`: core's name of the kind and, behind an `@`, the milliseconds after
/// which a further try makes sense.
pub struct Code(String);

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<napi::Status> for Code {
    fn from(status: napi::Status) -> Self {
        Self(status.as_ref().to_owned())
    }
}

/// The code of an error.
pub(crate) fn code(error: &Error) -> String {
    match error.retry_after() {
        Some(time) => format!("{}@{}", error.code(), to_ms(time)),
        None => error.code().to_owned(),
    }
}

/// Turns an error of core into what is thrown.
pub(crate) fn thrown(error: &Error) -> napi::Error<Code> {
    napi::Error::new(Code(code(error)), error.message())
}

/// Throws the error of a result, if it is one.
pub(crate) trait OrThrow<T> {
    fn or_throw(self) -> Result<T>;
}

impl<T> OrThrow<T> for grantmint_core::Result<T> {
    fn or_throw(self) -> Result<T> {
        self.map_err(|error| thrown(&error))
    }
}

/// An argument that cannot even be handed to core.
pub(crate) fn invalid(kind: ErrorKind, message: impl Into<String>) -> napi::Error<Code> {
    thrown(&Error::new(kind, message.into()))
}

/// A fault of Node's own interface, which leaves nothing to do.
pub(crate) fn from_napi(error: &napi::Error) -> napi::Error<Code> {
    napi::Error::new(Code::from(error.status), error.reason.clone())
}

/// The error of core that JavaScript describes.
pub(crate) fn to_core(code: &str, message: String, retry_after_ms: Option<f64>) -> Result<Error> {
    let kind = ErrorKind::from_code(code)
        .ok_or_else(|| invalid(ErrorKind::InvalidArgument, "there is no error with such a code"))?;
    let error = Error::new(kind, message);
    Ok(match retry_after_ms {
        Some(ms) => error.with_retry_after(from_ms(ms)?),
        None => error,
    })
}
