//! Watching one live stream.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

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
    /// string that holds JSON too. Also for the endpoint's whole answer in place of its `grant`.
    pub fn new(json: Json) -> Result<Self> {
        if is_whole_answer(json.as_str()) {
            let what = "looks like the endpoint's whole answer: give the value of its member grant";
            return Err(Error::of_argument(ErrorKind::InvalidGrant, "grant", what));
        }
        if json.is_object() {
            return Ok(Self(json));
        }
        let what = "must be a JSON object, not wrapped into a string or anything else";
        Err(Error::of_argument(ErrorKind::InvalidGrant, "grant", what))
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

/// Whether a text is the resource that has a grant as one of its members.
fn is_whole_answer(json: &str) -> bool {
    #[derive(Deserialize)]
    struct Resource<'a> {
        #[serde(borrow)]
        grant: Option<&'a RawValue>,
        #[serde(borrow)]
        account_sid: Option<&'a RawValue>,
    }
    // Most grants are told apart without being read.
    json.contains("\"account_sid\"")
        && serde_json::from_str::<Resource<'_>>(json)
            .is_ok_and(|resource| resource.grant.is_some() && resource.account_sid.is_some())
}
