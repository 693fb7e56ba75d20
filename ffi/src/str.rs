//! Text as a pointer and a length.

use std::ffi::c_char;
use std::ptr;

use grantmint_core::{Error, ErrorKind, Result};

use crate::handle;

/// Text as a pointer and a length. It need not be terminated, and may contain zero bytes. Make one
/// from a literal with `GRANTMINT_STR("…")`, from a terminated string with `grantmint_str()`.
///
/// As an argument: UTF-8 unless said otherwise, read only during the call. A null `data` with a
/// `len` of 0 is the empty text; a null `data` with any other `len` is refused. As a result: it
/// belongs to the object that was asked and lives as long as that; if there is no text, `data` is
/// null.
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

    /// The text, or none if there is none: an empty text is one.
    ///
    /// # Safety
    ///
    /// As [`grantmint_str_t::bytes`].
    #[inline]
    pub(crate) unsafe fn given<'a>(self, argument: &'static str) -> Result<Option<&'a str>> {
        // SAFETY: [strings] as of the caller.
        let text = unsafe { self.text(argument)? };
        Ok((!self.data.is_null()).then_some(text))
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
