//! Upstream's clock, as an answer shows it.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, header};

/// How long ago upstream wrote the answer, if a cache on the way has kept it.
pub(crate) fn age(headers: &HeaderMap) -> Duration {
    let text = headers.get(header::AGE).and_then(|value| value.to_str().ok());
    let seconds = text.and_then(|text| text.trim().parse::<u32>().ok());
    Duration::from_secs(seconds.unwrap_or(0).into())
}

/// The time since the Unix epoch in the answer's `Date`.
pub(crate) fn server_time(headers: &HeaderMap) -> Option<Duration> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()
}
