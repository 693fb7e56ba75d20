//! Text on its way in and out.

use std::ffi::c_char;
use std::ptr;

use grantmint_core::{Error, ErrorKind, Result};
use zeroize::Zeroizing;

use crate::handle::{self, class};
use crate::panic::or_empty;

/// Text by its place and length: not terminated, and a zero byte in it is a byte like any other.
/// Make one of a literal with `GRANTMINT_STR("…")`, of a terminated string with `grantmint_str()`.
///
/// As an argument: UTF-8 unless said otherwise, read during the call alone. A null `data` with a
/// `len` of 0 is the empty text; with any other `len` it is refused. As a result: it belongs to the
/// object that it was asked of and lives as long as that; a null `data` says that there is none.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_str_t {
    /// The first byte.
    pub data: *const c_char,
    /// How many bytes.
    pub len: usize,
}

impl Default for grantmint_str_t {
    fn default() -> Self {
        Self { data: ptr::null(), len: 0 }
    }
}

impl grantmint_str_t {
    pub(crate) fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }

    pub(crate) fn of_optional(text: Option<&str>) -> Self {
        text.map_or_else(Self::default, Self::of)
    }

    /// The bytes.
    ///
    /// # Safety
    ///
    /// [strings] `len` bytes can be read at `data` for as long as the reference.
    #[inline]
    pub(crate) unsafe fn bytes<'a>(self, argument: &'static str) -> Result<&'a [u8]> {
        if self.data.is_null() {
            return if self.len == 0 { Ok(&[]) } else { Err(handle::null(argument)) };
        }
        if isize::try_from(self.len).is_err() {
            return Err(Error::new(
                ErrorKind::LimitExceeded,
                format!("{argument} is longer than any memory"),
            ));
        }
        // SAFETY: [strings] as of the caller; it is not null and not longer than a slice can be.
        Ok(unsafe { std::slice::from_raw_parts(self.data.cast(), self.len) })
    }

    /// The text.
    ///
    /// # Safety
    ///
    /// As [`grantmint_str_t::bytes`].
    #[inline]
    pub(crate) unsafe fn text<'a>(self, argument: &'static str) -> Result<&'a str> {
        // SAFETY: [strings] as of the caller.
        let bytes = unsafe { self.bytes(argument)? };
        std::str::from_utf8(bytes).map_err(|_| {
            Error::new(ErrorKind::InvalidUtf8, format!("{argument} is not valid UTF-8"))
        })
    }

    /// The text, or none if it is empty.
    ///
    /// # Safety
    ///
    /// As [`grantmint_str_t::bytes`].
    pub(crate) unsafe fn optional<'a>(self, argument: &'static str) -> Result<Option<&'a str>> {
        // SAFETY: [strings] as of the caller.
        Ok(Some(unsafe { self.text(argument)? }).filter(|text| !text.is_empty()))
    }
}

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

/// Fills an array of the caller's with as many elements as it has room for, and says how many there
/// are; refuses, having written nothing but that number, if there are more.
///
/// # Safety
///
/// [buffers] There is room for `capacity` elements at `data`, and for a number at `len`.
#[inline]
pub(crate) unsafe fn fill<T: Copy>(
    items: &[T],
    data: *mut T,
    capacity: usize,
    len: *mut usize,
) -> Result<()> {
    // SAFETY: [buffers] as of the caller.
    *unsafe { handle::out(len, 0, "len")? } = items.len();
    if items.is_empty() {
        return Ok(());
    }
    if items.len() > capacity {
        return Err(Error::new(
            ErrorKind::BufferTooSmall,
            "the buffer is too small: len says how large it must be",
        ));
    }
    if data.is_null() {
        return Err(handle::null("buffer"));
    }
    // SAFETY: [buffers] there is room for all the items, which lie elsewhere.
    unsafe { ptr::copy_nonoverlapping(items.as_ptr(), data, items.len()) };
    Ok(())
}

/// Text that belongs to its holder: a token, or JSON. Wiped when freed.
pub struct grantmint_string_t(Zeroizing<String>);

impl grantmint_string_t {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// Several texts that belong to their holder. Wiped when freed.
pub struct grantmint_strings_t(Vec<Zeroizing<String>>);

impl grantmint_strings_t {
    pub(crate) fn new(texts: Vec<String>) -> Self {
        Self(texts.into_iter().map(Zeroizing::new).collect())
    }
}

class!(grantmint_string_t, grantmint_strings_t);

/// The text of a string: `len` bytes and not a terminated one. Empty for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_string_get(
    string: *const grantmint_string_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let string = unsafe { handle::shared(string, "string")? };
        Ok(grantmint_str_t::of(&string.0))
    })
}

/// Wipes and frees a string; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_string_free(string: *mut grantmint_string_t) {
    // SAFETY: [handles]
    unsafe { handle::free(string) };
}

/// How many texts there are; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_strings_len(strings: *const grantmint_strings_t) -> usize {
    or_empty(|| {
        // SAFETY: [handles]
        let strings = unsafe { handle::shared(strings, "strings")? };
        Ok(strings.0.len())
    })
}

/// One of several texts, counted from 0; none beyond the last.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_strings_get(
    strings: *const grantmint_strings_t,
    index: usize,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let strings = unsafe { handle::shared(strings, "strings")? };
        Ok(grantmint_str_t::of_optional(strings.0.get(index).map(|text| text.as_str())))
    })
}

/// Wipes and frees all the texts; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_strings_free(strings: *mut grantmint_strings_t) {
    // SAFETY: [handles]
    unsafe { handle::free(strings) };
}
