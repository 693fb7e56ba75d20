//! What a flag's text means. What is wrong with it is said without the text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use grantmint_core::limits::LEEWAY_MAX;

const TTL: &str = "must be 1 to 86,400 seconds, such as 3600, 90m, 4h or 1h10m";
const TIME: &str = "must be Unix seconds, a time from now such as +5m, or 2030-01-31T12:00:00Z";
const TIMEOUT: &str = "must be a number of seconds above 0, such as 5 or 0.5, and at most an hour";
const TIMEOUT_MAX: f64 = 3600.0;

/// A text that is not empty: what a script's variable holds that is not set.
pub(super) fn text(text: &str) -> Result<String, &'static str> {
    if text.is_empty() { Err("must not be empty") } else { Ok(text.to_owned()) }
}

pub(super) fn boolean(text: &str) -> Result<bool, &'static str> {
    text.parse().map_err(|_| "must be true or false")
}

/// Where to listen.
#[cfg(feature = "page")]
pub(super) fn port(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "must be a port: 0 to 65535")
}

/// Requests per second; 0 for no limit.
#[cfg(feature = "page")]
pub(super) fn rate(text: &str) -> Result<f64, &'static str> {
    let number = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate >= 0.0);
    number.ok_or("must be a number of requests per second, 0 or more")
}

/// Requests at the same time.
#[cfg(feature = "page")]
pub(super) fn burst(text: &str) -> Result<u32, &'static str> {
    text.parse().ok().filter(|burst| *burst > 0).ok_or("must be a whole number above 0")
}

/// How many, or which.
pub(super) fn count(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|count| *count > 0).ok_or("must be a whole number above 0")
}

/// By how many seconds clocks may be apart.
pub(super) fn leeway(text: &str) -> Result<u64, &'static str> {
    text.parse().ok().filter(|seconds| *seconds <= LEEWAY_MAX).ok_or("must be 0 to 300 seconds")
}

/// The lifetime of a grant in seconds. Core has the limits.
pub(super) fn grant_ttl(text: &str) -> Result<u32, &'static str> {
    text.parse().map_err(|_| "must be 1 to 60 seconds")
}

/// A lifetime in seconds: a number of them, or with units. Core has the limits.
pub(super) fn ttl(text: &str) -> Result<u64, &'static str> {
    seconds(text).ok_or(TTL)
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Time {
    Unix(u64),
    FromNow(u64),
}

impl Time {
    /// In Unix seconds.
    pub(crate) fn unix_seconds(self) -> u64 {
        match self {
            Self::Unix(seconds) => seconds,
            Self::FromNow(seconds) => since_1970(SystemTime::now()).saturating_add(seconds),
        }
    }
}

pub(super) fn time(text: &str) -> Result<Time, &'static str> {
    if let Some(from_now) = text.strip_prefix('+') {
        return seconds(from_now).map(Time::FromNow).ok_or(TIME);
    }
    match text.parse() {
        Ok(seconds) => Ok(Time::Unix(seconds)),
        Err(_) => match humantime::parse_rfc3339(text) {
            Ok(time) => Ok(Time::Unix(since_1970(time))),
            Err(_) => Err(TIME),
        },
    }
}

pub(super) fn timeout(text: &str) -> Result<Duration, &'static str> {
    let seconds: f64 = text.parse().map_err(|_| TIMEOUT)?;
    if seconds > 0.0 && seconds <= TIMEOUT_MAX {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(TIMEOUT)
    }
}

fn since_1970(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

/// `3600`, `90m`, `1h10m`; units fall and each stands once.
fn seconds(text: &str) -> Option<u64> {
    if let Ok(seconds) = text.parse() {
        return (!text.starts_with('+')).then_some(seconds);
    }
    let (mut total, mut rest, mut last) = (0_u64, text, u64::MAX);
    while !rest.is_empty() {
        let (number, unit, after) = part(rest)?;
        if unit >= last {
            return None;
        }
        total = total.checked_add(number.checked_mul(unit)?)?;
        (rest, last) = (after, unit);
    }
    (last != u64::MAX).then_some(total)
}

/// The first number, the seconds of its unit, and what comes after.
fn part(text: &str) -> Option<(u64, u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, rest) = text.split_at(end);
    let mut after = rest.chars();
    let unit = match after.next()? {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    Some((number.parse().ok()?, unit, after.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_have_units() {
        for (text, expected) in [
            ("3600", 3600),
            ("0", 0),
            ("90m", 5400),
            ("4h", 14_400),
            ("1h10m", 4200),
            ("1d", 86_400),
            ("25h", 90_000),
            ("1h1s", 3601),
        ] {
            assert_eq!(ttl(text), Ok(expected), "{text}");
        }
        for text in ["", "-5", "h", "4 h", "4H", "1m1h", "1m1m", "1h10", "+4", "4w", "١h", "1.5h"]
        {
            assert_eq!(ttl(text), Err(TTL), "{text}");
        }
        assert_eq!(ttl(&format!("{}h", u64::MAX)), Err(TTL));
    }

    #[test]
    fn a_time_has_three_forms() {
        assert_eq!(time("1900000000"), Ok(Time::Unix(1_900_000_000)));
        assert_eq!(time("+5m"), Ok(Time::FromNow(300)));
        assert_eq!(time("2030-01-31T12:00:00Z"), Ok(Time::Unix(1_896_091_200)));
        for text in [
            "",
            "+",
            "-5",
            "now",
            "2030-01-31",
            "2030-01-31T12:00:00+02:00",
            "é".repeat(20).as_str(),
        ] {
            assert_eq!(time(text), Err(TIME), "{text}");
        }
    }

    #[test]
    fn a_timeout_is_bounded() {
        assert_eq!(timeout("0.5"), Ok(Duration::from_millis(500)));
        for text in ["0", "-1", "NaN", "inf", "3601", "1s", ""] {
            assert_eq!(timeout(text), Err(TIMEOUT), "{text}");
        }
    }
}
