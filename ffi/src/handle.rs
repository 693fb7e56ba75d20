//! Objects behind pointers.
//!
//! C holds a `T *` that points to a [`Guarded`] object. The magic number in front of the object
//! shows whether the pointer is of that class and the object not freed. The check finds most
//! mistakes, not all: freed memory may hold anything, the right number too.

use std::sync::atomic::{AtomicU64, Ordering};

use grantmint_core::{Error, ErrorKind, Result};

use crate::panic::caught;

/// A class of objects that C holds pointers to. They may be handed to other threads.
pub(crate) trait Class: Send {
    /// The name in C.
    const NAME: &'static str;
    /// The number in front of every live object.
    const MAGIC: u64 = fnv1a(Self::NAME);
}

/// Makes classes of types.
macro_rules! class {
    ($($name:ident),*) => {
        $(impl $crate::handle::Class for $name {
            const NAME: &'static str = stringify!($name);
        })*
    };
}
pub(crate) use class;

/// The number in front of an object that was freed.
const FREED: u64 = 0xdead_dead_dead_dead;

#[repr(C)]
struct Guarded<T> {
    magic: AtomicU64,
    object: T,
}

/// Moves an object to the heap, for C to own.
pub(crate) fn new<T: Class>(object: T) -> *mut T {
    Box::into_raw(Box::new(Guarded { magic: AtomicU64::new(T::MAGIC), object })).cast()
}

/// The object behind a `const T *`, which other threads may be using too.
///
/// # Safety
///
/// [handles] The pointer is null, or the object lives for as long as the reference and is not in
/// use as a `T *`.
#[inline]
pub(crate) unsafe fn shared<'a, T: Class + Sync>(
    pointer: *const T,
    argument: &'static str,
) -> Result<&'a T> {
    // SAFETY: [handles] as of the caller.
    unsafe { guarded(pointer, argument) }.map(|guarded| &guarded.object)
}

/// As [`shared`], for a pointer that may be null.
///
/// # Safety
///
/// As [`shared`].
pub(crate) unsafe fn optional<'a, T: Class + Sync>(
    pointer: *const T,
    argument: &'static str,
) -> Result<Option<&'a T>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: [handles] as of the caller.
    unsafe { shared(pointer, argument) }.map(Some)
}

/// The object behind a `T *`, which nobody else is using.
///
/// # Safety
///
/// [handles] The pointer is null, or the object lives for as long as the reference and is not in
/// use anywhere else.
pub(crate) unsafe fn exclusive<'a, T: Class>(
    pointer: *mut T,
    argument: &'static str,
) -> Result<&'a mut T> {
    // SAFETY: [handles] as of the caller.
    unsafe { guarded(pointer, argument)? };
    // SAFETY: [handles] the number in front says that this is such an object; it is not in use.
    Ok(unsafe { &mut (*pointer.cast::<Guarded<T>>()).object })
}

/// Takes an object back from C.
///
/// # Safety
///
/// [handles] The pointer is null, or the object lives and is not in use anywhere else; it is not
/// used again.
pub(crate) unsafe fn take<T: Class>(pointer: *mut T, argument: &'static str) -> Result<T> {
    // SAFETY: [handles] as of the caller.
    let magic = unsafe { &guarded(pointer, argument)?.magic };
    // If two threads free one object at once, only one of them gets it.
    let first = magic.compare_exchange(T::MAGIC, FREED, Ordering::Relaxed, Ordering::Relaxed);
    first.map_err(|_| wrong::<T>(argument))?;
    // SAFETY: [handles] it came from `new`, and nobody will look at it again.
    let guarded = unsafe { Box::from_raw(pointer.cast::<Guarded<T>>()) };
    Ok(guarded.object)
}

/// Frees an object; does nothing for null.
///
/// # Safety
///
/// As [`take`].
pub(crate) unsafe fn free<T: Class>(pointer: *mut T) {
    if pointer.is_null() {
        return;
    }
    // There is no way to report a bad pointer from here: it is ignored.
    let _ = caught(|| {
        // SAFETY: [handles] as of the caller.
        unsafe { take(pointer, "object") }.map(drop)
    });
}

/// # Safety
///
/// [handles] The pointer is null, or points to something of at least eight bytes.
#[inline]
unsafe fn guarded<'a, T: Class>(
    pointer: *const T,
    argument: &'static str,
) -> Result<&'a Guarded<T>> {
    if pointer.is_null() {
        return Err(null(argument));
    }
    let pointer = pointer.cast::<Guarded<T>>();
    // SAFETY: [handles] there are eight bytes, and they are aligned.
    let is_good = pointer.is_aligned()
        && unsafe { (*pointer.cast::<AtomicU64>()).load(Ordering::Relaxed) } == T::MAGIC;
    if !is_good {
        return Err(wrong::<T>(argument));
    }
    // SAFETY: [handles] the number in front says that this is such an object.
    Ok(unsafe { &*pointer })
}

/// The error for a pointer that must not be null.
#[cold]
pub(crate) fn null(argument: &str) -> Error {
    Error::new(ErrorKind::NullPointer, format!("{argument} is a null pointer"))
}

#[cold]
fn wrong<T: Class>(argument: &str) -> Error {
    let name = T::NAME;
    let message = format!("{argument} does not point to a {name}: freed, or of another type");
    Error::new(ErrorKind::InvalidArgument, message)
}

/// A hash of a class name. It has 64 bits, so that no two names share one by chance.
const fn fnv1a(text: &str) -> u64 {
    let (bytes, mut hash, mut index) = (text.as_bytes(), 0xcbf2_9ce4_8422_2325_u64, 0);
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    struct One(u32);
    struct Other;
    class!(One, Other);

    fn kind<T>(result: Result<T>) -> ErrorKind {
        result.err().unwrap().kind()
    }

    #[test]
    fn pointers_that_are_no_good_are_refused() {
        let (one, nothing) = (new(One(1)), std::ptr::null_mut::<One>());
        // SAFETY: `one` lives, and each of the others is null, odd, or of another class.
        unsafe {
            assert_eq!(shared(one, "one").unwrap().0, 1);
            assert_eq!(kind(shared(nothing, "one")), ErrorKind::NullPointer);
            assert_eq!(kind(exclusive(nothing, "one")), ErrorKind::NullPointer);
            assert_eq!(kind(take(one.cast::<Other>(), "one")), ErrorKind::InvalidArgument);
            assert_eq!(kind(shared(one.byte_add(1), "one")), ErrorKind::InvalidArgument);
            free(one.cast::<Other>());
            exclusive(one, "one").unwrap().0 = 2;
            assert_eq!(take(one, "one").unwrap().0, 2);
            free(nothing);
        }
    }

    #[test]
    fn a_freed_object_is_marked() {
        let mut memory = Guarded { magic: AtomicU64::new(FREED), object: One(1) };
        let pointer = (&raw mut memory).cast::<One>();
        // SAFETY: the memory lives; only its word says that it was freed.
        let refused = unsafe { [kind(shared(pointer, "one")), kind(take(pointer, "one"))] };
        assert_eq!(refused, [ErrorKind::InvalidArgument; 2]);
    }
}
