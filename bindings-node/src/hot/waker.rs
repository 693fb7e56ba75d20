//! What wakes an environment from any thread: a threadsafe function of Node-API.
//!
//! Made by hand, as the one of napi has a resource that says nothing: tools that look for open handles
//! would report it after the last call.

#![allow(unsafe_code, reason = "calls Node-API by hand")]

use std::ptr;

use napi::bindgen_prelude::{Function, JsValue as _, Object};
use napi::{Env, Result, Status, sys};

/// Wakes the environment. It keeps the environment alive only after `refer`.
pub(crate) struct EnvWaker(sys::napi_threadsafe_function);

// SAFETY: Node-API lets any thread call and release a threadsafe function. `refer` and `unref` ask for
// the environment, which only its own thread has.
unsafe impl Send for EnvWaker {}

impl EnvWaker {
    /// What calls `look` on the environment's own thread. `resource` stands for it in async hooks.
    ///
    /// It must be dropped before the environment ends.
    pub(crate) fn new(env: &Env, resource: Object<'_>, look: Function<'_, (), ()>) -> Result<Self> {
        let name = env.create_string("GRANTMINT")?;
        let mut waker = ptr::null_mut();
        // SAFETY: the values are of this environment's open scope. Nothing is passed to `look`, so there
        // is nothing to convert and nothing to free.
        check(unsafe {
            sys::napi_create_threadsafe_function(
                env.raw(),
                look.raw(),
                resource.raw(),
                name.raw(),
                0,
                1,
                ptr::null_mut(),
                None,
                ptr::null_mut(),
                None,
                &mut waker,
            )
        })?;
        let this = Self(waker);
        this.unref(env)?;
        Ok(this)
    }

    /// Has `look` called, soon.
    pub(crate) fn wake(&self) {
        let mode = sys::ThreadsafeFunctionCallMode::nonblocking;
        // SAFETY: it has not been released. The queue has no bound, so this fails only when the
        // environment is ending, and then nobody looks.
        unsafe { sys::napi_call_threadsafe_function(self.0, ptr::null_mut(), mode) };
    }

    /// Keeps the environment alive from now on.
    pub(crate) fn refer(&self, env: &Env) -> Result<()> {
        // SAFETY: it has not been released, and this is its environment's own thread.
        check(unsafe { sys::napi_ref_threadsafe_function(env.raw(), self.0) })
    }

    /// No longer keeps the environment alive.
    pub(crate) fn unref(&self, env: &Env) -> Result<()> {
        // SAFETY: as in `refer`.
        check(unsafe { sys::napi_unref_threadsafe_function(env.raw(), self.0) })
    }
}

impl Drop for EnvWaker {
    fn drop(&mut self) {
        let mode = sys::ThreadsafeFunctionReleaseMode::release;
        // SAFETY: it is released once, here, by the one who has it.
        unsafe { sys::napi_release_threadsafe_function(self.0, mode) };
    }
}

fn check(status: sys::napi_status) -> Result<()> {
    match status {
        sys::Status::napi_ok => Ok(()),
        status => Err(napi::Error::from_status(Status::from(status))),
    }
}
