//! Numbers that JavaScript passes, converted for core. The package's own half has checked that each is one, not
//! negative and, where that is wanted, whole.

use std::time::Duration;

/// A time to wait, in milliseconds.
pub(crate) fn from_ms(ms: f64) -> Duration {
    from_seconds(ms / 1000.0)
}

/// A time in seconds, with fractions. One that no duration can hold becomes the longest. Core says whether it is
/// too long.
pub(crate) fn from_seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}

/// A whole number, such as a lifetime in seconds or a Unix second. One that 64 bits cannot hold becomes the largest.
/// Core says whether it is too large.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates")]
pub(crate) fn whole(value: f64) -> u64 {
    value as u64
}
