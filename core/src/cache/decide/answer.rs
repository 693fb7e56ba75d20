//! What an answer of a source may be: the table for all languages. Their libraries convert an answer,
//! and ask here.

use std::time::Duration;

use super::key::TTL_MAX;
use crate::error::{Error, ErrorKind, Result};

/// So much more than was asked for is what rounding makes of the same time. It shortens nothing.
const ROUNDING_S: f64 = 1.0;
/// From this many times what was asked for up to somewhat over 1,000, the unit is likely to be wrong.
const MILLISECONDS: std::ops::RangeInclusive<f64> = 100.0..=1001.0;
/// Numbers from here on are points in time: 1e9 s is the year 2001, and no lifetime that anybody asks for.
const UNIX_SECONDS: f64 = 1e9;
const UNIX_MILLISECONDS: f64 = 1e12;
/// The fields beside the grant in a PlaybackGrant resource, as its body and Twilio's libraries spell them.
const OF_RESOURCE: [&str; 6] =
    ["sid", "url", "account_sid", "accountSid", "date_created", "dateCreated"];
/// A longer name of a field may be a secret that came in its place.
const SHOWN: usize = 20;

/// The lifetime of a fetched grant: what its source said, in seconds, but no more than was asked for. A
/// source can only shorten it.
///
/// # Errors
///
/// [`ErrorKind::InvalidTtl`] for more than was asked for (less than a second is rounding), for a negative
/// number, and for one that is not finite. The message says what is probably wrong.
///
/// # Examples
///
/// ```
/// use grantmint_core::answer_ttl;
/// use std::time::Duration;
///
/// let minute = Duration::from_secs(60);
/// assert_eq!(answer_ttl(45.0, minute)?, Duration::from_secs(45));
/// let refused = answer_ttl(60_000.0, minute).unwrap_err();
/// assert!(refused.message().contains("is it in milliseconds?"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
pub fn answer_ttl(seconds: f64, asked: Duration) -> Result<Duration> {
    if !seconds.is_finite() {
        return Err(wrong_ttl(format!("must be a finite number of seconds, not {seconds}")));
    }
    if seconds < 0.0 {
        return Err(wrong_ttl(format!("must be over 0, not {}", shown(seconds))));
    }
    let most = asked.as_secs_f64();
    if seconds <= most {
        // A float of the very time may lie a nanosecond above it.
        return Ok(Duration::from_secs_f64(seconds).min(asked));
    }
    if seconds - most < ROUNDING_S {
        return Ok(asked);
    }
    let (most, came, advice) = (shown(most), shown(seconds), advice(seconds, most));
    Err(wrong_ttl(format!(
        "must be at most the {most} s that were asked for, not {came} s: {advice}"
    )))
}

/// What is probably wrong with a lifetime that is longer than was asked for.
fn advice(seconds: f64, asked: f64) -> &'static str {
    if seconds >= UNIX_MILLISECONDS {
        return "is it a point in time, in milliseconds? Write the seconds until then";
    }
    if seconds >= UNIX_SECONDS {
        return "is it a point in time? Write the seconds until then";
    }
    let is_milliseconds = MILLISECONDS.contains(&(seconds / asked));
    match (is_milliseconds, seconds > TTL_MAX.as_secs_f64()) {
        (true, true) => "is it in milliseconds?",
        (true, false) => "is it in milliseconds? If not, ask for a longer one",
        (false, true) => "no grant is cached for over 48 h (172,800 s)",
        (false, false) => "ask for a longer one, or answer with a shorter one",
    }
}

fn wrong_ttl(what: String) -> Error {
    Error::of_argument(ErrorKind::InvalidTtl, "ttl", what)
}

/// A number in a message, which stays short.
fn shown(seconds: f64) -> String {
    if seconds.abs() < 1e16 { seconds.to_string() } else { format!("{seconds:e}") }
}

/// Refuses a field that an answer does not have. An answer has `grant`, and `ttl` if the grant lives
/// shorter than was asked for. The other fields of the PlaybackGrant resource may be there, too: its body
/// is an answer as it is.
///
/// # Errors
///
/// [`ErrorKind::InvalidArgument`], whose message says which field may be meant.
///
/// # Examples
///
/// ```
/// use grantmint_core::answer_field;
///
/// assert!(answer_field("ttl").is_ok());
/// let refused = answer_field("expires_in").unwrap_err();
/// assert_eq!(refused.message(), "the answer has no field \"expires_in\": did you mean ttl?");
/// ```
pub fn answer_field(name: &str) -> Result<()> {
    if matches!(name, "grant" | "ttl") || OF_RESOURCE.contains(&name) {
        return Ok(());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let shown = match name.len() {
        1..=SHOWN if name.chars().all(plain) => format!("\"{name}\""),
        _ => "of such a name".to_owned(),
    };
    let message = format!("the answer has no field {shown}: {}", meant(name));
    Err(Error::new(ErrorKind::InvalidArgument, message))
}

/// What a field of another name is likely to be, by what other services call it.
fn meant(name: &str) -> &'static str {
    let name: String = name.chars().filter(|c| !matches!(c, '_' | '-')).collect();
    match name.to_ascii_lowercase().as_str() {
        "ttl" | "expiresin" | "lifetime" | "maxage" | "validfor" | "ttlseconds" | "ttlsecs"
        | "seconds" => "did you mean ttl?",
        "ttlms" | "ttlmillis" | "expiresinms" | "lifetimems" | "maxagems" => {
            "did you mean ttl, in seconds?"
        }
        "expires" | "expiresat" | "expireson" | "expiry" | "expiration" | "expirationtime"
        | "exp" | "validuntil" | "notafter" => "did you mean ttl, the seconds until then?",
        "accesstoken" | "token" | "idtoken" | "jwt" | "grants" | "playbackgrant" | "credential"
        | "credentials" | "value" => "did you mean grant?",
        "data" | "body" | "result" | "response" | "payload" | "answer" => {
            "return what is in it, as grant and ttl"
        }
        _ => "it has grant and ttl",
    }
}

/// Refuses a grant that is no credential: empty text, and `null`.
///
/// # Errors
///
/// [`ErrorKind::UpstreamNoGrant`].
///
/// # Examples
///
/// ```
/// use grantmint_core::{ErrorKind, answer_grant};
///
/// assert!(answer_grant("a credential").is_ok());
/// assert_eq!(answer_grant("null").unwrap_err().kind(), ErrorKind::UpstreamNoGrant);
/// ```
pub fn answer_grant(grant: &str) -> Result<()> {
    let what = match grant.trim_ascii() {
        "" => "empty",
        "null" => "null",
        _ => return Ok(()),
    };
    let message = format!("the grant that was fetched is {what}");
    Err(Error::new(ErrorKind::UpstreamNoGrant, message))
}

/// Refuses what is no credential, or lives longer than was asked for. The lifetime of what is good.
pub(crate) fn check_answer(grant: &str, lifetime: Duration, asked: Duration) -> Result<Duration> {
    answer_grant(grant)?;
    answer_ttl(lifetime.as_secs_f64(), asked).map_err(|wrong| {
        let message = format!("the source of grants gave a wrong answer: {}", wrong.message());
        Error::new(ErrorKind::SourceFailed, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn a_credential_has_text_and_lives_as_long_as_was_asked_for_at_most() {
        let kind =
            |grant, lifetime| check_answer(grant, lifetime, MINUTE).err().map(|error| error.kind());
        for grant in ["", " ", "null", " null\n"] {
            assert_eq!(kind(grant, MINUTE), Some(ErrorKind::UpstreamNoGrant), "{grant:?}");
        }
        for grant in ["{}", "nullified", "a grant"] {
            assert_eq!(kind(grant, MINUTE), None);
        }
        for seconds in [61, 172_801, 3_600_000, u64::MAX] {
            assert_eq!(kind("{}", Duration::from_secs(seconds)), Some(ErrorKind::SourceFailed));
        }
    }

    #[test]
    fn rounding_is_forgiven_and_lengthens_nothing() {
        for seconds in [60.0, 60.0 + 1e-9, 60.99] {
            assert_eq!(answer_ttl(seconds, MINUTE).unwrap(), MINUTE, "{seconds}");
        }
        assert_eq!(answer_ttl(172_800.05, TTL_MAX).unwrap(), TTL_MAX);
        let odd = Duration::from_nanos(1_234_567_891);
        assert_eq!(answer_ttl(odd.as_secs_f64(), odd).unwrap(), odd);
        assert!(answer_ttl(61.0, MINUTE).is_err());
    }

    #[test]
    fn a_field_of_another_name_is_told_what_it_may_be() {
        for (name, meant) in [
            ("expires_in", "did you mean ttl?"),
            ("ttl-ms", "did you mean ttl, in seconds?"),
            ("notAfter", "did you mean ttl, the seconds until then?"),
            ("access_token", "did you mean grant?"),
            ("data", "return what is in it, as grant and ttl"),
            ("viewers", "it has grant and ttl"),
        ] {
            let message = answer_field(name).unwrap_err().message().to_owned();
            assert_eq!(message, format!("the answer has no field \"{name}\": {meant}"));
        }
        assert!(OF_RESOURCE.iter().all(|name| answer_field(name).is_ok()));
    }

    #[test]
    fn a_name_that_may_be_a_secret_is_not_shown() {
        for name in ["", "eyJhbGciOiJIUzI1NiJ9.e30", "0123456789abcdef01234", "häh?"] {
            let message = answer_field(name).unwrap_err().message().to_owned();
            assert_eq!(message, "the answer has no field of such a name: it has grant and ttl");
        }
    }
}
