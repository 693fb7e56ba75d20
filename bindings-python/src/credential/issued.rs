//! A credential, as a caller gets it.

use grantmint_core::{Freshness, WipedString};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::core_error::from_exception;
use crate::error::exception;
use crate::freshness;
use crate::json::from_text;

/// How long what was issued is good, and how good it is: the same for all that is issued.
#[derive(PartialEq)]
pub(crate) struct State {
    pub(crate) remaining: f64,
    pub(crate) freshness: Freshness,
    pub(crate) reason: Option<grantmint_core::Error>,
    pub(crate) generation: u64,
}

/// What a pickle holds of it.
pub(crate) type StateFields<'py> = (f64, &'static str, Option<Bound<'py, PyAny>>, u64);

/// The same as it comes back.
pub(crate) type GivenState<'py> = (f64, String, Option<Bound<'py, PyAny>>, u64);

impl State {
    pub(crate) fn fields<'py>(&self, py: Python<'py>) -> PyResult<StateFields<'py>> {
        Ok((self.remaining, self.freshness.as_str(), self.reason(py)?, self.generation))
    }

    pub(crate) fn of(fields: GivenState<'_>) -> PyResult<Self> {
        let (remaining, freshness, reason, generation) = fields;
        let freshness = freshness::named(&freshness)?;
        let reason = reason.as_ref().map(from_exception).transpose()?;
        Ok(Self { remaining, freshness, reason, generation })
    }

    pub(crate) fn reason<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.reason.as_ref().map(|error| exception(py, error)).transpose()
    }

    pub(crate) fn retry_after(&self) -> Option<f64> {
        self.reason.as_ref()?.retry_after().map(|time| time.as_secs_f64())
    }

    pub(crate) fn shown(&self) -> String {
        let (freshness, generation) = (self.freshness.as_str(), self.generation);
        format!("remaining={:.3}, freshness='{freshness}', generation={generation}", self.remaining)
    }
}

/// A credential, with its state when it was handed out. Its repr hides the value.
///
/// Example:
///     >>> issued = Credential(source).get()
///     >>> issued.freshness, issued.reason
///     ('fresh', None)
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(PartialEq)]
pub(crate) struct Issued {
    text: WipedString,
    is_json: bool,
    state: State,
}

/// What a pickle holds.
type Fields<'py> = (Bound<'py, PyString>, bool, StateFields<'py>);

impl From<grantmint_core::Issued> for Issued {
    fn from(issued: grantmint_core::Issued) -> Self {
        Self {
            text: issued.as_str().into(),
            is_json: issued.is_json(),
            state: State {
                remaining: issued.remaining().as_secs_f64(),
                freshness: issued.freshness(),
                reason: issued.reason().cloned(),
                generation: issued.generation(),
            },
        }
    }
}

#[pymethods]
impl Issued {
    /// The credential: a str, or what JSON was in the answer. Treat it as the secret it is.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.is_json {
            true => from_text(py, &self.text),
            false => Ok(PyString::new(py, &self.text).into_any()),
        }
    }

    /// How long it was still good, in seconds, less the safety margin.
    #[getter]
    fn remaining(&self) -> f64 {
        self.state.remaining
    }

    /// How good it was: "fresh", "refreshing" or "degraded".
    #[getter]
    fn freshness(&self) -> &'static str {
        self.state.freshness.as_str()
    }

    /// Why it was degraded: a GrantmintError that was not raised, or None.
    #[getter]
    fn reason<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.state.reason(py)
    }

    /// After how many seconds the next refresh is tried, if it is degraded and that is known.
    #[getter]
    fn retry_after(&self) -> Option<f64> {
        self.state.retry_after()
    }

    /// Its number in the cache, for invalidate_if.
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
        format!("Issued(value=..., {})", self.state.shown())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (self.state.generation, self.text.as_str()).into_pyobject(py)?.hash()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Fields<'py>)> {
        let (py, issued) = (this.py(), this.get());
        let text = PyString::new(py, &issued.text);
        Ok((this.get_type().getattr("_of")?, (text, issued.is_json, issued.state.fields(py)?)))
    }

    /// Makes one from a pickle.
    #[staticmethod]
    fn _of(text: String, is_json: bool, state: GivenState<'_>) -> PyResult<Self> {
        Ok(Self { text: text.into(), is_json, state: State::of(state)? })
    }
}
