//! One stream of a minter: the hot path.

use std::sync::Arc;

use grantmint_core::TokenOptions;
use pyo3::exceptions::PyTypeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::call::{self, Answer, Begin, TokenCall};
use crate::error::OrRaise as _;
use crate::job::no_loop;
use crate::playback_minter::options;
use crate::playback_token::PlaybackToken;
use crate::port::LoopPort;
use crate::source::{OwnedSource, Source};
use crate::text::Text;
use crate::time::Seconds;

/// What a stream is made of, on its way from the minter to Python's class.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct StreamParts {
    pub(crate) stream: grantmint_core::StreamMinter,
    pub(crate) source: Option<OwnedSource>,
    pub(crate) streamer: String,
}

/// The native part of grantmint.StreamMinter.
#[pyclass(frozen, subclass, module = "grantmint._native")]
pub(crate) struct StreamMinter {
    stream: grantmint_core::StreamMinter,
    source: Option<OwnedSource>,
    streamer: String,
}

impl StreamMinter {
    fn begin(&self, identity: &str, options: TokenOptions) -> impl Begin {
        move |answer: Answer| self.stream.token_then(identity, options, answer)
    }

    fn source(&self) -> Option<&Arc<Source>> {
        self.source.as_ref().map(|owned| &owned.source)
    }

    fn expect_refresh(&self, py: Python<'_>) -> PyResult<bool> {
        self.source().map_or(Ok(true), |source| source.expect_refresh(py))
    }
}

#[pymethods]
impl StreamMinter {
    #[new]
    fn new(parts: &Bound<'_, StreamParts>) -> Self {
        let StreamParts { stream, source, streamer } = parts.get();
        let source = source.as_ref().map(|source| source.clone_ref(parts.py()));
        Self { stream: stream.clone(), source, streamer: streamer.clone() }
    }

    /// The stream's SID, as it was given.
    #[getter]
    fn streamer(&self) -> &str {
        &self.streamer
    }

    /// As PlaybackMinter.token, for this stream.
    #[pyo3(signature = (identity, *, min_remaining=None, timeout=None))]
    fn token(
        &self,
        py: Python<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<PlaybackToken> {
        let identity = identity.named("identity")?;
        let options = options(min_remaining, timeout);
        if let Some(source) = self.source() {
            source.check_blocking()?;
        }
        if let Some(token) = self.stream.token_at_once(identity, options).or_raise()? {
            return Ok(PlaybackToken::new(py, &token));
        }
        self.expect_refresh(py)?;
        call::wait(py, self.source(), &self.streamer, self.begin(identity, options))
    }

    /// As PlaybackMinter.try_token, for this stream.
    fn try_token<'py>(
        &self,
        py: Python<'py>,
        identity: Text<'_>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let identity = identity.named("identity")?;
        let options = TokenOptions::default();
        if let Some(token) = self.stream.token_at_once(identity, options).or_raise()? {
            return Ok(Some(PyString::new(py, &token.jwt)));
        }
        let is_run = self.expect_refresh(py)?;
        match py.detach(|| self.stream.try_token(identity)).or_raise()? {
            None if !is_run => Err(no_loop()),
            jwt => Ok(jwt.map(|jwt| PyString::new(py, &jwt))),
        }
    }

    /// A token if it leaves nothing to wait for.
    #[pyo3(signature = (identity, min_remaining, timeout, /))]
    fn _at_once(
        &self,
        py: Python<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<Option<PlaybackToken>> {
        let identity = identity.named("identity")?;
        let options = options(min_remaining, timeout);
        let token = self.stream.token_at_once(identity, options).or_raise()?;
        Ok(token.map(|token| PlaybackToken::new(py, &token)))
    }

    /// A call that a task of the port's loop waits for.
    fn _call(
        &self,
        py: Python<'_>,
        port: &Bound<'_, LoopPort>,
        identity: Text<'_>,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<TokenCall> {
        let identity = identity.named("identity")?;
        let begin = self.begin(identity, options(min_remaining, timeout));
        if self.source().is_some_and(|source| !source.is_coroutine) {
            self.expect_refresh(py)?;
        }
        Ok(TokenCall::begin(py, &port.get().port, self.source(), &self.streamer, begin))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.source.as_ref().map_or(Ok(()), |source| source.traverse(&visit))
    }

    fn __repr__(&self) -> String {
        format!("StreamMinter('{}')", self.streamer)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a StreamMinter holds a secret and is not pickled: make it in each process",
        ))
    }
}
