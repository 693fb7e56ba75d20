//! Calls from and to a browser or app.

use super::personal::Personal;
use super::writer::ObjectWriter;
use crate::error::Result;
use crate::json::Json;
use crate::sid::{Sid, SidKind};
use crate::wiped::WipedString;

/// Lets its holder make and take calls.
///
/// Voice takes identities of ASCII letters, digits and underscores, at most 121 of them, and a ttl of
/// at most 86,399 seconds. Others are minted all the same; `warnings()` tells of them.
///
/// `Debug` does not show the parameters, which may hold personal data.
///
/// # Example: calls both ways
///
/// ```
/// use grantmint_core::{Json, VoiceGrant};
///
/// let grant = VoiceGrant::new()
///     .incoming_allow(true)
///     .outgoing_application_sid("AP00000000000000000000000000000003")
///     .outgoing_application_params(Json::parse(r#"{"queue": "support"}"#)?);
/// assert!(!format!("{grant:?}").contains("support"));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoiceGrant {
    incoming_allow: bool,
    outgoing_application_sid: String,
    outgoing_application_params: Option<Json>,
    push_credential_sid: String,
    endpoint_id: Personal,
}

impl VoiceGrant {
    pub(in crate::token) const KEY: &'static str = "voice";

    /// A grant for no calls yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether the holder may take calls. `false`, the default, is left out of the token.
    #[must_use]
    pub fn incoming_allow(mut self, allow: bool) -> Self {
        self.incoming_allow = allow;
        self
    }

    /// The TwiML application that outgoing calls go through, `AP…`.
    #[must_use]
    pub fn outgoing_application_sid(mut self, sid: impl Into<String>) -> Self {
        self.outgoing_application_sid = sid.into();
        self
    }

    /// What the application is told with each outgoing call. Left out if empty, or without an
    /// application.
    #[must_use]
    pub fn outgoing_application_params(mut self, params: Json) -> Self {
        self.outgoing_application_params = Some(params);
        self
    }

    /// The push credential that announces calls, `CR…`.
    #[must_use]
    pub fn push_credential_sid(mut self, sid: impl Into<String>) -> Self {
        self.push_credential_sid = sid.into();
        self
    }

    /// A name for the device. `Debug` does not show it.
    #[must_use]
    pub fn endpoint_id(mut self, id: impl Into<String>) -> Self {
        self.endpoint_id = Personal(id.into());
        self
    }

    /// Whether it has parameters that are left out, as there is no application to be told them.
    pub(in crate::token) fn drops_params(&self) -> bool {
        let params = self.outgoing_application_params.as_ref();
        self.outgoing_application_sid.is_empty() && params.is_some_and(|params| !params.is_empty())
    }

    pub(super) fn write(&self, out: &mut WipedString) -> Result<()> {
        let outgoing = self.outgoing()?;
        let mut object = ObjectWriter::new(Self::KEY, out);
        if self.incoming_allow {
            object.raw("incoming", "{\"allow\":true}");
        }
        if let Some(outgoing) = outgoing {
            object.raw("outgoing", &outgoing);
        }
        object.sid(SidKind::PushCredential, "push_credential_sid", &self.push_credential_sid)?;
        object.text("endpoint_id", &self.endpoint_id.0);
        object.end();
        Ok(())
    }

    /// The member for outgoing calls. Its SID has a longer name here than in the token, and the
    /// caller knows the longer one.
    fn outgoing(&self) -> Result<Option<WipedString>> {
        let sid = &self.outgoing_application_sid;
        if sid.is_empty() {
            return Ok(None);
        }
        Sid::parse(SidKind::Application, "voice.outgoing_application_sid", sid)?;
        let mut json = WipedString::new();
        let mut object = ObjectWriter::new(Self::KEY, &mut json);
        object.text("application_sid", sid);
        if let Some(params) = self.outgoing_application_params.as_ref().filter(|p| !p.is_empty()) {
            object.raw("params", params.as_str());
        }
        object.end();
        Ok(Some(json))
    }
}
