//! The grants: values with the vendor's argument names. Each is checked when it is made.

use grantmint_core::{AccessTokenGrant, Json};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::OrRaise as _;
use crate::json::{from_text, to_json};
use crate::show;
use crate::text::{self, Text};

/// Any grant, as tokens and minters take it.
pub(crate) struct AnyGrant(pub(crate) AccessTokenGrant);

/// Checks a grant as a token would.
fn checked(grant: impl Into<AccessTokenGrant>) -> PyResult<AccessTokenGrant> {
    let grant = grant.into();
    grant.to_json().or_raise()?;
    Ok(grant)
}

/// A field of a grant, kept.
fn owned(text: Option<Text<'_>>, name: &str) -> PyResult<Option<String>> {
    Ok(text::named(text, name)?.map(str::to_owned))
}

/// A grant whose fields are all optional texts.
macro_rules! text_grant {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[pyclass(frozen, eq, hash, get_all, module = "grantmint")]
        #[derive(PartialEq, Eq, Hash)]
        pub(crate) struct $name {
            $($(#[$field_doc])* $field: Option<String>,)+
        }

        impl $name {
            fn to_core(&self) -> PyResult<AccessTokenGrant> {
                let grant = grantmint_core::$name::new();
                $(let grant = match &self.$field {
                    Some(text) => grant.$field(text),
                    None => grant,
                };)+
                checked(grant)
            }
        }

        #[pymethods]
        impl $name {
            #[new]
            #[pyo3(signature = ($($field = None),+))]
            fn new($($field: Option<Text<'_>>),+) -> PyResult<Self> {
                let this = Self { $($field: owned($field, stringify!($field))?),+ };
                this.to_core()?;
                Ok(this)
            }

            /// The name under which the grant stands in a token.
            #[getter]
            fn key(&self) -> PyResult<String> {
                Ok(self.to_core()?.key().to_owned())
            }

            /// The JSON that stands under that name.
            fn to_json(&self) -> PyResult<String> {
                self.to_core()?.to_json().or_raise()
            }

            fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
                show::call(py, stringify!($name), &[$((stringify!($field), &self.$field)),+])
            }

            fn __reduce__<'py>(
                this: &Bound<'py, Self>,
            ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
                let fields = [$(this.get().$field.clone()),+];
                Ok((this.get_type().into_any(), PyTuple::new(this.py(), fields)?))
            }
        }
    };
}

text_grant! {
    /// Lets its holder join rooms of Programmable Video.
    ///
    /// Args:
    ///     room: The only room, by unique name or SID, at most 128 characters; any if left out.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_grant.
    VideoGrant {
        /// The only room, by unique name or SID; any if None.
        room,
    }
}

text_grant! {
    /// Lets its holder chat; the Conversations SDK takes the same grant.
    ///
    /// Args:
    ///     service_sid: The service, IS….
    ///     endpoint_id: A name for the device and user.
    ///     deployment_role_sid: The role in the deployment, RL….
    ///     push_credential_sid: The push credential for notifications, CR….
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid.
    ChatGrant {
        /// The SID of the service.
        service_sid,
        /// The name for the device and user.
        endpoint_id,
        /// The SID of the role in the deployment.
        deployment_role_sid,
        /// The SID of the push credential.
        push_credential_sid,
    }
}

text_grant! {
    /// Legacy: the predecessor of ChatGrant, with the same arguments.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid.
    IpMessagingGrant {
        /// The SID of the service.
        service_sid,
        /// The name for the device and user.
        endpoint_id,
        /// The SID of the role in the deployment.
        deployment_role_sid,
        /// The SID of the push credential.
        push_credential_sid,
    }
}

text_grant! {
    /// Lets its holder read and write the state of a Sync service.
    ///
    /// Args:
    ///     service_sid: The service, IS….
    ///     endpoint_id: A name for the device and user.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid.
    SyncGrant {
        /// The SID of the service.
        service_sid,
        /// The name for the device and user.
        endpoint_id,
    }
}

text_grant! {
    /// Lets its holder act as a worker of TaskRouter; Flex takes the same grant.
    ///
    /// Args:
    ///     workspace_sid: The workspace, WS….
    ///     worker_sid: The worker, WK….
    ///     role: The role, such as "worker".
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid.
    TaskRouterGrant {
        /// The SID of the workspace.
        workspace_sid,
        /// The SID of the worker.
        worker_sid,
        /// The role.
        role,
    }
}

text_grant! {
    /// Legacy: lets its holder take part in conversations, which rooms replaced.
    ///
    /// Args:
    ///     configuration_profile_sid: The profile, CP….
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid.
    RtcGrant {
        /// The SID of the profile.
        configuration_profile_sid,
    }
}

/// Lets its holder make and take calls.
///
/// Args:
///     incoming_allow: Whether the holder may take calls.
///     outgoing_application_sid: The TwiML application that outgoing calls go through, AP….
///     outgoing_application_params: What the application is told with each outgoing call: a dict, or
///         its JSON as str or bytes. Left out without an application.
///     push_credential_sid: The push credential that announces calls, CR….
///     endpoint_id: A name for the device.
///
/// Raises:
///     InvalidArgumentError: invalid_sid or invalid_grant.
#[pyclass(frozen, eq, hash, module = "grantmint")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct VoiceGrant {
    /// Whether the holder may take calls.
    #[pyo3(get)]
    incoming_allow: Option<bool>,
    /// The SID of the application that outgoing calls go through.
    #[pyo3(get)]
    outgoing_application_sid: Option<String>,
    outgoing_application_params: Option<String>,
    /// The SID of the push credential.
    #[pyo3(get)]
    push_credential_sid: Option<String>,
    /// The name for the device.
    #[pyo3(get)]
    endpoint_id: Option<String>,
}

impl VoiceGrant {
    fn to_core(&self) -> PyResult<AccessTokenGrant> {
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
    #[pyo3(signature = (
        incoming_allow=None,
        outgoing_application_sid=None,
        outgoing_application_params=None,
        push_credential_sid=None,
        endpoint_id=None,
    ))]
    fn new(
        incoming_allow: Option<bool>,
        outgoing_application_sid: Option<Text<'_>>,
        outgoing_application_params: Option<Bound<'_, PyAny>>,
        push_credential_sid: Option<Text<'_>>,
        endpoint_id: Option<Text<'_>>,
    ) -> PyResult<Self> {
        let params = outgoing_application_params.as_ref();
        let params = params.map(|params| to_json(params, "outgoing_application_params"));
        let this = Self {
            incoming_allow,
            outgoing_application_sid: owned(outgoing_application_sid, "outgoing_application_sid")?,
            outgoing_application_params: params.transpose()?.map(|json| json.as_str().to_owned()),
            push_credential_sid: owned(push_credential_sid, "push_credential_sid")?,
            endpoint_id: owned(endpoint_id, "endpoint_id")?,
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
    fn to_json(&self) -> PyResult<String> {
        self.to_core()?.to_json().or_raise()
    }

    /// Hides the parameters, which may hold personal data.
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
            &grant.outgoing_application_params,
            &grant.push_credential_sid,
            &grant.endpoint_id,
        );
        Ok((this.get_type().into_any(), fields.into_pyobject(this.py())?))
    }
}

/// Lets its holder watch one live stream.
///
/// Args:
///     grant: What the PlaybackGrant endpoint answers under "grant": a dict, or its JSON as str or
///         bytes, of which every byte is kept.
///
/// Raises:
///     InvalidArgumentError: invalid_grant.
#[pyclass(frozen, eq, hash, module = "grantmint")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PlaybackGrant(String);

impl PlaybackGrant {
    fn to_core(&self) -> PyResult<AccessTokenGrant> {
        let json = Json::parse(&self.0).or_raise()?;
        Ok(grantmint_core::PlaybackGrant::new(json).or_raise()?.into())
    }
}

#[pymethods]
impl PlaybackGrant {
    #[new]
    fn new(grant: &Bound<'_, PyAny>) -> PyResult<Self> {
        let this = Self(to_json(grant, "grant")?.as_str().to_owned());
        this.to_core()?;
        Ok(this)
    }

    /// The grant as a dict.
    #[getter]
    fn grant<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_text(py, &self.0)
    }

    /// The name under which the grant stands in a token.
    #[getter]
    fn key(&self) -> PyResult<String> {
        Ok(self.to_core()?.key().to_owned())
    }

    /// The JSON that stands under that name.
    fn to_json(&self) -> PyResult<String> {
        self.to_core()?.to_json().or_raise()
    }

    /// Hides the grant: whoever has it can watch.
    fn __repr__(&self) -> &'static str {
        "PlaybackGrant(...)"
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String,)) {
        (this.get_type().into_any(), (this.get().0.clone(),))
    }
}

/// Any JSON under a key of its own, for grants that this library does not know.
///
/// Args:
///     key: The name under which it stands among the grants.
///     value: The grant: an object to write as JSON, or JSON as str or bytes, kept to the byte.
///
/// Raises:
///     InvalidArgumentError: invalid_grant.
#[pyclass(frozen, eq, hash, module = "grantmint")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct CustomGrant {
    /// The name under which the grant stands in a token.
    #[pyo3(get)]
    key: String,
    json: String,
}

impl CustomGrant {
    fn to_core(&self) -> PyResult<AccessTokenGrant> {
        let json = Json::parse(&self.json).or_raise()?;
        Ok(grantmint_core::CustomGrant::new(self.key.as_str(), json).or_raise()?.into())
    }
}

#[pymethods]
impl CustomGrant {
    #[new]
    fn new(key: Text<'_>, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let key = key.named("key")?.to_owned();
        let this = Self { key, json: to_json(value, "value")?.as_str().to_owned() };
        this.to_core()?;
        Ok(this)
    }

    /// The grant as objects.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_text(py, &self.json)
    }

    /// The JSON that stands under that name.
    fn to_json(&self) -> PyResult<String> {
        self.to_core()?.to_json().or_raise()
    }

    /// Hides the value.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let shown = show::call(py, "CustomGrant", &[("key", &Some(self.key.clone()))])?;
        Ok(shown.replace(')', ", ...)"))
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (String, String)) {
        let grant = this.get();
        (this.get_type().into_any(), (grant.key.clone(), grant.json.clone()))
    }
}

macro_rules! from_each_grant {
    ($value:ident: $($name:ident),+) => {
        $(if let Ok(grant) = $value.cast::<$name>() {
            return grant.get().to_core().map(AnyGrant);
        })+
    };
}

impl<'a, 'py> FromPyObject<'a, 'py> for AnyGrant {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        from_each_grant!(value: VideoGrant, VoiceGrant, ChatGrant, SyncGrant, TaskRouterGrant);
        from_each_grant!(value: RtcGrant, IpMessagingGrant, CustomGrant);
        value.cast::<PlaybackGrant>()?.get().to_core().map(Self)
    }
}

/// The grants of a `grants=` argument: any iterable of them.
pub(crate) fn all(grants: Option<Bound<'_, PyAny>>) -> PyResult<Vec<AccessTokenGrant>> {
    let Some(grants) = grants else { return Ok(Vec::new()) };
    grants.try_iter()?.map(|grant| grant?.extract::<AnyGrant>().map(|any| any.0)).collect()
}
