//! A grant that was handed out, and waiting for one.

use std::ffi::c_void;

use grantmint_core::{BeginOptions, Freshness, Hit, Registration, Result, Waiter};

use crate::callback::{self, Userdata};
use crate::error::{grantmint_error_t, grantmint_status_t};
use crate::handle::{self, class};
use crate::options::Options;
use crate::panic::or_empty;
use crate::strings::grantmint_str_t;
use crate::time;

/// How good the grant is that a caller was handed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_freshness_t {
    /// There is no grant.
    #[default]
    GRANTMINT_NO_GRANT = 0,
    /// No refresh is due.
    GRANTMINT_FRESH = 1,
    /// A refresh is due or in the air; nobody has to wait for it.
    GRANTMINT_REFRESHING = 2,
    /// The last refresh failed or may not be tried yet. The grant still keeps what was promised.
    GRANTMINT_DEGRADED = 3,
}

impl From<Freshness> for grantmint_freshness_t {
    fn from(freshness: Freshness) -> Self {
        match freshness {
            Freshness::Fresh => Self::GRANTMINT_FRESH,
            Freshness::Refreshing => Self::GRANTMINT_REFRESHING,
            Freshness::Degraded => Self::GRANTMINT_DEGRADED,
        }
    }
}

/// What one call asks for. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_wait_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_WAIT_OPTIONS_INIT`.
    pub struct_size: usize,
    /// How many milliseconds the call waits for a grant: by default as long as its minter says,
    /// and 5,000 unless that says so. To wait not at all, use the call's `try` form, or
    /// `GRANTMINT_ZERO_MS`.
    pub timeout_ms: u32,
    /// The least remaining life of the grant in milliseconds, net of the safety margin: a promise.
    /// By default what its minter says, and unless that says so 5,000 for grants of 60 s and 2,000
    /// for grants of 15 s; at most half of the life that grants are asked for with.
    pub min_remaining_ms: u32,
}

// SAFETY: it starts with its size, and numbers may be zero.
unsafe impl Options for grantmint_wait_options_t {}

impl grantmint_wait_options_t {
    pub(crate) fn begin(self) -> BeginOptions {
        BeginOptions {
            min_remaining: time::optional(self.min_remaining_ms),
            timeout: time::optional(self.timeout_ms),
        }
    }
}

/// A grant handed to a caller, with what was known of it at that moment. The grant is wiped from
/// memory when its last user is gone.
pub struct grantmint_hit_t(Hit);

/// A place among those who wait for one fetch. Each applies its own promise to what comes; if that
/// is an error, it falls back on the stored grant while that keeps the promise.
pub struct grantmint_waiter_t(Waiter);

/// A callback that has been signed up and can be taken back.
pub struct grantmint_registration_t(Registration);

class!(grantmint_hit_t, grantmint_waiter_t, grantmint_registration_t);

impl grantmint_hit_t {
    pub(crate) fn new(hit: Hit) -> Self {
        Self(hit)
    }
}

impl grantmint_waiter_t {
    pub(crate) fn new(waiter: Waiter) -> Self {
        Self(waiter)
    }
}

/// Is told how the wait for a grant ended. `hit` or `error` is there, and is the callee's to free.
pub type grantmint_hit_callback_t = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        status: grantmint_status_t,
        hit: *mut grantmint_hit_t,
        error: *mut grantmint_error_t,
    ),
>;

/// The grant, byte for byte as it came. Treat it as the secret it is. Belongs to the hit.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_grant(hit: *const grantmint_hit_t) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(grantmint_str_t::of(hit.0.grant().as_str()))
    })
}

/// How many milliseconds the grant was still good for when it was handed out, net of the safety
/// margin; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_remaining_ms(hit: *const grantmint_hit_t) -> u32 {
    or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(time::left_ms(hit.0.remaining()))
    })
}

/// How good the grant is.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_freshness(
    hit: *const grantmint_hit_t,
) -> grantmint_freshness_t {
    or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(hit.0.freshness().into())
    })
}

/// Tells grants of one cache apart: a later grant has a higher number. 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_generation(hit: *const grantmint_hit_t) -> u64 {
    or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(hit.0.generation())
    })
}

/// Why the grant is degraded, with the time after which the next refresh is tried: an error to free
/// with `grantmint_error_free`. Null if it is not degraded.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_hit_reason(
    hit: *const grantmint_hit_t,
) -> *mut grantmint_error_t {
    let reason: Option<_> = or_empty(|| {
        // SAFETY: [handles]
        let hit = unsafe { handle::shared(hit, "hit")? };
        Ok(hit.0.reason().cloned())
    });
    grantmint_error_t::optional(reason)
}

/// Frees a hit; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_hit_free(hit: *mut grantmint_hit_t) {
    // SAFETY: [handles]
    unsafe { handle::free(hit) };
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
        let out = unsafe { handle::out_object(out)? };
        *out = handle::new(grantmint_hit_t(waiter.0.wait()?));
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
        let (out, waiter) =
            unsafe { (handle::out_object(out)?, handle::shared(waiter, "waiter")?) };
        if let Some(result) = waiter.0.try_result() {
            *out = handle::new(grantmint_hit_t(result?));
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
        let (out, waiter) =
            unsafe { (handle::out_object(out)?, handle::shared(waiter, "waiter")?) };
        if let Some(hit) = waiter.0.fallback() {
            *out = handle::new(grantmint_hit_t(hit));
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
            callback::answer(callback, userdata, result.map(grantmint_hit_t));
        };
        let registration = waiter.0.on_ready(answer);
        if !out.is_null() {
            // SAFETY: [outputs]
            *unsafe { handle::out_object(out)? } =
                handle::new(grantmint_registration_t(registration));
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

/// Takes a callback back. `registration`: taken.
///
/// True if it will not be called; false if it was called or is being called at this moment, and for
/// null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_registration_cancel(
    registration: *mut grantmint_registration_t,
) -> bool {
    or_empty(|| {
        // SAFETY: [handles]
        let registration = unsafe { handle::take(registration, "registration")? };
        Ok(registration.0.cancel())
    })
}

/// Frees a registration and leaves its callback in place; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_registration_free(registration: *mut grantmint_registration_t) {
    // SAFETY: [handles]
    unsafe { handle::free(registration) };
}
