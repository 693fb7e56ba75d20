//! How long a fetched grant lives: the answer does not say, but the token in its playback URL does, by
//! upstream's clock.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::value::RawValue;
use ureq::http::HeaderMap;
use zeroize::Zeroizing;

use crate::json_string::unescaped;
use crate::upstream;

/// A fetched grant's lifetime.
#[derive(Debug, PartialEq)]
pub(super) struct Lifetime {
    /// From when the request was sent.
    pub(super) ttl: Duration,
    server_time: Option<Duration>,
}

#[derive(Deserialize)]
struct Grant<'a> {
    #[serde(borrow, rename = "playbackUrl")]
    playback_url: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Claims {
    exp: Option<u64>,
}

impl Lifetime {
    /// The lifetime asked for, or less if the URL's own token ends sooner. Both of its ends are told by
    /// upstream's clock: the local one may be wrong by an hour.
    pub(super) fn of(grant: &str, asked: u32, server_time: Option<Duration>) -> Self {
        let asked = Duration::from_secs(asked.into());
        let end = url_token_expiry(grant).map(Duration::from_secs);
        let left = end.zip(server_time).map(|(end, now)| end.saturating_sub(now));
        Self { ttl: left.map_or(asked, |left| left.min(asked)), server_time }
    }

    /// How far upstream's clock is ahead of the local one.
    pub(super) fn offset_ms(&self, local: Duration) -> Option<i64> {
        let server = i64::try_from(self.server_time?.as_millis()).ok()?;
        Some(server - i64::try_from(local.as_millis()).ok()?)
    }
}

/// Upstream's time: the answer's `Date`, else when the resource says that it was created.
pub(super) fn server_time(headers: &HeaderMap, date_created: Option<&str>) -> Option<Duration> {
    upstream::server_time(headers)
        .or_else(|| humantime::parse_rfc3339(date_created?).ok()?.duration_since(UNIX_EPOCH).ok())
}

/// The `exp` of the token in the playback URL, if that is a JSON Web Token with one.
fn url_token_expiry(grant: &str) -> Option<u64> {
    let url = unescaped(serde_json::from_str::<Grant<'_>>(grant).ok()?.playback_url?.get())?;
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next()?;
    let token = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    let claims = token.split('.').nth(1)?;
    let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims).ok()?);
    serde_json::from_slice::<Claims>(&claims).ok()?.exp
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(claims: &str) -> String {
        let claims = URL_SAFE_NO_PAD.encode(claims);
        format!(r#"{{"playbackUrl":"https:\/\/x.example/v?a=1&token=e30.{claims}.c2ln#f"}}"#)
    }

    fn lifetime(grant: &str, server: Option<u64>) -> u64 {
        Lifetime::of(grant, 60, server.map(Duration::from_secs)).ttl.as_secs()
    }

    #[test]
    fn the_sooner_end_counts() {
        assert_eq!(lifetime(&grant(r#"{"exp":1045}"#), Some(1000)), 45);
        assert_eq!(lifetime(&grant(r#"{"exp":1900}"#), Some(1000)), 60);
        assert_eq!(lifetime(&grant(r#"{"exp":900}"#), Some(1000)), 0);
    }

    #[test]
    fn without_a_token_or_a_server_time_the_asked_lifetime_counts() {
        assert_eq!(lifetime(&grant(r#"{"exp":1045}"#), None), 60);
        assert_eq!(lifetime(&grant("{}"), Some(1000)), 60);
        assert_eq!(lifetime(&grant(r#"{"exp":"soon"}"#), Some(1000)), 60);
        for grant in ["{}", r#"{"playbackUrl":"https://x/?token=123"}"#, r#"{"playbackUrl":1}"#] {
            assert_eq!(lifetime(grant, Some(1000)), 60);
        }
    }

    #[test]
    fn upstreams_time_is_its_date_or_the_date_of_creation() {
        let mut headers = HeaderMap::new();
        let created = Some("2015-07-30T20:00:00Z");
        assert_eq!(server_time(&headers, created), Some(Duration::from_secs(1_438_286_400)));
        assert_eq!(server_time(&headers, Some("today")), None);
        headers.insert("date", "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        assert_eq!(server_time(&headers, created), Some(Duration::from_secs(784_111_777)));
        let offset = Lifetime::of("{}", 60, Some(Duration::from_secs(100)));
        assert_eq!(offset.offset_ms(Duration::from_millis(100_500)), Some(-500));
    }
}
