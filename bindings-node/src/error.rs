//! What native functions throw: errors of core, for `lib/errors.cjs` to make its classes of.

use grantmint_core::{Error, ErrorKind};

use crate::js_number::to_ms;

/// What a native function of this addon throws.
pub(crate) type Result<T> = std::result::Result<T, napi::Error<Code>>;

/// The `code` of what is thrown: core's name of the kind; after an `@` the milliseconds after which a
/// further try makes sense; after a `#` the argument at fault.
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

/// The text of an error's [`Code`].
pub(crate) fn code(error: &Error) -> String {
    let after = error.retry_after().map_or_else(String::new, |time| format!("@{}", to_ms(time)));
    let argument = error.argument().map_or_else(String::new, |argument| format!("#{argument}"));
    format!("{}{after}{argument}", error.code())
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

/// The error of an argument that cannot be converted for core.
pub(crate) fn invalid(kind: ErrorKind, message: impl Into<String>) -> napi::Error<Code> {
    thrown(&Error::new(kind, message.into()))
}

/// An error of Node-API itself.
pub(crate) fn from_napi(error: &napi::Error) -> napi::Error<Code> {
    napi::Error::new(Code::from(error.status), error.reason.clone())
}
