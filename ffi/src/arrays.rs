//! Arrays: reading those that C passes, and filling those that C provides.

use std::ptr;

use grantmint_core::{Error, ErrorKind, Result};

use crate::handle;
use crate::output;

/// The elements of an array that C passed.
///
/// # Safety
///
/// [arrays] `len` elements can be read at `data` for as long as the reference.
pub(crate) unsafe fn array<'a, T>(
    data: *const T,
    len: usize,
    argument: &'static str,
) -> Result<&'a [T]> {
    if data.is_null() {
        return if len == 0 { Ok(&[]) } else { Err(handle::null(argument)) };
    }
    if isize::try_from(len.saturating_mul(size_of::<T>())).is_err() {
        return Err(Error::new(
            ErrorKind::LimitExceeded,
            format!("{argument} is longer than any memory"),
        ));
    }
    // SAFETY: [arrays] as of the caller; it is not null and not longer than a slice can be.
    Ok(unsafe { std::slice::from_raw_parts(data, len) })
}

/// Copies all items of all parts into an array of the caller's, and writes how many there are to `len`.
/// If the array is too small, only `len` is written and the call fails.
///
/// # Safety
///
/// [buffers] There is room for `capacity` elements at `data`, and for a number at `len`.
#[inline]
pub(crate) unsafe fn fill<T: Copy, const PARTS: usize>(
    parts: [&[T]; PARTS],
    data: *mut T,
    capacity: usize,
    len: *mut usize,
) -> Result<()> {
    let total = parts.iter().map(|part| part.len()).sum();
    // SAFETY: [buffers] as of the caller.
    *unsafe { output::value(len, 0, "len")? } = total;
    if total == 0 {
        return Ok(());
    }
    if total > capacity {
        return Err(Error::new(
            ErrorKind::BufferTooSmall,
            "the buffer is too small: len says how large it must be",
        ));
    }
    if data.is_null() {
        return Err(handle::null("buffer"));
    }
    let mut place = data;
    for part in parts {
        // SAFETY: [buffers] there is room for all the items, which lie elsewhere.
        place = unsafe {
            ptr::copy_nonoverlapping(part.as_ptr(), place, part.len());
            place.add(part.len())
        };
    }
    Ok(())
}
