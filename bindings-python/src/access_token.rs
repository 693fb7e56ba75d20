//! One Access Token for one identity.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::api_key::ApiKey;
use crate::argument::{Argument, given};
use crate::builder::set_given;
use crate::clock::ManualClock;
use crate::error::OrRaise as _;
use crate::flag;
use crate::grants::argument;
use crate::text::{Text, handed_over};
use crate::time::{Ttl, UnixSeconds};
use crate::unknown;

/// One Access Token for one identity. It cannot be changed. `to_jwt` signs it with the time of that
/// moment.
///
/// Args:
///     key: The key that signs.
///     identity: Whom it is for; at most 512 bytes, and 128 characters with a video grant.
///     grants: What its holder may do.
///     ttl: Its lifetime in seconds, 1 to 86,400, or as a timedelta; 3,600 if None.
///     nbf: When it becomes valid, as Unix seconds or a datetime, before it expires; left out if None.
///     valid_until: When it expires, as Unix seconds or a datetime; in place of ttl, not with it.
///     unique: Whether it has a jti of its own instead of Twilio's, which all tokens of one key and second
///         share ("SK…-1700000000").
///     clock: A ManualClock, for tests.
///
/// Raises:
///     InvalidArgumentError: invalid_identity, invalid_ttl, invalid_grant, invalid_argument or
///         invalid_utf8.
///
/// Example:
///     >>> token = AccessToken(key, identity="alice", grants=[ChatGrant()], ttl=600)
///     >>> verify(token.to_jwt(), key).identity
///     'alice'
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct AccessToken {
    token: grantmint_core::AccessToken,
    identity: String,
}

#[pymethods]
impl AccessToken {
    #[new]
    #[pyo3(
        signature = (
            key,
            *more,
            identity,
            grants=None,
            ttl=None,
            nbf=None,
            valid_until=None,
            unique=false,
            clock=None,
            **unknown
        ),
        text_signature = "(key, *, identity, grants=None, ttl=None, nbf=None, valid_until=None, \
                          unique=False, clock=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        key: Argument<'_, ApiKey>,
        more: &Bound<'_, PyTuple>,
        identity: Text<'_>,
        grants: Option<Bound<'_, PyAny>>,
        ttl: Option<Ttl<'_>>,
        nbf: Option<UnixSeconds<'_>>,
        valid_until: Option<UnixSeconds<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let (key, identity) = (key.named("key")?, identity.named("identity")?);
        let mut builder = grantmint_core::AccessToken::builder(&key.0, identity)
            .grants(argument::all(grants)?)
            .unique(unique);
        set_given!(builder, {
            ttl: given(ttl, "ttl")?,
            valid_until: given(valid_until, "valid_until")?,
            nbf: given(nbf, "nbf")?,
            clock: given(clock, "clock")?,
        });
        Ok(Self { token: builder.build().or_raise()?, identity: identity.to_owned() })
    }

    /// The signed token, issued now.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_ttl if valid_until is not 1 to 86,400 seconds away,
    ///         invalid_argument if it would end before its nbf.
    fn to_jwt<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        Ok(handed_over(py, self.token.to_jwt().or_raise()?))
    }

    /// Advice about this token, as pairs of a stable code and a message; empty for most. The codes are
    /// voice_identity, voice_identity_length, voice_ttl, voice_params, video_region and short_secret.
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        advice(py, self.token.warnings())
    }

    /// Whom the token is for.
    #[getter]
    fn identity(&self) -> &str {
        &self.identity
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
