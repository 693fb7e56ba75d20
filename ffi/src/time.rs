//! Times as C passes them: milliseconds in 32 bits, where zero means that nothing was set.

use std::time::Duration;

/// A time of 0 ms, for members and arguments where a zero means the default.
pub const GRANTMINT_ZERO_MS: u32 = u32::MAX;

/// The time that C passed; none for the default.
pub(crate) fn optional(ms: u32) -> Option<Duration> {
    match ms {
        0 => None,
        GRANTMINT_ZERO_MS => Some(Duration::ZERO),
        ms => Some(Duration::from_millis(ms.into())),
    }
}

/// A remaining time, rounded down: never more than there is.
pub(crate) fn left_ms(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

/// A time to wait, rounded up: whoever waits that long does not come too early.
pub(crate) fn wait_ms(time: Duration) -> u32 {
    u32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_to_the_safe_side() {
        let time = Duration::from_micros(1500);
        assert_eq!((left_ms(time), wait_ms(time)), (1, 2));
        assert_eq!((left_ms(Duration::MAX), wait_ms(Duration::MAX)), (u32::MAX, u32::MAX));
        assert_eq!((optional(0), optional(7)), (None, Some(Duration::from_millis(7))));
        assert_eq!(optional(GRANTMINT_ZERO_MS), Some(Duration::ZERO));
    }
}
