//! Many Access Tokens that differ only in their identity.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyList, PyString, PyTuple};

use crate::access_token::advice;
use crate::api_key::ApiKey;
use crate::argument::{Argument, given, wrong_type};
use crate::builder::set_given;
use crate::clock::ManualClock;
use crate::error::OrRaise as _;
use crate::flag;
use crate::grants::argument;
use crate::minted;
use crate::text::{Text, handed_over, unreadable};
use crate::time::{Ttl, UnixSeconds};
use crate::unknown;

/// Mints Access Tokens with the same key, grants and ttl, one for each identity. Any number of
/// threads may share a minter. For one token of another room or lifetime, use AccessToken. After a
/// rotation of the key, make a new minter.
///
/// Args:
///     key: The key that signs.
///     grants: What each holder may do.
///     ttl: The lifetime of each token in seconds, 1 to 86,400, or as a timedelta; 3,600 if None.
///     nbf: When each token becomes valid, as Unix seconds or a datetime, before it expires; left out
///         if None.
///     unique: Whether each token has a jti of its own instead of Twilio's, which all tokens of one key and second
///         share ("SK…-1700000000").
///     clock: A ManualClock, for tests.
///
/// Raises:
///     InvalidArgumentError: invalid_ttl, invalid_grant or invalid_argument.
///
/// Example:
///     >>> rooms = TokenMinter(key, grants=[VideoGrant(room="DailyStandup")], ttl=14_400)
///     >>> verify(rooms.mint("alice"), key).grants["video"]
///     {'room': 'DailyStandup'}
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct TokenMinter(grantmint_core::TokenMinter);

#[pymethods]
impl TokenMinter {
    #[new]
    #[pyo3(
        signature = (
            key, *more, grants=None, ttl=None, nbf=None, unique=false, clock=None, **unknown
        ),
        text_signature = "(key, *, grants=None, ttl=None, nbf=None, unique=False, clock=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        key: Argument<'_, ApiKey>,
        more: &Bound<'_, PyTuple>,
        grants: Option<Bound<'_, PyAny>>,
        ttl: Option<Ttl<'_>>,
        nbf: Option<UnixSeconds<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        clock: Option<Argument<'_, ManualClock>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let mut builder = grantmint_core::TokenMinter::builder(&key.named("key")?.0)
            .grants(argument::all(grants)?)
            .unique(unique);
        set_given!(builder, {
            ttl: given(ttl, "ttl")?,
            nbf: given(nbf, "nbf")?,
            clock: given(clock, "clock")?,
        });
        builder.build().or_raise().map(Self)
    }

    /// The token for one identity, issued now.
    ///
    /// Args:
    ///     identity: Whom it is for; at most 512 bytes, and 128 characters with a video grant.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_identity or invalid_utf8; invalid_argument while a token would
    ///         end before its nbf.
    fn mint<'py>(&self, py: Python<'py>, identity: Text<'_>) -> PyResult<Bound<'py, PyString>> {
        let identity = identity.named("identity")?;
        minted::copied(py, |take| self.0.mint_parts(identity, take))
    }

    /// The token for one identity, issued at a time that the caller chooses.
    ///
    /// Args:
    ///     identity: As of mint.
    ///     now: Unix seconds, or a datetime.
    ///
    /// Raises:
    ///     InvalidArgumentError: As of mint; invalid_argument for a time after the year 9999.
    fn mint_at<'py>(
        &self,
        py: Python<'py>,
        identity: Text<'_>,
        now: UnixSeconds<'_>,
    ) -> PyResult<Bound<'py, PyString>> {
        let (identity, now) = (identity.named("identity")?, now.named("now")?);
        Ok(handed_over(py, self.0.mint_at(identity, now).or_raise()?))
    }

    /// One token for each identity, all issued in the same second. If one fails, none is returned.
    ///
    /// Args:
    ///     identities: Any iterable of str.
    ///
    /// Raises:
    ///     InvalidArgumentError: As of mint, with the index in its message.
    fn mint_many<'py>(
        &self,
        py: Python<'py>,
        identities: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let identities = several(identities)?
            .enumerate()
            .map(|(index, identity)| one_of_many(index, &identity?))
            .collect::<PyResult<Vec<_>>>()?;
        let mut tokens = Vec::with_capacity(identities.len());
        self.0.mint_each(&identities, |token| tokens.push(PyString::new(py, token))).or_raise()?;
        PyList::new(py, tokens)
    }

    /// Advice about these tokens, as pairs of a stable code and a message; empty for most. The codes are
    /// voice_identity, voice_identity_length, voice_ttl, voice_params, video_region and short_secret.
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        advice(py, self.0.warnings())
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
        "TokenMinter(...)"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a TokenMinter holds a secret and is not pickled: make it in each process",
        ))
    }
}

/// The `identities`, one by one. A single `str` would be taken for its characters, `bytes` for
/// numbers.
fn several<'py>(identities: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    const NEEDED: &str = "a list of str";
    if identities.is_instance_of::<PyString>() {
        let message = format!("identities must be {NEEDED}: write mint_many([identity])");
        return Err(PyTypeError::new_err(message));
    }
    let refused = || wrong_type(identities.as_borrowed(), "identities", NEEDED, "");
    if identities.is_instance_of::<PyBytes>() {
        return Err(refused());
    }
    identities.try_iter().map_err(|_| refused())
}

/// One of the `identities`.
fn one_of_many(index: usize, identity: &Bound<'_, PyAny>) -> PyResult<PyBackedStr> {
    identity.extract().map_err(|error| {
        let name = format!("identities[{index}]");
        unreadable(error, identity.as_borrowed(), &name)
    })
}
