//! How the client reaches upstream.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use http::Uri;

use crate::error::{Error, ErrorKind, Result};

/// The vendor's host.
pub(crate) const DEFAULT_BASE_URL: &str = "https://media.twilio.com";
/// No sensible URL is longer.
const URL_MAX_BYTES: usize = 2048;

/// How the built-in client reaches upstream. The environment's
/// proxy variables are not read.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientOptions {
    /// Scheme, host and port of upstream, without `/v1`. Plain http is allowed on loopback only.
    pub base_url: String,
    /// The URL of an HTTP proxy, which is asked to CONNECT; none by default.
    pub proxy: Option<String>,
    /// A PEM file with the certificate authorities to trust instead of the built-in ones.
    pub ca_file: Option<PathBuf>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self { base_url: DEFAULT_BASE_URL.to_owned(), proxy: None, ca_file: None }
    }
}

impl ClientOptions {
    /// The base URL in its one spelling: without a trailing slash or `/v1`.
    pub(crate) fn checked_base_url(&self) -> Result<Box<str>> {
        let text = self.base_url.trim_end_matches('/');
        let text = text.strip_suffix("/v1").unwrap_or(text).trim_end_matches('/');
        let uri = checked_uri(text, "base_url")?;
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(uri.host()) => {}
            Some("http") => {
                return Err(invalid("base_url: plain http is allowed on loopback only"));
            }
            _ => return Err(invalid("base_url must be an https URL")),
        }
        // Schemes and hosts have no case; a path has.
        let path = text.strip_suffix(uri.path()).map_or("", |_| uri.path());
        let place = &text[..text.len() - path.len()];
        Ok(format!("{}{path}", place.to_ascii_lowercase()).into())
    }
}

/// A URL with a host and without a user, a query or a fragment.
fn checked_uri(text: &str, what: &str) -> Result<Uri> {
    let malformed = || Error::new(ErrorKind::InvalidUrl, format!("{what} is not a URL"));
    if text.len() > URL_MAX_BYTES || text.contains(['@', '?', '#']) {
        return Err(Error::new(
            ErrorKind::InvalidUrl,
            format!("{what} must have no user, query or fragment and at most 2,048 bytes"),
        ));
    }
    let uri = Uri::from_str(text).map_err(|_| malformed())?;
    if uri.host().is_none_or(str::is_empty) {
        return Err(malformed());
    }
    Ok(uri)
}

pub(super) fn is_loopback(host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidUrl, why)
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A proxy's URL may hold a password.
        f.debug_struct("ClientOptions")
            .field("base_url", &self.base_url)
            .field("proxy", &self.proxy.as_ref().map(|_| ".."))
            .field("ca_file", &self.ca_file)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(base_url: &str) -> Result<Box<str>> {
        let base_url = base_url.to_owned();
        ClientOptions { base_url, ..ClientOptions::default() }.checked_base_url()
    }

    #[test]
    fn one_host_one_spelling() {
        for text in [
            "https://media.twilio.com",
            "https://media.twilio.com/",
            "https://media.twilio.com/v1",
            "https://MEDIA.twilio.com/v1/",
        ] {
            assert_eq!(&*checked(text).unwrap(), DEFAULT_BASE_URL);
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
