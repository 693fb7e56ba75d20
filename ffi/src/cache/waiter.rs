//! The waiter: one caller that waits for a fetch.

use std::ffi::c_void;

use grantmint_core::{Hit, Result, Waiter};

use crate::boundary::boundary;
use crate::cache::hit::{grantmint_hit_callback_t, grantmint_hit_t};
use crate::cache::registration::grantmint_registration_t;
use crate::callback::{self, Userdata};
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::status::grantmint_status_t;

/// One caller that waits for a running fetch. It gets the fetch's grant if that has the
/// `min_remaining_ms` of the call. If the fetch fails, it gets the stored grant as long as that has
/// it.
pub struct grantmint_waiter_t(Waiter);

class!(grantmint_waiter_t);

impl grantmint_waiter_t {
    pub(crate) fn new(waiter: Waiter) -> Self {
        Self(waiter)
    }
}

/// Blocks until the fetch ends or the `timeout_ms` given to `begin` is over.
///
/// `waiter`: consumed, whatever the status. `*out`: the grant, to free with `grantmint_hit_free`.
///
/// Statuses: that of the fetch; `deadline_exceeded` when the caller's time is over first,
/// `grant_too_short` when the new grant does not have the caller's `min_remaining_ms`, `abandoned`
/// when the fetch was given up: begin again.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_waiter_wait(
    waiter: *mut grantmint_waiter_t,
    out: *mut *mut grantmint_hit_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let waiter = unsafe { handle::take(waiter, "waiter")? };
        // SAFETY: [outputs]
        let out = unsafe { output::object(out)? };
        *out = handle::new(grantmint_hit_t::new(waiter.0.wait()?));
        Ok(())
    })
}

/// Checks whether the fetch has ended or the caller's time is over. Never blocks.
///
/// `*out`: the grant, to free with `grantmint_hit_free`; null with `GRANTMINT_OK` if neither is the
/// case yet. The waiter stays the caller's to free.
///
/// Statuses: as `grantmint_waiter_wait`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_waiter_poll(
    waiter: *const grantmint_waiter_t,
    out: *mut *mut grantmint_hit_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, waiter) = unsafe { (output::object(out)?, handle::shared(waiter, "waiter")?) };
        if let Some(result) = waiter.0.try_result() {
            *out = handle::new(grantmint_hit_t::new(result?));
        }
        Ok(())
    })
}

/// Gets the stored grant if it has the caller's `min_remaining_ms` left. Never blocks.
///
/// `*out`: the grant, to free with `grantmint_hit_free`, or null.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_waiter_fallback(
    waiter: *const grantmint_waiter_t,
    out: *mut *mut grantmint_hit_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, waiter) = unsafe { (output::object(out)?, handle::shared(waiter, "waiter")?) };
        if let Some(hit) = waiter.0.fallback() {
            *out = handle::new(grantmint_hit_t::new(hit));
        }
        Ok(())
    })
}

/// Registers a callback for the end of the fetch. It is called once: on the thread that ends the
/// fetch, or before this call returns if it has ended already. Every fetch ends, but the caller's
/// time is not watched: `grantmint_grant_cache_get_then` does that.
///
/// `waiter`: consumed, whatever the status. `callback`: not called unless the status is
/// `GRANTMINT_OK`. `userdata`: its first argument. `*out`: for taking the callback back, to free
/// with `grantmint_registration_free`, which leaves the callback registered; `out` may be null.
///
/// Statuses: `null_pointer` for no `callback`.
///
/// # Safety
///
/// [handles], [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_waiter_on_ready(
    waiter: *mut grantmint_waiter_t,
    callback: grantmint_hit_callback_t,
    userdata: *mut c_void,
    out: *mut *mut grantmint_registration_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let waiter = unsafe { handle::take(waiter, "waiter")? };
        let callback = callback::required(callback, "callback")?;
        let userdata = Userdata::new(userdata);
        let answer = move |result: Result<Hit>| {
            callback::answer(callback, userdata, result.map(grantmint_hit_t::new));
        };
        let registration = waiter.0.on_ready(answer);
        if !out.is_null() {
            // SAFETY: [outputs]
            *unsafe { output::object(out)? } =
                handle::new(grantmint_registration_t::new(registration));
        }
        Ok(())
    })
}

/// Frees a waiter, which stops waiting; does nothing for null. The fetch goes on for the others.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_waiter_free(waiter: *mut grantmint_waiter_t) {
    // SAFETY: [handles]
    unsafe { handle::free(waiter) };
}
