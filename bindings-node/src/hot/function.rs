//! Makes a JavaScript function of a Rust value.
//!
//! The function owns the value, and each call runs under a panic boundary: a panic must not unwind into
//! Node's C++.

#![allow(unsafe_code, reason = "calls Node-API by hand")]

use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use grantmint_core::{Error, ErrorKind};
use napi::bindgen_prelude::Unknown;
use napi::{Env, sys};

use super::call::{ARGUMENTS, Call};
use super::failure::{Failure, Result, check};
use crate::error::code;

/// What a function does.
pub(crate) trait Hot: 'static {
    /// Runs one call.
    fn call(&self, call: &Call) -> Result<sys::napi_value>;
}

/// Makes a function of JavaScript that calls `this`, and drops it when it is collected itself.
pub(crate) fn function<'env, T: Hot>(
    env: &'env Env,
    name: &CStr,
    this: T,
) -> napi::Result<Unknown<'env>> {
    let data = Box::into_raw(Box::new(this)).cast::<c_void>();
    let mut value = ptr::null_mut();
    // SAFETY: `env` lives; `enter::<T>` finds the `T` that `data` points to.
    let mut status = unsafe {
        let length = name.count_bytes().cast_signed();
        sys::napi_create_function(
            env.raw(),
            name.as_ptr(),
            length,
            Some(enter::<T>),
            data,
            &mut value,
        )
    };
    if status == sys::Status::napi_ok {
        // SAFETY: the function was made right before; `forget::<T>` is called once, when it is gone.
        status = unsafe {
            let (hint, reference) = (ptr::null_mut(), ptr::null_mut());
            sys::napi_add_finalizer(env.raw(), value, data, Some(forget::<T>), hint, reference)
        };
    }
    if status != sys::Status::napi_ok {
        // SAFETY: no finalizer was added, and the function, if there is one, is reached by nobody.
        drop(unsafe { Box::from_raw(data.cast::<T>()) });
        return Err(napi::Error::from_status(status.into()));
    }
    // SAFETY: the value was made in this environment's open scope.
    Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), value) })
}

/// What Node's C++ calls: runs a [`Hot`], and turns its failure, or its panic, into an exception.
///
/// # Safety
///
/// Called by Node-API as a function that [`function`] made with the same `T`.
unsafe extern "C" fn enter<T: Hot>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut call = Call { env, arguments: [ptr::null_mut(); ARGUMENTS] };
    let result = catch_unwind(AssertUnwindSafe(|| {
        let (mut count, mut data) = (ARGUMENTS, ptr::null_mut());
        // SAFETY: `env` and `info` are of this call; there is room for `count` arguments, and those
        // that were not given become undefined.
        check(unsafe {
            let arguments = call.arguments.as_mut_ptr();
            sys::napi_get_cb_info(env, info, &mut count, arguments, ptr::null_mut(), &mut data)
        })?;
        // SAFETY: the data of this function, which lives for as long as it does, and it is running.
        unsafe { &*data.cast::<T>() }.call(&call)
    }));
    let failed = match result {
        Ok(Ok(value)) => return value,
        Ok(Err(failure)) => failure,
        Err(_) => Failure::Error(Error::new(ErrorKind::Panic, ErrorKind::Panic.meaning())),
    };
    // Nothing in here panics. If it did, the panic must not reach Node's C++.
    let _ = catch_unwind(AssertUnwindSafe(|| match failed {
        Failure::Error(error) => call.throw(&code(&error), error.message()),
        Failure::Node(sys::Status::napi_pending_exception) => Ok(()),
        Failure::Node(status) => call.throw("GenericFailure", &format!("Node-API: {status}")),
    }));
    ptr::null_mut()
}

/// Drops what a function called.
///
/// # Safety
///
/// Called by Node-API once, as the finalizer that [`function`] added with the same `T`.
unsafe extern "C" fn forget<T: Hot>(_: sys::napi_env, data: *mut c_void, _: *mut c_void) {
    // SAFETY: `data` is the box that `function` made, and nobody calls the function any more.
    let this = unsafe { Box::from_raw(data.cast::<T>()) };
    // Nothing of core panics when it is dropped. If it did, a finalizer could not throw.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(this)));
}
