//! Reads the arguments of a call.

#![allow(unsafe_code, reason = "calls Node-API by hand")]

use std::mem::MaybeUninit;
use std::ptr;

use napi::sys;

use super::call::Call;
use super::failure::{Result, check, ill_formed, invalid};
use super::handles::Handles;
use super::texts::Texts;
use crate::argument::whole;

/// Longer texts are read with an allocation. Twice what any identity may have.
const SHORT: usize = 1024;

/// What a value of JavaScript is.
pub(super) enum Value {
    Text,
    Number(f64),
    Truth(bool),
    Other,
}

impl Call {
    /// As `text`, of an argument that may be undefined or null.
    #[inline]
    pub(super) fn optional_text<R>(
        &self,
        index: usize,
        name: &str,
        with: impl FnOnce(Option<&str>) -> R,
    ) -> Result<R> {
        if self.is_absent(self.arguments[index])? {
            return Ok(with(None));
        }
        self.text(index, name, |text| with(Some(text)))
    }

    /// As `text`, of any value of this call.
    pub(super) fn text_of<R>(
        &self,
        value: sys::napi_value,
        name: &str,
        with: impl FnOnce(&str) -> R,
    ) -> Result<R> {
        self.read(value, || name.to_owned(), with)
    }

    /// Whether a value is undefined or null.
    #[inline]
    pub(super) fn is_absent(&self, value: sys::napi_value) -> Result<bool> {
        let is = self.type_of(value)?;
        Ok(is == sys::ValueType::napi_undefined || is == sys::ValueType::napi_null)
    }

    /// What a value is, and which if it is no text.
    #[inline]
    pub(super) fn value(&self, value: sys::napi_value) -> Result<Value> {
        match self.type_of(value)? {
            sys::ValueType::napi_string => Ok(Value::Text),
            sys::ValueType::napi_number => self.double_of(value).map(Value::Number),
            sys::ValueType::napi_boolean => {
                let mut truth = false;
                // SAFETY: `env` and the value are of this call.
                check(unsafe { sys::napi_get_value_bool(self.env, value, &mut truth) })?;
                Ok(Value::Truth(truth))
            }
            _ => Ok(Value::Other),
        }
    }

    /// The number of a value that counts something.
    #[inline]
    pub(super) fn index(&self, value: sys::napi_value) -> Result<usize> {
        let number = whole(self.double_of(value)?);
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    }

    /// How many elements an array has.
    pub(super) fn length(&self, array: sys::napi_value) -> Result<usize> {
        let mut length = 0;
        // SAFETY: `env` and the array are of this call.
        check(unsafe { sys::napi_get_array_length(self.env, array, &mut length) })?;
        Ok(length as usize)
    }

    /// An element of an array.
    pub(super) fn element(&self, array: sys::napi_value, place: usize) -> Result<sys::napi_value> {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let mut value = ptr::null_mut();
        // SAFETY: as in `length`.
        check(unsafe { sys::napi_get_element(self.env, array, place, &mut value) })?;
        Ok(value)
    }

    #[inline]
    fn type_of(&self, value: sys::napi_value) -> Result<sys::napi_valuetype> {
        let mut is = sys::ValueType::napi_undefined;
        // SAFETY: `env` and the value are of this call.
        check(unsafe { sys::napi_typeof(self.env, value, &mut is) })?;
        Ok(is)
    }

    #[inline]
    fn double_of(&self, value: sys::napi_value) -> Result<f64> {
        let mut number = 0.0;
        // SAFETY: as above.
        check(unsafe { sys::napi_get_value_double(self.env, value, &mut number) })?;
        Ok(number)
    }

    /// Calls `with` with the text of an argument. Refuses a lone surrogate, which has no UTF-8: Node would
    /// replace it, so that two identities could become one.
    #[inline]
    pub(super) fn text<R>(
        &self,
        index: usize,
        name: &str,
        with: impl FnOnce(&str) -> R,
    ) -> Result<R> {
        self.read(self.arguments[index], || name.to_owned(), with)
    }

    #[inline]
    fn read<R>(
        &self,
        value: sys::napi_value,
        name: impl Fn() -> String,
        with: impl FnOnce(&str) -> R,
    ) -> Result<R> {
        let mut buffer = [MaybeUninit::<u8>::uninit(); SHORT];
        let mut length = 0;
        // SAFETY: `env` and `value` are of this call; the buffer is as long as said, and outlives it.
        let status = unsafe {
            let start = buffer.as_mut_ptr().cast();
            sys::napi_get_value_string_utf8(self.env, value, start, SHORT, &mut length)
        };
        if status == sys::Status::napi_string_expected {
            return Err(invalid(format!("{} must be a string", name())));
        }
        check(status)?;
        // Node-API cuts a text that is too long before the first character that does not fit whole.
        if length + 4 >= SHORT {
            return self.read_long(value, name, with);
        }
        // SAFETY: Node-API has written `length` bytes, fewer than the buffer has.
        let bytes = unsafe { std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), length) };
        if !bytes.is_ascii() && self.is_ill_formed(value, bytes)? {
            return Err(ill_formed(&name()));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(with(text)),
            Err(_) => Err(ill_formed(&name())),
        }
    }

    #[cold]
    fn read_long<R>(
        &self,
        value: sys::napi_value,
        name: impl Fn() -> String,
        with: impl FnOnce(&str) -> R,
    ) -> Result<R> {
        String::from_utf16(&self.utf16(value)?)
            .map(|text| with(&text))
            .map_err(|_| ill_formed(&name()))
    }

    /// Whether Node had to replace a lone surrogate of the text to make these bytes of it.
    #[cold]
    fn is_ill_formed(&self, value: sys::napi_value, bytes: &[u8]) -> Result<bool> {
        let replaced = "\u{fffd}".as_bytes();
        if !bytes.windows(replaced.len()).any(|part| part == replaced) {
            return Ok(false);
        }
        let units = self.utf16(value)?;
        Ok(char::decode_utf16(units).any(|unit| unit.is_err()))
    }

    fn utf16(&self, value: sys::napi_value) -> Result<Vec<u16>> {
        let mut length = 0;
        // SAFETY: `env` and `value` are of this call; without a buffer only the length is asked for.
        check(unsafe {
            sys::napi_get_value_string_utf16(self.env, value, ptr::null_mut(), 0, &mut length)
        })?;
        let mut units = vec![0_u16; length + 1];
        // SAFETY: as above, with a buffer as long as said: the text and its terminator.
        check(unsafe {
            let start = units.as_mut_ptr();
            sys::napi_get_value_string_utf16(self.env, value, start, units.len(), &mut length)
        })?;
        units.truncate(length);
        Ok(units)
    }

    /// The texts of an argument that is an array.
    pub(super) fn texts(&self, index: usize, name: &str) -> Result<Texts> {
        let array = self.arguments[index];
        let mut length = 0;
        // SAFETY: `env` and `array` are of this call.
        let status = unsafe { sys::napi_get_array_length(self.env, array, &mut length) };
        if status == sys::Status::napi_array_expected {
            return Err(invalid(format!("{name} must be an array of strings")));
        }
        check(status)?;
        let mut texts = Texts::default();
        let mut handles = Handles::open(self)?;
        for place in 0..length {
            handles.renew_at(place as usize)?;
            let mut value = ptr::null_mut();
            // SAFETY: as above.
            check(unsafe { sys::napi_get_element(self.env, array, place, &mut value) })?;
            self.read(value, || format!("{name}[{place}]"), |text| texts.push(text))?;
        }
        Ok(texts)
    }

    /// The number of an argument, if it is one.
    #[inline]
    pub(super) fn number(&self, index: usize) -> Result<Option<f64>> {
        let mut number = 0.0;
        // SAFETY: `env` and the argument are of this call.
        let status =
            unsafe { sys::napi_get_value_double(self.env, self.arguments[index], &mut number) };
        if status == sys::Status::napi_number_expected {
            return Ok(None);
        }
        check(status)?;
        Ok(Some(number))
    }
}
