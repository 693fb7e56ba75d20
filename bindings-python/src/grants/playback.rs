//! The grant to watch one live stream.

use grantmint_core::{AccessTokenGrant, ErrorKind, Json, WipedString};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::argument::refusal;
use crate::error::{OrRaise as _, invalid};
use crate::json::{from_text, to_json};
use crate::text::handed_over;

/// Lets its holder watch one live stream.
///
/// Args:
///     grant: What the PlaybackGrant endpoint answers under "grant": a dict, or its JSON as str or
///         bytes, of which every byte is kept.
///
/// Raises:
///     InvalidArgumentError: invalid_grant.
///
/// Example:
///     >>> PlaybackGrant({"playbackUrl": "https://example.com/"}).key
///     'player'
#[pyclass(frozen, eq, hash, module = "grantmint")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PlaybackGrant(WipedString);

impl PlaybackGrant {
    pub(super) fn to_core(&self) -> PyResult<AccessTokenGrant> {
        let json = Json::parse(&self.0).or_raise()?;
        Ok(grantmint_core::PlaybackGrant::new(json).or_raise()?.into())
    }
}

#[pymethods]
impl PlaybackGrant {
    #[new]
    fn new(grant: &Bound<'_, PyAny>) -> PyResult<Self> {
        if !holds_an_object(grant) {
            let what = refusal(grant.as_borrowed(), "a dict, or its JSON as str or bytes");
            return Err(invalid(ErrorKind::InvalidGrant, "grant", what));
        }
        let this = Self(to_json(grant, "grant")?.as_str().into());
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

    /// Hides the grant: whoever has it can watch.
    fn __repr__(&self) -> &'static str {
        "PlaybackGrant(...)"
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> (Bound<'py, PyAny>, (Bound<'py, PyString>,)) {
        (this.get_type().into_any(), (PyString::new(this.py(), &this.get().0),))
    }
}

/// Whether it can be a grant: the texts are looked into later.
fn holds_an_object(grant: &Bound<'_, PyAny>) -> bool {
    grant.is_instance_of::<PyDict>()
        || grant.is_instance_of::<PyString>()
        || grant.is_instance_of::<PyBytes>()
}
