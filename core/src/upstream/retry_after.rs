//! The `Retry-After` header in both of its forms.

use std::time::{Duration, UNIX_EPOCH};

use crate::clock::Clock;

/// The time to wait: whole seconds, or until an HTTP date by upstream's own clock. Zero, a date in
/// the past and anything malformed count as no header at all.
pub(crate) fn parse(text: &str, server_time: Option<Duration>) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // Too many digits for a number mean the longest wait; the cache has its own limit.
        let seconds = text.parse().unwrap_or(u64::from(u32::MAX));
        return (seconds > 0).then(|| Duration::from_secs(seconds.min(u32::MAX.into())));
    }
    let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = server_time.unwrap_or_else(|| Clock::system().now().wall());
    date.checked_sub(now).filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let server = Some(Duration::from_secs(784_111_777));
        let seconds = |text| parse(text, server).map(|time| time.as_secs());
        assert_eq!(seconds("10"), Some(10));
        assert_eq!(seconds(" 86400 "), Some(86_400));
        assert_eq!(seconds("99999999999999999999999"), Some(u32::MAX.into()));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10));
    }

    #[test]
    fn nonsense_is_no_header() {
        let server = Some(Duration::from_secs(784_111_777));
        for text in ["", "0", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:36 GMT", "1 second"] {
            assert_eq!(parse(text, server), None, "{text:?}");
        }
    }
}
