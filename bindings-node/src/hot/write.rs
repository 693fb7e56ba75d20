//! Makes the values that a call gives, and throws.

#![allow(unsafe_code, reason = "calls Node-API by hand")]

use std::ptr;

use grantmint_core::WipedString;
use napi::sys;

use super::call::Call;
use super::failure::{Result, check};

impl Call {
    /// A text of ASCII characters, as every token is.
    #[inline]
    pub(super) fn ascii(&self, text: &str) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: `env` is of this call; the text is as long as said, and is copied.
        check(unsafe {
            let length = text.len().cast_signed();
            sys::napi_create_string_latin1(self.env, text.as_ptr().cast(), length, &mut value)
        })?;
        Ok(value)
    }

    /// A text of ASCII characters in two parts. What joins them is wiped.
    #[inline]
    pub(super) fn joined(&self, parts: [&str; 2]) -> Result<sys::napi_value> {
        let mut text = WipedString::with_capacity(parts[0].len() + parts[1].len());
        parts.iter().for_each(|part| text.push_str(part));
        self.ascii(&text)
    }

    /// Any text.
    pub(super) fn utf8(&self, text: &str) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: as in `ascii`.
        check(unsafe {
            let length = text.len().cast_signed();
            sys::napi_create_string_utf8(self.env, text.as_ptr().cast(), length, &mut value)
        })?;
        Ok(value)
    }

    /// A number.
    #[inline]
    pub(super) fn double(&self, number: f64) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: `env` is of this call.
        check(unsafe { sys::napi_create_double(self.env, number, &mut value) })?;
        Ok(value)
    }

    /// Null.
    #[inline]
    pub(super) fn null(&self) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: `env` is of this call.
        check(unsafe { sys::napi_get_null(self.env, &mut value) })?;
        Ok(value)
    }

    /// An array with room for so many values.
    #[inline]
    pub(super) fn array(&self, length: usize) -> Result<sys::napi_value> {
        let mut value = ptr::null_mut();
        // SAFETY: `env` is of this call.
        check(unsafe { sys::napi_create_array_with_length(self.env, length, &mut value) })?;
        Ok(value)
    }

    /// Puts a value into an array.
    #[inline]
    pub(super) fn put(
        &self,
        array: sys::napi_value,
        index: usize,
        value: sys::napi_value,
    ) -> Result<()> {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        // SAFETY: `env`, the array and the value are of this call.
        check(unsafe { sys::napi_set_element(self.env, array, index, value) })
    }

    /// Throws an error.
    pub(super) fn throw(&self, code: &str, message: &str) -> Result<()> {
        let (code, message) = (self.utf8(code)?, self.utf8(message)?);
        let mut error = ptr::null_mut();
        // SAFETY: `env` and the values are of this call.
        check(unsafe { sys::napi_create_error(self.env, code, message, &mut error) })?;
        // SAFETY: as above.
        check(unsafe { sys::napi_throw(self.env, error) })
    }
}
