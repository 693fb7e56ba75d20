//! Grants that have no struct of their own.

use crate::error::{Error, ErrorKind, Result};
use crate::json::Json;
use crate::limits::GRANT_KEY_MAX_BYTES;

/// The identity stands among the grants under this name.
const IDENTITY_KEY: &str = "identity";

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
        let invalid = |why: &'static str| Err(Error::new(ErrorKind::InvalidGrant, why));
        match key.as_str() {
            "" => invalid("the key of a custom grant is empty"),
            IDENTITY_KEY => invalid("the key of a custom grant must not be identity"),
            long if long.len() > GRANT_KEY_MAX_BYTES => {
                invalid("the key of a custom grant is over 64 bytes")
            }
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
