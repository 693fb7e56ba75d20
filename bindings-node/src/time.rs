//! Times: seconds where they go into a token or to the vendor, else milliseconds.

use std::time::Duration;

use grantmint_core::ErrorKind;

use crate::error::{Result, invalid};

/// A time to wait, in milliseconds.
pub(crate) fn from_ms(ms: f64) -> Result<Duration> {
    from_seconds(ms / 1000.0)
}

/// A time in seconds, fractions too.
pub(crate) fn from_seconds(seconds: f64) -> Result<Duration> {
    if seconds.is_nan() || seconds < 0.0 {
        return Err(invalid(ErrorKind::InvalidArgument, "a time must not be negative"));
    }
    // What is too much for a duration is too much for core, which says so.
    Ok(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// A step of a clock in seconds, forward or back.
pub(crate) fn step(seconds: f64) -> Result<f64> {
    if seconds.is_finite() {
        return Ok(seconds);
    }
    Err(invalid(ErrorKind::InvalidArgument, "a step must be a finite number of seconds"))
}

/// As [`from_ms`], of an option.
pub(crate) fn maybe_ms(ms: Option<f64>) -> Result<Option<Duration>> {
    ms.map(from_ms).transpose()
}

/// Milliseconds for JavaScript, fractions too.
pub(crate) fn to_ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A count that is told in whole numbers: the seconds of a life, or since 1970.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked right before")]
pub(crate) fn whole(value: f64, kind: ErrorKind, what: &str) -> Result<u64> {
    if value.fract() != 0.0 || value < 0.0 {
        return Err(invalid(kind, format!("{what} must be a whole number, not negative")));
    }
    // Beyond what 64 bits hold it is the largest that they do, for core to refuse.
    Ok(value as u64)
}

/// As [`whole`], for a generation: what is none of any grant is none of core's.
pub(crate) fn generation(value: f64) -> Result<u64> {
    whole(value, ErrorKind::InvalidArgument, "generation")
}

/// A number that JavaScript counts exactly up to 2^53, which is more than will ever be counted.
#[allow(clippy::cast_precision_loss, reason = "no counter of this library gets that far")]
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}
