//! Outputs: places in the caller's memory that a function writes to.

use std::ptr;

use grantmint_core::Result;

use crate::handle::{self, Class};

/// A place for one output of a function. It is set to `empty` at once, so that nothing stale is
/// left in it after an error.
///
/// # Safety
///
/// [outputs] The pointer is null or has room for a value for as long as the reference.
#[inline]
pub(crate) unsafe fn value<'a, T>(
    pointer: *mut T,
    empty: T,
    argument: &'static str,
) -> Result<&'a mut T> {
    if pointer.is_null() {
        return Err(handle::null(argument));
    }
    // SAFETY: [outputs] as of the caller; it is written before it is read.
    Ok(unsafe {
        pointer.write(empty);
        &mut *pointer
    })
}

/// As [`value`], for a new object.
///
/// # Safety
///
/// As [`value`].
#[inline]
pub(crate) unsafe fn object<'a, T: Class>(pointer: *mut *mut T) -> Result<&'a mut *mut T> {
    // SAFETY: [outputs] as of the caller.
    unsafe { value(pointer, ptr::null_mut(), "out") }
}

/// Writes an output that the caller may leave out by passing null.
///
/// # Safety
///
/// [outputs] The pointer is null or has room for a value.
pub(crate) unsafe fn tell<T>(pointer: *mut T, value: T) {
    if !pointer.is_null() {
        // SAFETY: [outputs] as of the caller.
        unsafe { pointer.write(value) };
    }
}
