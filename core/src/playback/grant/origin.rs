//! The web origin that a grant allows.

use std::fmt;
use std::sync::Arc;

use crate::authority::Authority;
use crate::error::{Error, ErrorKind, Result};

/// No browser sends a longer one.
const ORIGIN_MAX_BYTES: usize = 255;

/// A full web origin in its one spelling, or `*`. It becomes part of a cache key, so spellings that
/// mean the same must be the same.
///
/// # Example: one origin, one spelling
///
/// ```
/// use grantmint_core::Origin;
///
/// let origin = Origin::parse("HTTPS://WWW.Example.com:443")?;
/// assert_eq!(origin.as_str(), "https://www.example.com");
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin(Arc<str>);

impl Origin {
    /// Reads `scheme://host[:port]` or `*`. Origins are spelled as browsers send them: scheme and host
    /// in lower case, an IPv6 address in its shortest form, the scheme's default port and a lone
    /// trailing slash dropped.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidOrigin`] for anything else: a path, a query, a user, a host with
    /// characters outside ASCII (use its `xn--` form), an IPv4 address without its four numbers, or
    /// more than 255 bytes.
    pub fn parse(text: &str) -> Result<Self> {
        if text == "*" {
            return Ok(Self(text.into()));
        }
        normalised(text).map(|origin| Self(origin.into())).ok_or_else(|| {
            let what = "must be a full origin such as https://www.example.com, or *";
            Error::of_argument(ErrorKind::InvalidOrigin, "allow_origin", what)
        })
    }

    /// The origin as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn normalised(text: &str) -> Option<String> {
    if text.len() > ORIGIN_MAX_BYTES {
        return None;
    }
    let (scheme, rest) = text.split_once("://")?;
    let scheme = checked_scheme(scheme)?;
    let default = match scheme.as_str() {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let authority = Authority::parse(authority, default).ok()?;
    Some(format!("{scheme}://{authority}"))
}

fn checked_scheme(text: &str) -> Option<String> {
    let may_follow = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let valid = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(may_follow);
    valid.then(|| text.to_ascii_lowercase())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_mean_the_same_are_the_same() {
        let same = [
            ("https://example.com", "https://example.com"),
            ("https://example.com/", "https://example.com"),
            ("HTTPS://Example.COM:443", "https://example.com"),
            ("http://example.com:80/", "http://example.com"),
            ("http://example.com:443", "http://example.com:443"),
            ("http://localhost:08080", "http://localhost:8080"),
            ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
            ("https://[::1]", "https://[::1]"),
            ("https://[0:0:0:0:0:0:0:1]", "https://[::1]"),
            ("https://[::ffff:10.0.0.1]", "https://[::ffff:a00:1]"),
            // To a browser it is another origin.
            ("https://example.com.", "https://example.com."),
            ("capacitor://localhost", "capacitor://localhost"),
            ("*", "*"),
        ];
        for (text, origin) in same {
            assert_eq!(Origin::parse(text).unwrap().as_str(), origin, "{text}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        let long = format!("https://{}.com", "a".repeat(250));
        let wrong = [
            "",
            "example.com",
            "https://",
            "https:///",
            "https://example.com/live",
            "//example.com",
            "https://example.com//",
            "https://example.com?x",
            "https://example.com#x",
            "https://*",
            "https://user@example.com",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:+8443",
            "https://127.1",
            "https://0x7f.0.0.1",
            "ht%74p://example.com",
            "https://example.com:65536",
            "https://exa mple.com",
            "https://example.com\n",
            "https://åsa.example",
            "https://[::1",
            "https://[zz]",
            "null",
            "**",
            &long,
            "https://a,https://b",
            "1https://example.com",
            "https://%65xample.com",
        ];
        for text in wrong {
            let refused = Origin::parse(text).map_err(|error| error.kind());
            assert_eq!(refused, Err(ErrorKind::InvalidOrigin), "{text:?}");
        }
    }
}
