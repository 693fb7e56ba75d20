//! Watching one live stream.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::json::Json;

/// Lets its holder watch one live stream: the object that the PlaybackGrant endpoint hands out,
/// carried byte for byte.
///
/// `Debug` does not show it: its holder can watch.
///
/// # Example: the endpoint's answer, as it is
///
/// ```
/// use grantmint_core::PlaybackGrant;
///
/// let answer = r#"{"playbackUrl":"https://example.com/?token=x","requestCredentials":null}"#;
/// let grant = PlaybackGrant::from_json(answer)?;
/// assert!(!format!("{grant:?}").contains("token"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaybackGrant(Json);

impl PlaybackGrant {
    pub(in crate::token) const KEY: &'static str = "player";

    /// A grant from checked JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidGrant`] unless it is an object: players refuse everything else, a
    /// string that holds JSON too.
    pub fn new(json: Json) -> Result<Self> {
        if json.is_object() {
            return Ok(Self(json));
        }
        Err(Error::new(ErrorKind::InvalidGrant, "a playback grant must be a JSON object"))
    }

    /// A grant from its JSON text, of which every byte is kept.
    ///
    /// # Errors
    ///
    /// As [`Json::parse`] and [`PlaybackGrant::new`].
    pub fn from_json(text: &str) -> Result<Self> {
        Self::new(Json::parse(text)?)
    }

    /// As [`PlaybackGrant::from_json`], from bytes.
    ///
    /// # Errors
    ///
    /// As [`Json::from_bytes`] and [`PlaybackGrant::new`].
    pub fn from_json_bytes(bytes: &[u8]) -> Result<Self> {
        Self::new(Json::from_bytes(bytes)?)
    }

    /// A grant from a JSON value.
    ///
    /// # Errors
    ///
    /// As [`Json::from_value`] and [`PlaybackGrant::new`].
    pub fn from_value(value: &Value) -> Result<Self> {
        Self::new(Json::from_value(value)?)
    }

    pub(in crate::token) fn json(&self) -> &str {
        self.0.as_str()
    }
}
