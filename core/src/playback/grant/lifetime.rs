//! How long a fetched grant lives: the answer does not say, but the token in its playback URL does, by
//! upstream's clock.

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::json_string::unescaped;
use crate::upstream;

/// Clocks no further apart show the same time: dates are whole seconds, and an answer takes a while.
const SAME: Duration = Duration::from_secs(5);

/// A fetched grant's lifetime.
#[derive(Debug, PartialEq)]
pub(super) struct Lifetime {
    /// From when the request was sent.
    pub(super) ttl: Duration,
    /// Whether the answer's `Date` was left out of account: upstream's clock did not write it.
    pub(super) has_implausible_date: bool,
    server_time: Option<Duration>,
}

/// The times that an answer came with, and the local one, since the Unix epoch.
#[derive(Clone, Copy)]
pub(super) struct Times {
    /// The answer's `Date`. A proxy may have written it, by a clock of its own.
    date: Option<Duration>,
    /// When the resource says that it was created. No proxy writes that.
    created: Option<Duration>,
    local: Duration,
}

impl Times {
    pub(super) fn of(headers: &HeaderMap, date_created: Option<&str>, local: Duration) -> Self {
        let created = date_created.and_then(|text| humantime::parse_rfc3339(text).ok());
        Self {
            date: upstream::server_time(headers),
            created: created.and_then(|time| time.duration_since(UNIX_EPOCH).ok()),
            local,
        }
    }

    /// Upstream's time when it answered with a grant that ends at `end`, and whether the `Date` is not
    /// it. A new grant lives for as long as was asked for, by the clock that wrote its end; where the
    /// `Date` says otherwise and stands alone with it, it is of another clock. None if no time is
    /// plausible: then the lifetime that was asked for counts from when the request was sent.
    fn of_upstream(&self, end: Duration, asked: Duration) -> (Option<Duration>, bool) {
        let fits = |time: Duration| is_same(time.saturating_add(asked), end);
        let Some(date) = self.date else { return (self.created, false) };
        let witness = self.created.unwrap_or(self.local);
        if fits(date) || is_same(date, witness) {
            (Some(date), false)
        } else if fits(witness) {
            (Some(witness), true)
        } else if end <= date {
            // Nothing would be left. What no proxy wrote counts, if it leaves anything.
            (self.created.filter(|created| *created < end), true)
        } else {
            // It shortens the grant, which is safe.
            (Some(date), false)
        }
    }
}

fn is_same(a: Duration, b: Duration) -> bool {
    a.abs_diff(b) <= SAME
}

impl Lifetime {
    /// The lifetime asked for, or less if the URL's own token ends sooner. Both of its ends are told by
    /// upstream's clock: the local one may be wrong by an hour.
    pub(super) fn of(grant: &str, asked: u32, times: &Times) -> Self {
        let asked = Duration::from_secs(asked.into());
        let Some(end) = url_token_expiry(grant) else {
            let server_time = times.date.or(times.created);
            return Self { ttl: asked, has_implausible_date: false, server_time };
        };
        let (server_time, has_implausible_date) = times.of_upstream(end, asked);
        let left = server_time.map_or(asked, |now| end.saturating_sub(now));
        Self { ttl: left.min(asked), has_implausible_date, server_time }
    }

    /// How far upstream's clock is ahead of the local one.
    pub(super) fn offset_ms(&self, local: Duration) -> Option<i64> {
        let server = i64::try_from(self.server_time?.as_millis()).ok()?;
        Some(server - i64::try_from(local.as_millis()).ok()?)
    }
}

#[derive(Deserialize)]
struct Grant<'a> {
    #[serde(borrow, rename = "playbackUrl")]
    playback_url: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Claims {
    /// RFC 7519 allows fractions.
    exp: Option<f64>,
}

/// The `exp` of the token in the playback URL, if that is a JSON Web Token with one; a fraction of a
/// second is cut off.
fn url_token_expiry(grant: &str) -> Option<Duration> {
    let url = unescaped(serde_json::from_str::<Grant<'_>>(grant).ok()?.playback_url?.get())?;
    let (_, query) = url.split_once('?')?;
    let query = query.split('#').next()?;
    let token = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    let claims = token.split('.').nth(1)?;
    let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims).ok()?);
    let exp = serde_json::from_slice::<Claims>(&claims).ok()?.exp?;
    Duration::try_from_secs_f64(exp.floor().max(0.0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(claims: &str) -> String {
        let claims = URL_SAFE_NO_PAD.encode(claims);
        format!(r#"{{"playbackUrl":"https:\/\/x.example/v?a=1&token=e30.{claims}.c2ln#f"}}"#)
    }

    /// The local clock agrees with the server's.
    fn lifetime(grant: &str, server: Option<u64>) -> u64 {
        let date = server.map(Duration::from_secs);
        let times = Times { date, created: None, local: date.unwrap_or_default() };
        Lifetime::of(grant, 60, &times).ttl.as_secs()
    }

    #[test]
    fn the_sooner_end_counts() {
        assert_eq!(lifetime(&grant(r#"{"exp":1045}"#), Some(1000)), 45);
        assert_eq!(lifetime(&grant(r#"{"exp":1900}"#), Some(1000)), 60);
        assert_eq!(lifetime(&grant(r#"{"exp":900}"#), Some(1000)), 0);
    }

    #[test]
    fn a_fraction_of_a_second_is_cut_off_and_the_rest_counts() {
        for (exp, left) in
            [("1045.9", 45), ("1045.0", 45), ("1.0451e3", 45), ("0.5", 0), ("-7.5", 0)]
        {
            assert_eq!(lifetime(&grant(&format!(r#"{{"exp":{exp}}}"#)), Some(1000)), left, "{exp}");
        }
        assert_eq!(lifetime(&grant(r#"{"exp":1e300}"#), Some(1000)), 60);
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
    fn a_date_that_stands_alone_is_not_upstreams() {
        // A grant of 60 s that upstream made at 10,000. What each clock shows, the local one last.
        let rows = [
            ("all agree", 60, Some(10_000), Some(10_000), 10_000, (60, false)),
            ("the local clock is off", 60, Some(10_000), Some(10_000), 13_600, (60, false)),
            ("the local clock is off, no creation", 60, Some(10_000), None, 6_400, (60, false)),
            ("a proxy's clock is ahead", 60, Some(10_090), Some(10_000), 10_000, (60, true)),
            (
                "a little ahead: too little would be left",
                60,
                Some(10_054),
                Some(10_000),
                0,
                (60, true),
            ),
            ("behind", 60, Some(6_400), Some(10_000), 10_000, (60, true)),
            ("ahead, no creation", 60, Some(10_090), None, 10_001, (59, true)),
            ("ahead, and no clock fits", 60, Some(10_090), None, 50, (60, true)),
            ("ahead by half, and no clock fits", 60, Some(10_030), None, 50, (30, false)),
            ("an old creation", 60, Some(10_000), Some(500), 50, (60, false)),
            ("a grant that is short", 45, Some(10_000), Some(10_001), 50, (45, false)),
            (
                "short, with a proxy that is ahead",
                45,
                Some(10_090),
                Some(10_000),
                10_000,
                (45, true),
            ),
            ("short, no creation", 45, Some(10_000), None, 10_002, (45, false)),
            ("a grant that is over", 0, Some(10_000), Some(10_000), 50, (0, false)),
            ("over, no creation", 0, Some(10_000), None, 10_000, (0, false)),
        ];
        for (name, lives, date, created, local, expected) in rows {
            let grant = grant(&format!(r#"{{"exp":{}}}"#, 10_000 + lives));
            let seconds = |time: Option<u64>| time.map(Duration::from_secs);
            let (date, created) = (seconds(date), seconds(created));
            let found = Lifetime::of(
                &grant,
                60,
                &Times { date, created, local: Duration::from_secs(local) },
            );
            assert_eq!((found.ttl.as_secs(), found.has_implausible_date), expected, "{name}");
        }
    }

    #[test]
    fn upstreams_time_is_its_date_or_the_date_of_creation() {
        let seen = |headers: &HeaderMap, created| {
            let times = Times::of(headers, created, Duration::ZERO);
            Lifetime::of("{}", 60, &times).server_time.map(|time| time.as_secs())
        };
        let mut headers = HeaderMap::new();
        let created = Some("2015-07-30T20:00:00Z");
        assert_eq!(seen(&headers, created), Some(1_438_286_400));
        assert_eq!(seen(&headers, Some("today")), None);
        headers.insert("date", "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap());
        assert_eq!(seen(&headers, created), Some(784_111_777));
        let times =
            Times { date: Some(Duration::from_secs(100)), created: None, local: Duration::ZERO };
        let offset = Lifetime::of("{}", 60, &times);
        assert_eq!(offset.offset_ms(Duration::from_millis(100_500)), Some(-500));
    }
}
