//! Doors for tests alone: what users get when the library is at fault.

use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use crate::hot;

/// Panics behind the derive's border.
#[napi(catch_unwind)]
pub fn panic_derived() {
    panic!("on purpose, behind a door for tests");
}

/// A function that panics behind the border made by hand, and again when it is collected.
#[napi(catch_unwind)]
pub fn panicking(env: &Env) -> napi::Result<Unknown<'_>> {
    hot::panicking(env)
}
