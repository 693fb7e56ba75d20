//! A grant of a cache, as a caller gets it.

use grantmint_core::{Freshness, WipedString};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::core_error::from_exception;
use crate::error::exception;
use crate::freshness;

/// A hit, copied out of the cache.
#[derive(PartialEq)]
pub(crate) struct Parts {
    grant: WipedString,
    remaining: f64,
    freshness: Freshness,
    reason: Option<grantmint_core::Error>,
    generation: u64,
}

impl From<grantmint_core::Hit> for Parts {
    fn from(hit: grantmint_core::Hit) -> Self {
        Self {
            grant: hit.as_str().into(),
            remaining: hit.remaining().as_secs_f64(),
            freshness: hit.freshness(),
            reason: hit.reason().cloned(),
            generation: hit.generation(),
        }
    }
}

/// A grant from the cache, with its state when it was handed out. Its repr hides the grant.
///
/// Example:
///     >>> hit = GrantCache().get("key", lambda key, **options: {"grant": "a grant"})
///     >>> hit.grant, hit.freshness
///     ('a grant', 'fresh')
#[pyclass(frozen, eq, module = "grantmint")]
#[derive(PartialEq)]
pub(crate) struct Hit(Parts);

/// What a pickle of a hit holds.
type Fields<'py> = (Bound<'py, PyString>, f64, &'static str, Option<Bound<'py, PyAny>>, u64);

impl Hit {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(parts)
    }
}

#[pymethods]
impl Hit {
    /// The grant, byte for byte as it was fetched.
    #[getter]
    fn grant(&self) -> &str {
        &self.0.grant
    }

    /// How long the grant was still good, in seconds, less the safety margin.
    #[getter]
    fn remaining(&self) -> f64 {
        self.0.remaining
    }

    /// How good the grant was: "fresh", "refreshing" or "degraded".
    #[getter]
    fn freshness(&self) -> &'static str {
        self.0.freshness.as_str()
    }

    /// Why it was degraded: a GrantmintError that was not raised, or None.
    #[getter]
    fn reason<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.reason.as_ref().map(|error| exception(py, error)).transpose()
    }

    /// After how many seconds the next refresh is tried, if the grant is degraded and that is
    /// known.
    #[getter]
    fn retry_after(&self) -> Option<f64> {
        self.0.reason.as_ref()?.retry_after().map(|time| time.as_secs_f64())
    }

    /// The number of the grant in its cache, for invalidate_if.
    #[getter]
    fn generation(&self) -> u64 {
        self.0.generation
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
        let Parts { remaining, generation, .. } = &self.0;
        let freshness = self.freshness();
        format!(
            "Hit(grant=..., remaining={remaining:.3}, freshness='{freshness}', generation={generation})"
        )
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        (self.0.generation, self.0.grant.as_str()).into_pyobject(py)?.hash()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Fields<'py>,))> {
        let hit = this.get();
        let reason = hit.reason(this.py())?;
        let Parts { grant, remaining, generation, .. } = &hit.0;
        let grant = PyString::new(this.py(), grant);
        let fields = (grant, *remaining, hit.freshness(), reason, *generation);
        Ok((this.get_type().getattr("_of")?, (fields,)))
    }

    /// Makes a hit from a pickle.
    #[staticmethod]
    fn _of(fields: (String, f64, String, Option<Bound<'_, PyAny>>, u64)) -> PyResult<Self> {
        let (grant, remaining, freshness, reason, generation) = fields;
        let freshness = freshness::named(&freshness)?;
        let reason = reason.as_ref().map(from_exception).transpose()?;
        let grant = WipedString::from(grant);
        Ok(Self(Parts { grant, remaining, freshness, reason, generation }))
    }
}
