//! A playback grant that was fetched.

use std::fmt;
use std::time::Duration;

use crate::cache::Grant;
use crate::error::{Error, ErrorKind, Result};
use crate::json::Json;
use crate::wiped::WipedString;

/// A larger grant would make tokens that no player accepts.
pub(crate) const GRANT_MAX_BYTES: usize = 64 * 1024;

/// A grant that a source has fetched.
pub struct Fetched {
    pub(crate) grant: Grant,
    pub(crate) ttl: Option<Duration>,
    pub(crate) seen: Seen,
}

/// What an answer of upstream showed of its clock.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seen {
    /// How far it is ahead of the local one.
    pub(crate) clock_offset_ms: Option<i64>,
    /// Whether the answer's `Date` was left out of account.
    pub(crate) has_implausible_date: bool,
}

impl Fetched {
    /// A grant: the JSON text of an object, kept byte for byte. It lives for as long as was asked
    /// for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UpstreamNotJson`] for text that is not JSON or nests over 64 levels,
    /// [`ErrorKind::UpstreamNoGrant`] for JSON that is no object (the player refuses a grant that is
    /// wrapped into a string), [`ErrorKind::UpstreamTooLarge`] over 64 KiB.
    pub fn new(grant: impl Into<String>) -> Result<Self> {
        let grant = WipedString::from(grant.into());
        if grant.len() > GRANT_MAX_BYTES {
            return Err(too_large());
        }
        // By the rules of what goes into a token: what is stored can be minted.
        let json = Json::parse(grant.trim_ascii())
            .map_err(|_| Error::new(ErrorKind::UpstreamNotJson, "the grant is not JSON"))?;
        if !json.is_object() {
            return Err(Error::new(
                ErrorKind::UpstreamNoGrant,
                "the grant must be a JSON object, not wrapped into a string or anything else",
            ));
        }
        Ok(Self { grant: Grant::new(json.as_str()), ttl: None, seen: Seen::default() })
    }

    /// The same grant with the lifetime that it really has, if that is shorter than was asked for. A
    /// longer one ends its fetch as [`ErrorKind::SourceFailed`].
    #[must_use]
    pub fn with_ttl(mut self, ttl: Duration) -> Self {
        self.ttl = Some(ttl);
        self
    }

    /// The grant's JSON text. Treat it as the secret it is.
    #[must_use]
    pub fn grant_json(&self) -> &str {
        self.grant.as_str()
    }

    /// Notes what the answer showed of upstream's clock.
    #[cfg(feature = "http")]
    #[must_use]
    pub(crate) fn with_seen(mut self, seen: Seen) -> Self {
        self.seen = seen;
        self
    }
}

pub(crate) fn too_large() -> Error {
    Error::new(ErrorKind::UpstreamTooLarge, "the answer of upstream is over 64 KiB")
}

impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetched").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_objects_are_grants() {
        let kind = |text: &str| Fetched::new(text).unwrap_err().kind();
        assert_eq!(kind("{"), ErrorKind::UpstreamNotJson);
        assert_eq!(kind("{} x"), ErrorKind::UpstreamNotJson);
        // No token could carry these.
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(64), "]".repeat(64));
        for text in [r#"{"a":"\ud800"}"#, r#"{"a":1e999}"#, &deep] {
            assert_eq!(kind(text), ErrorKind::UpstreamNotJson, "{text}");
        }
        for text in ["\"{}\"", "[]", "null", "1"] {
            assert_eq!(kind(text), ErrorKind::UpstreamNoGrant);
        }
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(GRANT_MAX_BYTES));
        assert_eq!(kind(&large), ErrorKind::UpstreamTooLarge);
        let exact = "{ \"a\" : 1.50,\"a\":2 }";
        assert_eq!(Fetched::new(exact).unwrap().grant.as_str(), exact);
        assert!(!format!("{:?}", Fetched::new("{\"s\":1}").unwrap()).contains("\"s\""));
    }
}
