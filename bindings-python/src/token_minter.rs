//! Many tokens that differ in their identity alone.

use std::cell::RefCell;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyList, PyString, PyTuple};

use crate::access_token::advice;
use crate::api_key::ApiKey;
use crate::clock::{self, ManualClock};
use crate::error::OrRaise as _;
use crate::grants;
use crate::text::{Text, ill_formed, well_formed};
use crate::time::{Ttl, UnixSeconds};

thread_local! {
    /// Where tokens are written before Python copies them: one allocation a thread instead of one
    /// a token.
    static TEXT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Mints Access Tokens of one kind: the same key, grants and ttl, an identity for each. Any number of
/// threads may share one.
///
/// Args:
///     key: The key that signs.
///     grants: What each holder may do.
///     ttl: The life of each token in seconds, 1 to 86,400, or as a timedelta; 3,600 if None.
///     nbf: Before when no token is valid, as Unix seconds or a datetime, earlier than its end; left
///         out if None.
///     unique: Whether each token has a jti of its own instead of the vendor's.
///     clock: A ManualClock, for tests.
///
/// Raises:
///     InvalidArgumentError: invalid_ttl, invalid_grant or invalid_argument.
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct TokenMinter(grantmint_core::TokenMinter);

#[pymethods]
impl TokenMinter {
    #[new]
    #[pyo3(signature = (key, *, grants=None, ttl=None, nbf=None, unique=false, clock=None))]
    fn new(
        key: &Bound<'_, ApiKey>,
        grants: Option<Bound<'_, PyAny>>,
        ttl: Option<Ttl>,
        nbf: Option<UnixSeconds>,
        unique: bool,
        clock: Option<Bound<'_, ManualClock>>,
    ) -> PyResult<Self> {
        let mut builder = grantmint_core::TokenMinter::builder(&key.get().0)
            .grants(grants::all(grants)?)
            .unique(unique);
        if let Some(Ttl(seconds)) = ttl {
            builder = builder.ttl(seconds);
        }
        if let Some(UnixSeconds(start)) = nbf {
            builder = builder.nbf(start);
        }
        if let Some(clock) = clock::of(clock.as_ref()) {
            builder = builder.clock(clock);
        }
        builder.build().or_raise().map(Self)
    }

    /// The token of one viewer, issued now.
    ///
    /// Args:
    ///     identity: Whom it is for; at most 512 bytes, and 128 characters with a video grant.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_identity or invalid_utf8; invalid_argument while a token would
    ///         end before its nbf.
    #[pyo3(signature = (identity, /))]
    fn mint<'py>(&self, py: Python<'py>, identity: Text<'_>) -> PyResult<Bound<'py, PyString>> {
        let identity = identity.named("identity")?;
        let minted = TEXT.with_borrow_mut(|text| {
            self.0.mint_into(text, identity).map(|()| PyString::new(py, text))
        });
        // Not while the text is borrowed: to make an exception runs Python, which may mint.
        minted.or_raise()
    }

    /// The token of one viewer, issued at a time of the caller's choice.
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
        now: UnixSeconds,
    ) -> PyResult<Bound<'py, PyString>> {
        let identity = identity.named("identity")?;
        Ok(PyString::new(py, &self.0.mint_at(identity, now.0).or_raise()?))
    }

    /// One token for each identity, all issued in the same second; all of them or none.
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
        if identities.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err("identities must be several str, not one"));
        }
        let identities = identities
            .try_iter()?
            .enumerate()
            .map(|(index, identity)| one_of_many(index, &identity?))
            .collect::<PyResult<Vec<_>>>()?;
        let mut tokens = Vec::with_capacity(identities.len());
        self.0.mint_each(&identities, |token| tokens.push(PyString::new(py, token))).or_raise()?;
        PyList::new(py, tokens)
    }

    /// Advice on this kind of token; empty for most.
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        advice(py, self.0.warnings())
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

/// One of the `identities`.
fn one_of_many(index: usize, identity: &Bound<'_, PyAny>) -> PyResult<PyBackedStr> {
    let identity = well_formed(identity.py(), identity.extract())?;
    identity.ok_or_else(|| ill_formed(&format!("identities[{index}]")))
}
