//! No panic crosses the border: to unwind into C is undefined, to abort is rude.

use std::panic::{AssertUnwindSafe, catch_unwind};

use grantmint_core::{Error, ErrorKind, Result};

/// Runs a function and turns a panic into an error.
#[inline]
pub(crate) fn caught<R>(body: impl FnOnce() -> Result<R>) -> Result<R> {
    // What a body may leave half done lies behind the core's own locks, which know no poison.
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(payload) => {
            // What was panicked with may panic again when it is dropped; that one is left alone.
            let dropped = catch_unwind(AssertUnwindSafe(|| drop(payload)));
            dropped.unwrap_or_else(std::mem::forget);
            Err(Error::new(ErrorKind::Panic, "a fault inside grantmint; please report it"))
        }
    }
}

/// The body of a function that has no way to tell of an error: an empty value is returned for one.
#[inline]
pub(crate) fn or_empty<R: Default>(body: impl FnOnce() -> Result<R>) -> R {
    caught(body).unwrap_or_default()
}
