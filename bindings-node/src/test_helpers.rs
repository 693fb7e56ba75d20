//! Test helpers alone: functions that panic.

use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};
use napi_derive::napi;

use crate::hot::call::Call;
use crate::hot::failure::Result;
use crate::hot::function::{Hot, function};

/// Panics behind the FFI boundary of the derive.
#[napi(catch_unwind)]
pub fn panic_derived() {
    panic!("on purpose, behind a test helper");
}

/// A function on the hot path that panics, and panics again when it is collected.
#[napi(catch_unwind)]
pub fn panicking(env: &Env) -> napi::Result<Unknown<'_>> {
    function(env, c"panicking", Panicking)
}

struct Panicking;

impl Hot for Panicking {
    fn call(&self, _: &Call) -> Result<sys::napi_value> {
        panic!("on purpose, behind a test helper");
    }
}

impl Drop for Panicking {
    fn drop(&mut self) {
        panic!("on purpose, behind a test helper");
    }
}
