//! Core's times and counts as JavaScript numbers.

use std::time::Duration;

/// The milliseconds of a time, with fractions.
pub(crate) fn to_ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// A count. JavaScript is exact up to 2^53.
#[allow(clippy::cast_precision_loss, reason = "no counter of this library gets that far")]
pub(crate) fn number(value: u64) -> f64 {
    value as f64
}
