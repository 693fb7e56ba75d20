//! Upstream's clock, as an answer shows it.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, header};

/// The time since the Unix epoch in the answer's `Date`.
pub(crate) fn server_time(headers: &HeaderMap) -> Option<Duration> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()
}
