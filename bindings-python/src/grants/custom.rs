//! A grant that this library does not know: any JSON under a key of its own.

use grantmint_core::{AccessTokenGrant, Json, WipedString};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::OrRaise as _;
use crate::json::{from_text, to_json};
use crate::show;
use crate::text::{Text, handed_over};

/// Any JSON under a key of its own, for grants that this library does not know.
///
/// Args:
///     key: The name under which it stands among the grants.
///     value: The grant: an object to write as JSON, or JSON as str or bytes, kept to the byte.
///
/// Raises:
///     InvalidArgumentError: invalid_grant.
///
/// Example:
///     >>> CustomGrant("hologram", {"stage": 1}).to_json()
///     '{"stage":1}'
#[pyclass(frozen, eq, hash, module = "grantmint")]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct CustomGrant {
    /// The name under which the grant stands in a token.
    #[pyo3(get)]
    key: String,
    json: WipedString,
}

impl CustomGrant {
    pub(super) fn to_core(&self) -> PyResult<AccessTokenGrant> {
        let json = Json::parse(&self.json).or_raise()?;
        Ok(grantmint_core::CustomGrant::new(self.key.as_str(), json).or_raise()?.into())
    }
}

#[pymethods]
impl CustomGrant {
    #[new]
    fn new(key: Text<'_>, value: &Bound<'_, PyAny>) -> PyResult<Self> {
        let key = key.named("key")?.to_owned();
        let this = Self { key, json: to_json(value, "value")?.as_str().into() };
        this.to_core()?;
        Ok(this)
    }

    /// The grant as objects.
    #[getter]
    fn value<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        from_text(py, &self.json)
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

    /// Hides the value.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let shown = show::call(py, "CustomGrant", &[("key", &Some(self.key.clone()))])?;
        Ok(shown.replace(')', ", ...)"))
    }

    fn __reduce__<'py>(
        this: &Bound<'py, Self>,
    ) -> (Bound<'py, PyAny>, (String, Bound<'py, PyString>)) {
        let grant = this.get();
        (this.get_type().into_any(), (grant.key.clone(), PyString::new(this.py(), &grant.json)))
    }
}
