//! Catching panics: unwinding into C would be undefined behaviour, aborting would end the host.

use std::panic::{AssertUnwindSafe, catch_unwind};

use grantmint_core::{Error, ErrorKind, Result};

/// Runs a function and turns a panic into an error.
#[inline]
pub(crate) fn caught<R>(body: impl FnOnce() -> Result<R>) -> Result<R> {
    // Unwind safe: what a body may leave half done is behind the core's locks, which do not poison.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(payload) => {
            // Dropping the payload may panic again; that second payload is leaked.
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
            dropped.unwrap_or_else(std::mem::forget);
            Err(Error::new(ErrorKind::Panic, "a fault inside grantmint; please report it"))
        }
    }
}

/// Runs the body of a function that cannot report an error: it returns an empty value instead.
#[inline]
pub(crate) fn or_empty<R: Default>(body: impl FnOnce() -> Result<R>) -> R {
    caught(body).unwrap_or_default()
}
