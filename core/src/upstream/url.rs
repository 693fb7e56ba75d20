//! URLs of upstream: what may be called, in its one spelling.

use std::str::FromStr;

use http::Uri;

use crate::authority::Authority;
use crate::error::{Error, ErrorKind, Result};

/// No sensible URL is longer.
const URL_MAX_BYTES: usize = 2048;

/// A checked base URL.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// What is called, without a trailing slash or `/v1`.
    pub(crate) called: Box<str>,
    /// Where that is, in its one spelling.
    pub(crate) place: Box<str>,
    /// Its host and port.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "nothing is called then"))]
    pub(crate) authority: Authority,
    /// Its path, without a trailing slash.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "nothing is called then"))]
    pub(crate) path: Box<str>,
    /// Whether that is this machine.
    #[cfg_attr(not(feature = "http"), allow(dead_code, reason = "nothing is called then"))]
    pub(crate) is_loopback: bool,
}

impl BaseUrl {
    /// # Errors
    ///
    /// [`ErrorKind::InvalidUrl`] for what is no https URL; plain http is allowed on loopback only.
    pub(crate) fn parse(base_url: &str) -> Result<Self> {
        let invalid = |what| invalid("base_url", what);
        let text = base_url.trim_end_matches('/');
        let text = text.strip_suffix("/v1").unwrap_or(text).trim_end_matches('/');
        if text.len() > URL_MAX_BYTES || text.contains(['@', '?', '#']) {
            return Err(invalid("must have no user, query or fragment and at most 2,048 bytes"));
        }
        let (scheme, rest) =
            text.split_once("://").ok_or_else(|| invalid("must be an https URL"))?;
        let (scheme, default) = match scheme.to_ascii_lowercase().as_str() {
            "https" => ("https", 443),
            "http" => ("http", 80),
            _ => return Err(invalid("must be an https URL")),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = Authority::parse(authority, Some(default)).map_err(invalid)?;
        let is_loopback = authority.is_loopback();
        if scheme == "http" && !is_loopback {
            return Err(invalid("must be https: plain http is allowed on loopback only"));
        }
        check_path(path)?;
        // Schemes and hosts have no case; a path has.
        let spelled = |authority: &Authority| format!("{scheme}://{authority}{path}").into();
        let (place, called) = (spelled(&authority.undotted()), spelled(&authority));
        Ok(Self { called, place, authority, path: path.into(), is_loopback })
    }
}

fn check_path(path: &str) -> Result<()> {
    let steps = path.split('/').any(|part| matches!(part, "." | ".."));
    if steps || !path.is_ascii() || !path.is_empty() && Uri::from_str(path).is_err() {
        return Err(invalid("base_url", "must have a path of ASCII characters without . and .."));
    }
    Ok(())
}

/// Checks the URL of a proxy, which may hold a user and a password, and returns where it is.
#[cfg(feature = "http")]
pub(crate) fn checked_proxy(text: &str) -> Result<Authority> {
    let invalid = |what| invalid("proxy", what);
    let no_url = "must be an http URL";
    let (scheme, rest) = text.split_once("://").ok_or_else(|| invalid(no_url))?;
    let default = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return Err(invalid(no_url)),
    };
    Uri::from_str(text).map_err(|_| invalid(no_url))?;
    let authority = rest.split('/').next().unwrap_or_default();
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    Authority::parse(place, Some(default)).map_err(invalid)
}

fn invalid(argument: &str, what: &str) -> Error {
    Error::of_argument(ErrorKind::InvalidUrl, argument, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(base_url: &str) -> Result<Box<str>> {
        BaseUrl::parse(base_url).map(|url| url.place)
    }

    #[test]
    fn one_host_one_spelling() {
        for text in [
            "https://media.twilio.com",
            "https://media.twilio.com/",
            "https://media.twilio.com/v1",
            "https://MEDIA.twilio.com/v1/",
            "https://media.twilio.com:443",
            "https://media.twilio.com:0443/v1",
            "https://media.twilio.com.",
            "https://media.twilio.com.:443//v1//",
        ] {
            assert_eq!(&*place(text).unwrap(), "https://media.twilio.com", "{text}");
        }
        for text in ["http://127.0.0.1:8900", "http://localhost:1", "http://[::1]:8900"] {
            assert_eq!(&*place(text).unwrap(), text);
        }
        assert_eq!(&*place("http://[0:0:0:0:0:0:0:1]:80").unwrap(), "http://[::1]");
        for text in ["https://Gateway.example.com/Twilio/v1", "HTTPS://gateway.example.com/Twilio/"]
        {
            assert_eq!(&*place(text).unwrap(), "https://gateway.example.com/Twilio");
        }
    }

    #[test]
    fn a_name_is_looked_up_with_the_dot_that_was_given() {
        let called = BaseUrl::parse("https://Media.twilio.com.:0443/").unwrap().called;
        assert_eq!(&*called, "https://media.twilio.com.");
    }

    #[test]
    fn what_could_leak_the_key_or_never_be_reached_is_refused() {
        for text in [
            "http://media.twilio.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://127.1",
            "ftp://media.twilio.com",
            "media.twilio.com",
            "//media.twilio.com",
            "https://",
            "https://user:pass@media.twilio.com",
            "https://media.twilio.com?x=1",
            "https://media twilio.com",
            "https://media.twilio.com:0",
            "https://media.twilio.com:99999",
            "https://media.twilio.com:",
            "https://media.twilio.com:+443",
            "https://media.twilio.com/a/../b",
            "https://media.twilio.com/./a",
            "https://media.twilio.com/å",
            "https://media.twilio.com/a b",
            "",
        ] {
            assert_eq!(place(text).unwrap_err().kind(), ErrorKind::InvalidUrl, "{text:?}");
        }
    }

    #[cfg(feature = "http")]
    #[test]
    fn a_proxy_is_somewhere_too() {
        for (text, place) in [
            ("http://user:p@Proxy.example:3128/", "proxy.example:3128"),
            ("https://proxy.example:443", "proxy.example"),
            ("http://[0:0::1]:1", "[::1]:1"),
        ] {
            assert_eq!(checked_proxy(text).unwrap().to_string(), place);
        }
        for text in
            ["", "proxy:3128", "socks5://a:1", "http://a:0", "http://a:99999", "http://u:p@:1"]
        {
            let refused = checked_proxy(text).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidUrl, "{text:?}");
        }
    }
}
