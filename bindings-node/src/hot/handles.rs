//! A handle scope that is renewed, so that a call that makes a million values does not hold a million
//! handles at once.

#![allow(unsafe_code, reason = "calls Node-API by hand")]

use std::ptr;

use napi::sys;

use super::call::Call;
use super::failure::{Result, check};

/// A scope is renewed after so many values.
const HANDLES: usize = 256;

/// An open handle scope.
pub(super) struct Handles<'a> {
    call: &'a Call,
    scope: sys::napi_handle_scope,
}

impl<'a> Handles<'a> {
    /// Opens a scope.
    pub(super) fn open(call: &'a Call) -> Result<Self> {
        let mut scope = ptr::null_mut();
        // SAFETY: `env` is of this call.
        check(unsafe { sys::napi_open_handle_scope(call.env, &mut scope) })?;
        Ok(Self { call, scope })
    }

    /// Closes the scope and opens another, each time that so many values were made in it.
    pub(super) fn renew_at(&mut self, index: usize) -> Result<()> {
        if index % HANDLES == HANDLES - 1 {
            self.close();
            *self = Self::open(self.call)?;
        }
        Ok(())
    }

    fn close(&mut self) {
        let scope = std::mem::replace(&mut self.scope, ptr::null_mut());
        if !scope.is_null() {
            // SAFETY: the scope is the last that was opened, and is closed once. There is nothing to
            // do about a failure.
            unsafe { sys::napi_close_handle_scope(self.call.env, scope) };
        }
    }
}

impl Drop for Handles<'_> {
    fn drop(&mut self) {
        self.close();
    }
}
