//! Waiting for a fetch.

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

/// A place among those who wait for one fetch. Each applies its own promise to what comes; if that
/// is an error, it falls back on the stored grant while that keeps the promise.
pub struct grantmint_waiter_t(Waiter);

class!(grantmint_waiter_t);

impl grantmint_waiter_t {
    pub(crate) fn new(waiter: Waiter) -> Self {
        Self(waiter)
    }
}

/// Blocks until the fetch, or the time that was asked for at `begin`, is over.
///
/// `waiter`: taken, whatever the status. `*out`: the grant, to free with `grantmint_hit_free`.
///
/// Statuses: that of the fetch; `deadline_exceeded` when the caller's time is over first,
/// `grant_too_short` when the new grant does not keep the caller's promise, `abandoned` when the
/// fetch was dropped: begin again.
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

/// Looks whether the fetch or the caller's time is over; never blocks.
///
/// `*out`: the grant, to free with `grantmint_hit_free`; null with `GRANTMINT_OK` while there is
/// nothing to tell. The waiter remains and is to be freed.
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

/// What the store has for this caller now, if it keeps the promise; never blocks.
///
/// `*out`: the grant, to free with `grantmint_hit_free`, or null.
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

/// Calls back once when the fetch is over: on the thread that ends it, or before this returns if it
/// has ended. A fetch always ends, but the caller's time is not watched: for that, ask with
/// `grantmint_grant_cache_get_then`.
///
/// `waiter`: taken, whatever the status. `callback`: not called unless the status is
/// `GRANTMINT_OK`. `*out`: with what to take the callback back, to free with
/// `grantmint_registration_free`, which leaves the callback in place; `out` may be null.
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

/// Gives up waiting; does nothing for null. The fetch goes on for the others.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_waiter_free(waiter: *mut grantmint_waiter_t) {
    // SAFETY: [handles]
    unsafe { handle::free(waiter) };
}
