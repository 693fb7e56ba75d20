//! URLs of upstream: what may be called, in its one spelling.

use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;

use crate::error::{Error, ErrorKind, Result};

/// No sensible URL is longer.
const URL_MAX_BYTES: usize = 2048;

/// A base URL in its one spelling: without a trailing slash or `/v1`.
///
/// # Errors
///
/// [`ErrorKind::InvalidUrl`] for what is no https URL; plain http is allowed on loopback only.
pub(crate) fn checked_base_url(base_url: &str) -> Result<Box<str>> {
    let text = base_url.trim_end_matches('/');
    let text = text.strip_suffix("/v1").unwrap_or(text).trim_end_matches('/');
    let uri = checked_uri(text, "base_url")?;
    match uri.scheme_str() {
        Some("https") => {}
        Some("http") if is_loopback(uri.host()) => {}
        Some("http") => {
            return Err(invalid(
                "base_url",
                "must be https: plain http is allowed on loopback only",
            ));
        }
        _ => return Err(invalid("base_url", "must be an https URL")),
    }
    // Schemes and hosts have no case; a path has.
    let path = text.strip_suffix(uri.path()).map_or("", |_| uri.path());
    let place = &text[..text.len() - path.len()];
    Ok(format!("{}{path}", place.to_ascii_lowercase()).into())
}

/// A URL with a host and without a user, a query or a fragment.
fn checked_uri(text: &str, argument: &str) -> Result<Uri> {
    let malformed = || invalid(argument, "must be a URL such as https://host.example");
    if text.len() > URL_MAX_BYTES || text.contains(['@', '?', '#']) {
        let what = "must have no user, query or fragment and at most 2,048 bytes";
        return Err(invalid(argument, what));
    }
    let uri = Uri::from_str(text).map_err(|_| malformed())?;
    if uri.host().is_none_or(str::is_empty) {
        return Err(malformed());
    }
    Ok(uri)
}

/// Whether a URL's host is this machine.
pub(crate) fn is_loopback(host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn invalid(argument: &str, what: &str) -> Error {
    Error::of_argument(ErrorKind::InvalidUrl, argument, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(base_url: &str) -> Result<Box<str>> {
        checked_base_url(base_url)
    }

    #[test]
    fn one_host_one_spelling() {
        for text in [
            "https://media.twilio.com",
            "https://media.twilio.com/",
            "https://media.twilio.com/v1",
            "https://MEDIA.twilio.com/v1/",
        ] {
            assert_eq!(&*checked(text).unwrap(), "https://media.twilio.com");
        }
        for text in ["http://127.0.0.1:8900", "http://localhost:1", "http://[::1]:8900"] {
            assert_eq!(&*checked(text).unwrap(), text);
        }
        for text in ["https://Gateway.example.com/Twilio/v1", "HTTPS://gateway.example.com/Twilio/"]
        {
            assert_eq!(&*checked(text).unwrap(), "https://gateway.example.com/Twilio");
        }
    }

    #[test]
    fn what_could_leak_the_key_is_refused() {
        for text in [
            "http://media.twilio.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "ftp://media.twilio.com",
            "media.twilio.com",
            "https://",
            "https://user:pass@media.twilio.com",
            "https://media.twilio.com?x=1",
            "https://media twilio.com",
            "",
        ] {
            assert_eq!(checked(text).unwrap_err().kind(), ErrorKind::InvalidUrl, "{text:?}");
        }
    }
}
