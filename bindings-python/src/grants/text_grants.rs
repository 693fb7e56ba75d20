//! The grants whose fields are all optional texts.

use grantmint_core::AccessTokenGrant;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::error::OrRaise as _;
use crate::grants::check::checked;
use crate::show;
use crate::text::{self, Text, handed_over};
use crate::unknown;

/// Writes the class of such a grant from its signature in Python and the names of its fields.
macro_rules! text_grant {
    ($(#[$doc:meta])* $name:ident $signature:tt { $($(#[$field_doc:meta])* $field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[pyclass(frozen, eq, hash, get_all, module = "grantmint")]
        #[derive(PartialEq, Eq, Hash)]
        pub(crate) struct $name {
            $($(#[$field_doc])* $field: Option<String>,)+
        }

        impl $name {
            pub(super) fn to_core(&self) -> PyResult<AccessTokenGrant> {
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
            #[pyo3(
                signature = ($($field = None),+, **unknown),
                text_signature = $signature
            )]
            fn new(
                py: Python<'_>,
                $($field: Option<Text<'_>>,)+
                unknown: Option<&Bound<'_, PyDict>>,
            ) -> PyResult<Self> {
                unknown::refuse::<Self>(py, None, unknown)?;
                let this = Self { $($field: text::owned($field, stringify!($field))?),+ };
                this.to_core()?;
                Ok(this)
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
    ///
    /// Example:
    ///     >>> VideoGrant(room="DailyStandup").to_json()
    ///     '{"room":"DailyStandup"}'
    VideoGrant "(room=None)" {
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
    ///
    /// Example:
    ///     >>> ChatGrant(service_sid="IS" + "0" * 32).key
    ///     'chat'
    ChatGrant "(service_sid=None, endpoint_id=None, deployment_role_sid=None, push_credential_sid=None)" {
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
    ///
    /// Example:
    ///     >>> IpMessagingGrant(endpoint_id="phone").key
    ///     'ip_messaging'
    IpMessagingGrant "(service_sid=None, endpoint_id=None, deployment_role_sid=None, push_credential_sid=None)" {
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
    ///
    /// Example:
    ///     >>> SyncGrant(service_sid="IS" + "0" * 32).key
    ///     'data_sync'
    SyncGrant "(service_sid=None, endpoint_id=None)" {
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
    ///
    /// Example:
    ///     >>> TaskRouterGrant(worker_sid="WK" + "0" * 32, role="worker").key
    ///     'task_router'
    TaskRouterGrant "(workspace_sid=None, worker_sid=None, role=None)" {
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
    ///
    /// Example:
    ///     >>> RtcGrant(configuration_profile_sid="CP" + "0" * 32).key
    ///     'rtc'
    RtcGrant "(configuration_profile_sid=None)" {
        /// The SID of the profile.
        configuration_profile_sid,
    }
}
