//! A viewer's token for one stream.

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::core_error::from_exception;
use crate::error::exception;
use crate::freshness;
use crate::text::handed_over;

/// A viewer's token, with the state of the grant in it when it was minted.
///
/// Example:
///     >>> token = live.token(streamer, "alice")
///     >>> token.freshness, token.retry_after
///     ('fresh', None)
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct PlaybackToken {
    jwt: Py<PyString>,
    grant_remaining: f64,
    freshness: &'static str,
    reason: Option<grantmint_core::Error>,
    generation: u64,
}

/// What a pickle of a token holds.
type Fields<'py> = (Bound<'py, PyString>, f64, &'static str, Option<Bound<'py, PyAny>>, u64);

impl PlaybackToken {
    #[inline]
    pub(crate) fn new(py: Python<'_>, token: grantmint_core::PlaybackToken) -> Self {
        Self {
            jwt: handed_over(py, token.jwt).unbind(),
            grant_remaining: token.grant_remaining.as_secs_f64(),
            freshness: token.freshness.as_str(),
            reason: token.reason,
            generation: token.generation,
        }
    }

    fn fields<'py>(&self, py: Python<'py>) -> PyResult<Fields<'py>> {
        let jwt = self.jwt.bind(py).clone();
        Ok((jwt, self.grant_remaining, self.freshness, self.reason(py)?, self.generation))
    }
}

#[pymethods]
impl PlaybackToken {
    /// The Access Token. Whoever has it can watch, so repr hides it.
    #[getter]
    fn jwt(&self, py: Python<'_>) -> Py<PyString> {
        self.jwt.clone_ref(py)
    }

    /// How long the grant was still good when the token was minted, in seconds, less the safety
    /// margin.
    #[getter]
    fn grant_remaining(&self) -> f64 {
        self.grant_remaining
    }

    /// How good the grant is: "fresh", "refreshing" or "degraded".
    #[getter]
    fn freshness(&self) -> &'static str {
        self.freshness
    }

    /// Why the grant is degraded: a GrantmintError that was not raised, or None.
    #[getter]
    fn reason<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.reason.as_ref().map(|error| exception(py, error)).transpose()
    }

    /// After how many seconds the next refresh is tried, if the grant is degraded and that is
    /// known.
    #[getter]
    fn retry_after(&self) -> Option<f64> {
        self.reason.as_ref()?.retry_after().map(|time| time.as_secs_f64())
    }

    /// The number of the grant in its cache, for invalidate_if.
    #[getter]
    fn generation(&self) -> u64 {
        self.generation
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
        let reason = self.reason.as_ref().map_or("None", |error| error.code());
        format!(
            "PlaybackToken(jwt=..., grant_remaining={:.3}, freshness='{}', reason={reason}, generation={})",
            self.grant_remaining, self.freshness, self.generation
        )
    }

    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let Ok(other) = other.cast::<Self>() else { return Ok(py.NotImplemented()) };
        let other = other.get();
        let same = self.jwt.bind(py).as_any().eq(other.jwt.bind(py))?
            && self.grant_remaining.to_bits() == other.grant_remaining.to_bits()
            && self.freshness == other.freshness
            && self.reason == other.reason
            && self.generation == other.generation;
        Ok(same.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.jwt.bind(py).hash()
    }

    fn __reduce__<'py>(this: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Fields<'py>,))> {
        let rebuild = this.get_type().getattr("_of")?;
        Ok((rebuild, (this.get().fields(this.py())?,)))
    }

    /// Makes a token from a pickle.
    #[staticmethod]
    fn _of(
        fields: (Bound<'_, PyString>, f64, String, Option<Bound<'_, PyAny>>, u64),
    ) -> PyResult<Self> {
        let (jwt, grant_remaining, freshness, reason, generation) = fields;
        let freshness = freshness::named(&freshness)?.as_str();
        let reason = reason.as_ref().map(from_exception).transpose()?;
        Ok(Self { jwt: jwt.unbind(), grant_remaining, freshness, reason, generation })
    }
}
