//! A clock that tests move by hand.

use std::time::Duration;

use grantmint_core::{Clock, ManualClock, Result};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::panic::or_empty;
use crate::status::grantmint_status_t;

/// A clock that moves only when told to, for tests. Minters and caches made with it go by its time,
/// share nothing with any others, and keep the clock alive.
pub struct grantmint_manual_clock_t(ManualClock);

class!(grantmint_manual_clock_t);

/// The clock of an options struct, if it was set.
///
/// # Safety
///
/// [handles]
pub(crate) unsafe fn clock(clock: *const grantmint_manual_clock_t) -> Result<Option<Clock>> {
    // SAFETY: [handles]
    let clock = unsafe { handle::optional(clock, "clock")? };
    Ok(clock.map(|clock| Clock::from(&clock.0)))
}

/// A clock that stands still.
///
/// `unix_ms`: the time that it shows, in milliseconds since 1970. `*out`: the clock, to free with
/// `grantmint_manual_clock_free`.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_manual_clock_new(
    unix_ms: u64,
    out: *mut *mut grantmint_manual_clock_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [outputs]
        let out = unsafe { output::object(out)? };
        let clock = ManualClock::new(Duration::from_millis(unix_ms));
        *out = handle::new(grantmint_manual_clock_t(clock));
        Ok(())
    })
}

/// Moves the clock forward by a number of milliseconds.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_manual_clock_advance(
    clock: *const grantmint_manual_clock_t,
    ms: u64,
) {
    or_empty(|| {
        // SAFETY: [handles]
        let clock = unsafe { handle::shared(clock, "clock")? };
        clock.0.advance(Duration::from_millis(ms));
        Ok(())
    });
}

/// Moves the clock forward as if the machine had slept for a number of milliseconds: no timer fired
/// meanwhile.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_manual_clock_suspend(
    clock: *const grantmint_manual_clock_t,
    ms: u64,
) {
    or_empty(|| {
        // SAFETY: [handles]
        let clock = unsafe { handle::shared(clock, "clock")? };
        clock.0.suspend(Duration::from_millis(ms));
        Ok(())
    });
}

/// Sets the wall clock alone forward by a number of milliseconds, or back if it is negative.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_manual_clock_jump_wall(
    clock: *const grantmint_manual_clock_t,
    ms: i64,
) {
    or_empty(|| {
        // SAFETY: [handles]
        let clock = unsafe { handle::shared(clock, "clock")? };
        let step = Duration::from_millis(ms.unsigned_abs()).as_secs_f64();
        clock.0.jump_wall(if ms < 0 { -step } else { step });
        Ok(())
    });
}

/// The time that the clock shows, in milliseconds since 1970; 0 for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_manual_clock_unix_ms(
    clock: *const grantmint_manual_clock_t,
) -> u64 {
    or_empty(|| {
        // SAFETY: [handles]
        let clock = unsafe { handle::shared(clock, "clock")? };
        Ok(u64::try_from(clock.0.now().wall().as_millis()).unwrap_or(u64::MAX))
    })
}

/// Frees a clock; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_manual_clock_free(clock: *mut grantmint_manual_clock_t) {
    // SAFETY: [handles]
    unsafe { handle::free(clock) };
}
