//! Texts that are wiped once JavaScript has its own copy.

#![allow(unsafe_code, reason = "the trait of what is returned is unsafe")]

use grantmint_core::WipedString;
use napi::bindgen_prelude::ToNapiValue;
use napi::sys;

/// A text that is a secret, on its way to JavaScript.
pub struct Wiped(WipedString);

impl<T: Into<WipedString>> From<T> for Wiped {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl ToNapiValue for Wiped {
    unsafe fn to_napi_value(env: sys::napi_env, text: Self) -> napi::Result<sys::napi_value> {
        // SAFETY: as of the caller.
        unsafe { <&str as ToNapiValue>::to_napi_value(env, &text.0) }
    }
}
