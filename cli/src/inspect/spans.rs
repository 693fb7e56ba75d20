//! Times for people.

use std::time::{Duration, UNIX_EPOCH};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// `47 seconds`, `63 minutes`, `5 hours`, `3 days`.
pub(super) fn span(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7_200 => (seconds / MINUTE, "minute"),
        7_200..172_800 => (seconds / HOUR, "hour"),
        _ => (seconds / DAY, "day"),
    };
    let many = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{many}")
}

/// A lifetime: in hours, if it is a number of them.
pub(super) fn lifetime(seconds: u64) -> String {
    if seconds > 0 && seconds.is_multiple_of(HOUR) {
        format!("{} h", seconds / HOUR)
    } else {
        span(seconds)
    }
}

/// `2026-11-28 14:17:02 UTC`.
pub(super) fn date(unix_seconds: u64) -> String {
    let time = UNIX_EPOCH + Duration::from_secs(unix_seconds);
    let text = humantime::format_rfc3339_seconds(time).to_string();
    text.replace('T', " ").replace('Z', " UTC")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_people_say_them() {
        let said = [1, 119, 120, 3_780, 7_199, 7_200, 172_799, 172_800].map(span);
        let expected = [
            "1 second",
            "119 seconds",
            "2 minutes",
            "63 minutes",
            "119 minutes",
            "2 hours",
            "47 hours",
            "2 days",
        ];
        assert_eq!(said, expected);
        assert_eq!([3600, 14_400, 5_400].map(lifetime), ["1 h", "4 h", "90 minutes"]);
        assert_eq!(date(1_795_875_422), "2026-11-28 14:17:02 UTC");
        assert_eq!(date(grantmint_core::limits::UNIX_SECONDS_MAX), "9999-12-31 23:59:59 UTC");
    }
}
