//! Structs that start with their size, so that headers and libraries of other versions go together.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;

use grantmint_core::{Error, ErrorKind, Result};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::status::grantmint_status_t;

/// No struct is larger: a `struct_size` above this was not set.
const SIZE_MAX: usize = 4096;

/// Sets every member of a struct with a `struct_size` to its default. Does the same as the struct's
/// `…_INIT` macro, for a struct that cannot be initialised where it is declared.
///
/// `options`: any such struct. `size`: its `sizeof`.
///
/// Statuses: `null_pointer`, `struct_size`.
///
/// # Safety
///
/// [structs] with room for `size` bytes, [outputs].
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_options_init(
    options: *mut c_void,
    size: usize,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        if options.is_null() {
            return Err(handle::null("options"));
        }
        check_size(size, align_of::<usize>())?;
        // SAFETY: [structs] there is room for `size` bytes, which is at least that of a size_t.
        unsafe {
            ptr::write_bytes(options.cast::<u8>(), 0, size);
            options.cast::<usize>().write_unaligned(size);
        }
        Ok(())
    })
}

/// A struct that starts with `struct_size` and whose members, if not set, are zero.
///
/// # Safety
///
/// The type is `repr(C)`, its first member is a `usize`, it has no padding that must not be copied,
/// and all its members may be zero.
pub(crate) unsafe trait Options: Copy {}

/// The struct that C passed; all defaults for null.
///
/// # Safety
///
/// [structs] The pointer is null, or as many bytes can be read as its first member says.
pub(crate) unsafe fn read<T: Options>(pointer: *const T) -> Result<T> {
    let mut options = MaybeUninit::<T>::zeroed();
    if !pointer.is_null() {
        // SAFETY: [structs] every such struct starts with its size.
        let size = unsafe { pointer.cast::<usize>().read_unaligned() };
        check_size(size, align_of::<T>())?;
        let known = size.min(size_of::<T>());
        // SAFETY: [structs] `size` bytes can be read, and `options` has room for those known here.
        let rest = unsafe {
            ptr::copy_nonoverlapping(pointer.cast::<u8>(), options.as_mut_ptr().cast(), known);
            std::slice::from_raw_parts(pointer.cast::<u8>().add(known), size - known)
        };
        if rest.iter().any(|byte| *byte != 0) {
            return Err(Error::new(
                ErrorKind::StructSize,
                "a member is set that this version of the library does not have",
            ));
        }
    }
    // SAFETY: an `Options` may be zero, and what C wrote over it are values of the same types.
    Ok(unsafe { options.assume_init() })
}

/// Fills in a struct of C's as far as its `struct_size` reaches; members of a newer header become
/// zero.
///
/// # Safety
///
/// [structs] The pointer is null, or as many bytes can be read and written as its first member
/// says.
pub(crate) unsafe fn write<T: Options>(full: &T, pointer: *mut T) -> Result<()> {
    if pointer.is_null() {
        return Err(handle::null("struct"));
    }
    // SAFETY: [structs] every such struct starts with its size.
    let size = unsafe { pointer.cast::<usize>().read_unaligned() };
    check_size(size, align_of::<T>())?;
    let known = size.min(size_of::<T>());
    // SAFETY: [structs] `size` bytes can be written, and `full` has those known here.
    unsafe {
        ptr::copy_nonoverlapping((&raw const *full).cast::<u8>(), pointer.cast(), known);
        ptr::write_bytes(pointer.cast::<u8>().add(known), 0, size - known);
        pointer.cast::<usize>().write_unaligned(size);
    }
    Ok(())
}

fn check_size(size: usize, align: usize) -> Result<()> {
    // It has at least one member after its size, and no half of one.
    if (2 * size_of::<usize>()..=SIZE_MAX).contains(&size) && size.is_multiple_of(align) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::StructSize,
        "struct_size is not set: use the struct's _INIT macro or grantmint_options_init",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy)]
    #[repr(C)]
    struct Old {
        struct_size: usize,
        a: u64,
    }

    #[derive(Clone, Copy)]
    #[repr(C)]
    struct New {
        struct_size: usize,
        a: u64,
        b: u32,
        c: u32,
    }

    // SAFETY: both are numbers alone and start with their size.
    unsafe impl Options for Old {}
    // SAFETY: as above.
    unsafe impl Options for New {}

    fn new(b: u32) -> New {
        New { struct_size: size_of::<New>(), a: 1, b, c: 0 }
    }

    #[test]
    fn a_smaller_struct_has_defaults_for_the_rest() {
        let old = Old { struct_size: size_of::<Old>(), a: 1 };
        // SAFETY: only as much is read as `struct_size` says.
        let read = unsafe { read((&raw const old).cast::<New>()).unwrap() };
        assert_eq!((read.a, read.b, read.c), (1, 0, 0));
        // SAFETY: null stands for all defaults.
        assert_eq!(unsafe { super::read::<New>(ptr::null()) }.unwrap().a, 0);
    }

    #[test]
    fn a_larger_struct_must_not_say_what_is_not_understood() {
        let as_old = |new: New| {
            // SAFETY: only as much is read as `struct_size` says.
            unsafe { read((&raw const new).cast::<Old>()) }.map(|old| old.a)
        };
        assert_eq!(as_old(new(0)).unwrap(), 1);
        assert_eq!(as_old(new(1)).unwrap_err().kind(), ErrorKind::StructSize);
        for struct_size in [0, 8, 17, 4104, usize::MAX] {
            let refused = as_old(New { struct_size, ..new(0) }).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::StructSize, "{struct_size}");
        }
    }
}
