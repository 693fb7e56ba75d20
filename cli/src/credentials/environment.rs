//! The environment's variables.

use std::env;

use zeroize::Zeroizing;

use super::found::{Found, Place};
use super::names::{NEEDED, REGION};
use crate::exit::Failure;

/// What the environment holds; a variable that is empty is not set.
pub(super) fn read() -> Result<Found, Failure> {
    let mut found = Found::new(Place::Environment);
    for name in NEEDED.into_iter().chain([REGION]) {
        let Some(value) = env::var_os(name).filter(|value| !value.is_empty()) else { continue };
        let value =
            value.into_string().map_err(|_| Failure::failed(format!("{name} is not UTF-8")))?;
        found.set(name, Zeroizing::new(value));
    }
    Ok(found)
}

/// Whether a variable of any name is set.
pub(super) fn has(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}
