//! One token.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::api_key::ApiKey;
use crate::clock::{self, ManualClock};
use crate::error::OrRaise as _;
use crate::grants;
use crate::text::Text;
use crate::time::{Ttl, UnixSeconds};

/// One Access Token: for whom, with what grants, for how long. It cannot be changed, and is stamped
/// with the time when it is turned into a JWT.
///
/// Args:
///     key: The key that signs.
///     identity: Whom it is for; at most 512 bytes, and 128 characters with a video grant.
///     grants: What its holder may do.
///     ttl: Its life in seconds, 1 to 86,400, or as a timedelta; 3,600 if None.
///     nbf: Before when it is not valid, as Unix seconds or a datetime, earlier than its end; left out
///         if None.
///     valid_until: When it ends, as Unix seconds or a datetime; instead of ttl.
///     unique: Whether it has a jti of its own instead of the vendor's.
///     clock: A ManualClock, for tests.
///
/// Raises:
///     InvalidArgumentError: invalid_identity, invalid_ttl, invalid_grant, invalid_argument or
///         invalid_utf8.
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct AccessToken {
    token: grantmint_core::AccessToken,
    identity: String,
}

#[pymethods]
impl AccessToken {
    #[new]
    #[pyo3(signature = (
        key, *, identity, grants=None, ttl=None, nbf=None, valid_until=None, unique=false, clock=None
    ))]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        key: &Bound<'_, ApiKey>,
        identity: Text<'_>,
        grants: Option<Bound<'_, PyAny>>,
        ttl: Option<Ttl>,
        nbf: Option<UnixSeconds>,
        valid_until: Option<UnixSeconds>,
        unique: bool,
        clock: Option<Bound<'_, ManualClock>>,
    ) -> PyResult<Self> {
        let identity = identity.named("identity")?;
        let mut builder = grantmint_core::AccessToken::builder(&key.get().0, identity)
            .grants(grants::all(grants)?)
            .unique(unique);
        if let Some(Ttl(seconds)) = ttl {
            builder = builder.ttl(seconds);
        }
        if let Some(UnixSeconds(end)) = valid_until {
            builder = builder.valid_until(end);
        }
        if let Some(UnixSeconds(start)) = nbf {
            builder = builder.nbf(start);
        }
        if let Some(clock) = clock::of(clock.as_ref()) {
            builder = builder.clock(clock);
        }
        Ok(Self { token: builder.build().or_raise()?, identity: identity.to_owned() })
    }

    /// The signed token, issued now.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_ttl if valid_until is not 1 to 86,400 seconds away,
    ///         invalid_argument if it would end before its nbf.
    fn to_jwt<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(PyString::new(py, &self.token.to_jwt().or_raise()?))
    }

    /// Advice on this token; empty for most.
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        advice(py, self.token.warnings())
    }

    /// Whom it is for.
    #[getter]
    fn identity(&self) -> &str {
        &self.identity
    }

    fn __repr__(&self) -> &'static str {
        "AccessToken(...)"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "an AccessToken holds a secret and is not pickled: hand on its to_jwt()",
        ))
    }
}

/// Advice as pairs of a stable code and a message.
pub(crate) fn advice(
    py: Python<'_>,
    warnings: Vec<grantmint_core::Warning>,
) -> PyResult<Bound<'_, PyTuple>> {
    PyTuple::new(py, warnings.iter().map(|warning| (warning.code(), warning.message())))
}
