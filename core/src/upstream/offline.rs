//! The switch for tests: a program under test must not reach the real upstream by accident, and what
//! intercepts the requests of other libraries does not see those of this one.

use std::env;
use std::ffi::OsStr;

use super::route::Route;
use crate::error::{Error, ErrorKind, Result};

/// Set to anything but 0, it keeps requests on this machine.
const VARIABLE: &str = "GRANTMINT_OFFLINE";
const REFUSED: &str = "GRANTMINT_OFFLINE is set, so no request leaves this machine; set base_url to an \
     emulator on it, or give a source of grants";

/// Whether the environment keeps requests along a route from being sent. Asked once for each client.
pub(super) fn keeps_from(route: &Route) -> bool {
    !route.is_local() && is_on(env::var_os(VARIABLE).as_deref())
}

/// The error of a request that is kept from being sent.
pub(super) fn refused<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unsupported, REFUSED))
}

fn is_on(value: Option<&OsStr>) -> bool {
    value.is_some_and(|value| !value.is_empty() && value != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_to_anything_but_0_it_is_on() {
        for (value, on) in [(None, false), (Some(""), false), (Some("0"), false)] {
            assert_eq!(is_on(value.map(OsStr::new)), on, "{value:?}");
        }
        for value in ["1", "true", "yes"] {
            assert!(is_on(Some(OsStr::new(value))), "{value}");
        }
    }
}
