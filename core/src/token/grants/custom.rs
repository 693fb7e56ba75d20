//! Grants that have no struct of their own.

use crate::error::{Error, ErrorKind, Result};
use crate::json::Json;
use crate::limits::GRANT_KEY_MAX_BYTES;

/// The identity stands among the grants under this name.
pub(crate) const IDENTITY_KEY: &str = "identity";

/// Any JSON under a key of the caller's choice, for grants that this library does not know.
///
/// `Debug` shows the key alone.
///
/// # Example: a grant of tomorrow
///
/// ```
/// use grantmint_core::{CustomGrant, Json};
///
/// let grant = CustomGrant::new("hologram", Json::parse(r#"{"stage": 1}"#)?)?;
/// assert_eq!(grant.key(), "hologram");
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomGrant {
    key: String,
    json: Json,
}

impl CustomGrant {
    /// A grant from its key and content.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidGrant`] if the key is empty, over 64 bytes or `identity`, which stands
    /// among the grants of every token.
    pub fn new(key: impl Into<String>, json: Json) -> Result<Self> {
        let key = key.into();
        let invalid = |what| Err(Error::of_argument(ErrorKind::InvalidGrant, "key", what));
        match key.as_str() {
            "" => invalid("must not be empty"),
            IDENTITY_KEY => invalid("must not be identity, which every token has among its grants"),
            long if long.len() > GRANT_KEY_MAX_BYTES => invalid("is over 64 bytes"),
            _ => Ok(Self { key, json }),
        }
    }

    /// The name under which the grant stands in a token.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn json(&self) -> &str {
        self.json.as_str()
    }
}
