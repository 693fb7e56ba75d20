//! Why a call gives no value.

use grantmint_core::{Error, ErrorKind};
use napi::sys;

/// What a call gives.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a call gives no value.
pub(crate) enum Failure {
    /// An error to throw.
    Error(Error),
    /// Node-API refused. An exception may be pending.
    Node(sys::napi_status),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The result of a function of Node-API.
#[inline]
pub(super) fn check(status: sys::napi_status) -> Result<()> {
    if status == sys::Status::napi_ok { Ok(()) } else { Err(Failure::Node(status)) }
}

/// The failure of an argument that is wrong.
#[cold]
pub(super) fn invalid(message: String) -> Failure {
    Error::new(ErrorKind::InvalidArgument, message).into()
}

/// The failure of a text that has no UTF-8.
#[cold]
pub(super) fn ill_formed(name: &str) -> Failure {
    let message = format!("{name} holds a lone surrogate, which no other language can read");
    Error::new(ErrorKind::InvalidUtf8, message).into()
}
