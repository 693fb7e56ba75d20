//! The grant to make and take calls.

use grantmint_core::{AccessTokenGrant, Json, WipedString};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::argument::given;
use crate::error::OrRaise as _;
use crate::flag::Flag;
use crate::grants::check::checked;
use crate::json::{from_text, to_json};
use crate::show;
use crate::text::{self, Text, handed_over};
use crate::unknown;

/// Lets its holder make and take calls. Voice takes identities of ASCII letters, digits and
/// underscores, at most 121 of them, and a ttl of at most 86,399 seconds. Others are minted all the
/// same; warnings() of the token or minter tells of them.
///
/// Args:
///     incoming_allow: Whether the holder may take calls.
///     outgoing_application_sid: The TwiML application that outgoing calls go through, AP….
///     outgoing_application_params: What the application is told with each outgoing call: a dict,
///         or its JSON as str or bytes. Left out without an application.
///     push_credential_sid: The push credential that announces calls, CR….
///     endpoint_id: A name for the device.
///
/// Raises:
///     InvalidArgumentError: invalid_sid or invalid_grant.
///
/// Example:
///     >>> VoiceGrant(incoming_allow=True, outgoing_application_sid="AP" + "0" * 32).incoming_allow
///     True
#[pyclass(frozen, eq, hash, module = "grantmint")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct VoiceGrant {
    /// Whether the holder may take calls.
    #[pyo3(get)]
    incoming_allow: Option<bool>,
    /// The SID of the application that outgoing calls go through.
    #[pyo3(get)]
    outgoing_application_sid: Option<String>,
    outgoing_application_params: Option<WipedString>,
    /// The SID of the push credential.
    #[pyo3(get)]
    push_credential_sid: Option<String>,
    /// The name for the device.
    #[pyo3(get)]
    endpoint_id: Option<String>,
}

impl VoiceGrant {
    pub(super) fn to_core(&self) -> PyResult<AccessTokenGrant> {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let grant = grantmint_core::VoiceGrant::new()
            .incoming_allow(self.incoming_allow.unwrap_or(false))
            .outgoing_application_sid(text(&self.outgoing_application_sid))
            .push_credential_sid(text(&self.push_credential_sid))
            .endpoint_id(text(&self.endpoint_id));
        checked(match &self.outgoing_application_params {
            Some(params) => grant.outgoing_application_params(Json::parse(params).or_raise()?),
            None => grant,
        })
    }
}

#[pymethods]
impl VoiceGrant {
    #[new]
    #[pyo3(
        signature = (
            incoming_allow=None,
            outgoing_application_sid=None,
            outgoing_application_params=None,
            push_credential_sid=None,
            endpoint_id=None,
            **unknown
        ),
        text_signature = "(incoming_allow=None, outgoing_application_sid=None, \
                          outgoing_application_params=None, push_credential_sid=None, \
                          endpoint_id=None)"
    )]
    fn new(
        py: Python<'_>,
        incoming_allow: Option<Flag<'_>>,
        outgoing_application_sid: Option<Text<'_>>,
        outgoing_application_params: Option<Bound<'_, PyAny>>,
        push_credential_sid: Option<Text<'_>>,
        endpoint_id: Option<Text<'_>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, None, unknown)?;
        let params = outgoing_application_params.as_ref();
        let params = params.map(|params| to_json(params, "outgoing_application_params"));
        let this = Self {
            incoming_allow: given(incoming_allow, "incoming_allow")?,
            outgoing_application_sid: text::owned(
                outgoing_application_sid,
                "outgoing_application_sid",
            )?,
            outgoing_application_params: params.transpose()?.map(|json| json.as_str().into()),
            push_credential_sid: text::owned(push_credential_sid, "push_credential_sid")?,
            endpoint_id: text::owned(endpoint_id, "endpoint_id")?,
        };
        this.to_core()?;
        Ok(this)
    }

    /// What the application is told with each outgoing call.
    #[getter]
    fn outgoing_application_params<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.outgoing_application_params.as_ref().map(|text| from_text(py, text)).transpose()
    }

    /// The name under which the grant stands in a token.
    #[getter]
    fn key(&self) -> PyResult<String> {
        Ok(self.to_core()?.key().to_owned())
    }

    /// The JSON that stands under that name.
    fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(handed_over(py, self.to_core()?.to_json().or_raise()?))
    }

    /// The object itself, which never changes.
    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    /// The object itself, which never changes.
    #[pyo3(signature = (_memo, /))]
    fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        this
    }

    /// Hides the parameters and the device's name, which may hold personal data.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let texts = show::call(
            py,
            "VoiceGrant",
            &[
                ("outgoing_application_sid", &self.outgoing_application_sid),
                ("push_credential_sid", &self.push_credential_sid),
                ("endpoint_id", &self.endpoint_id),
            ],
        )?;
        Ok(match self.incoming_allow {
            Some(true) if texts.ends_with("()") => "VoiceGrant(incoming_allow=True)".to_owned(),
            Some(true) => texts.replacen('(', "(incoming_allow=True, ", 1),
            _ => texts,
        })
    }

    fn __reduce__<'py>(
        this: &Bound<'py, Self>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let grant = this.get();
        let fields = (
            grant.incoming_allow,
            &grant.outgoing_application_sid,
            grant.outgoing_application_params.as_deref(),
            &grant.push_credential_sid,
            &grant.endpoint_id,
        );
        Ok((this.get_type().into_any(), fields.into_pyobject(this.py())?))
    }
}
