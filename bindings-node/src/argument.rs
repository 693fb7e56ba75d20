//! Numbers that JavaScript passes: each is checked, and converted for core.

use std::time::Duration;

use grantmint_core::ErrorKind;

use crate::error::{Result, invalid};

/// A time to wait, in milliseconds.
pub(crate) fn from_ms(ms: f64) -> Result<Duration> {
    from_seconds(ms / 1000.0)
}

/// A time in seconds, with fractions.
pub(crate) fn from_seconds(seconds: f64) -> Result<Duration> {
    if seconds.is_nan() || seconds < 0.0 {
        return Err(invalid(ErrorKind::InvalidArgument, "a time must not be negative"));
    }
    // A time that no duration can hold becomes the longest one. Core says whether it is too long.
    Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// A step of a clock in seconds, forward or back.
pub(crate) fn step(seconds: f64) -> Result<f64> {
    if seconds.is_finite() {
        return Ok(seconds);
    }
    Err(invalid(ErrorKind::InvalidArgument, "a step must be a finite number of seconds"))
}

/// As [`from_ms`], for an option that may be left out.
pub(crate) fn maybe_ms(ms: Option<f64>) -> Result<Option<Duration>> {
    ms.map(from_ms).transpose()
}

/// A whole number, such as a lifetime in seconds or a Unix second.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked right before")]
pub(crate) fn whole(value: f64, kind: ErrorKind, what: &str) -> Result<u64> {
    if value.fract() != 0.0 || value < 0.0 {
        return Err(invalid(kind, format!("{what} must be a whole number, not negative")));
    }
    // A number that 64 bits cannot hold becomes the largest one. Core says whether it is too large.
    Ok(value as u64)
}

/// The generation of a grant.
pub(crate) fn generation(value: f64) -> Result<u64> {
    whole(value, ErrorKind::InvalidArgument, "generation")
}
