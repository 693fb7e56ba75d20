//! A setting that is on, off or left to its default.

use grantmint_core::{Error, ErrorKind, Result};

/// A setting that is on, off, or left to its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_switch_t {
    /// The default.
    GRANTMINT_DEFAULT = 0,
    /// Yes.
    GRANTMINT_ON = 1,
    /// No.
    GRANTMINT_OFF = 2,
}

/// A setting as C passed it; none for the default.
pub(crate) fn switch(value: i32, argument: &str) -> Result<Option<bool>> {
    match value {
        0 => Ok(None),
        1 => Ok(Some(true)),
        2 => Ok(Some(false)),
        _ => Err(Error::new(
            ErrorKind::InvalidArgument,
            format!("{argument} is not a grantmint_switch_t"),
        )),
    }
}
