//! ICE servers with credentials, as a caller gets them.

use grantmint_core::WipedString;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::credential::issued::{GivenState, State, StateFields};
use crate::json::from_text;

/// ICE servers with credentials, with their state when they were handed out. The repr hides them.
///
/// Example:
///     >>> servers = IceServers.coturn("static-auth-secret", ["turn:turn.example:3478"]).get("alice")
///     >>> servers.ice_servers[0]["urls"]
///     ['turn:turn.example:3478']
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(PartialEq)]
pub(crate) struct IceCredentials {
    /// As [`grantmint_core::IceCredentials::to_json`] has it.
    json: WipedString,
    state: State,
}

/// What a pickle holds.
type Fields<'py> = (Bound<'py, PyString>, StateFields<'py>);

impl From<grantmint_core::IceCredentials> for IceCredentials {
    fn from(servers: grantmint_core::IceCredentials) -> Self {
        Self {
            json: servers.to_json(),
            state: State {
                remaining: servers.remaining().as_secs_f64(),
                freshness: servers.freshness(),
                reason: servers.reason().cloned(),
                generation: servers.generation(),
            },
        }
    }
}

#[pymethods]
impl IceCredentials {
    /// The servers, a list of dicts with "urls", "username" and "credential": what RTCPeerConnection takes as
    /// iceServers, and RTCIceServer(**server) of aiortc. Treat it as the secret it is.
    #[getter]
    fn ice_servers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.to_dict(py)?.get_item("iceServers")
    }

    /// {"iceServers": […], "expiresIn": seconds}, for an answer to a browser.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_text(py, &self.json)
    }

    /// The same as JSON.
    fn to_json(&self) -> &str {
        &self.json
    }

    /// How long they were still good, in seconds, less the safety margin. A connection that goes on for longer may
    /// end then.
    #[getter]
    fn remaining(&self) -> f64 {
        self.state.remaining
    }

    /// How good they were: "fresh", "refreshing" or "degraded".
    #[getter]
    fn freshness(&self) -> &'static str {
        self.state.freshness.as_str()
    }

    /// Why they were degraded: a GrantmintError that was not raised, or None.
    #[getter]
    fn reason<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.state.reason(py)
    }

    /// After how many seconds the next refresh is tried, if they are degraded and that is known.
    #[getter]
    fn retry_after(&self) -> Option<f64> {
        self.state.retry_after()
    }

    /// Their number in the cache, for invalidate_if; 0 for what is signed here.
    #[getter]
    fn generation(&self) -> u64 {
        self.state.generation
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

    fn __repr__(&self) -> String {
        format!("IceCredentials(ice_servers=..., {})", self.state.shown())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (self.state.generation, self.json.as_str()).into_pyobject(py)?.hash()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Fields<'py>)> {
        let (py, servers) = (this.py(), this.get());
        let json = PyString::new(py, &servers.json);
        Ok((this.get_type().getattr("_of")?, (json, servers.state.fields(py)?)))
    }

    /// Makes them from a pickle.
    #[staticmethod]
    fn _of(json: String, state: GivenState<'_>) -> PyResult<Self> {
        Ok(Self { json: json.into(), state: State::of(state)? })
    }
}
