//! Mints tokens for one stream of a minter: the fastest way.

use std::sync::Arc;

use grantmint_core::{Result, TokenFuture, TokenOptions};
use pyo3::exceptions::PyTypeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::{Argument, Kind};
use crate::call::TokenCall;
use crate::mint::{self, Mint, in_seconds};
use crate::playback_token::PlaybackToken;
use crate::port::LoopPort;
use crate::python_code;
use crate::source::{OwnedSource, Source};
use crate::text::Text;
use crate::time::Seconds;

/// What a minter returns for a stream, to make Python's class from.
#[pyclass(frozen, module = "grantmint._native")]
pub(crate) struct StreamParts {
    pub(crate) stream: grantmint_core::StreamMinter,
    pub(crate) source: Option<OwnedSource>,
    pub(crate) streamer: String,
}

impl Kind for StreamParts {
    type Value<'a> = &'a Self;

    const NEEDED: &'static str = "what PlaybackMinter.stream hands over";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, _: &str) -> PyResult<&'a Self> {
        Ok(value.cast::<Self>()?.get())
    }

    fn advice(_: Borrowed<'_, '_, PyAny>, _: &str) -> &'static str {
        ": write PlaybackMinter(…).stream(streamer)"
    }
}

/// The native part of grantmint.StreamMinter.
#[pyclass(frozen, subclass, module = "grantmint._native")]
pub(crate) struct StreamMinter {
    stream: grantmint_core::StreamMinter,
    source: Option<OwnedSource>,
    streamer: String,
}

impl Mint for StreamMinter {
    #[inline]
    fn streamer(&self) -> &str {
        &self.streamer
    }

    #[inline]
    fn source(&self) -> Option<&Arc<Source>> {
        self.source.as_ref().map(|owned| &owned.source)
    }

    #[inline]
    fn token_at_once(
        &self,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<grantmint_core::PlaybackToken>> {
        self.stream.token_at_once(identity, options)
    }

    fn try_token(
        &self,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<grantmint_core::PlaybackToken>> {
        self.stream.try_token_with(identity, options)
    }

    fn token_async(&self, identity: &str, options: TokenOptions) -> TokenFuture {
        self.stream.token_async(identity, options)
    }
}

#[pymethods]
impl StreamMinter {
    #[new]
    fn new(py: Python<'_>, parts: Argument<'_, StreamParts>) -> PyResult<Self> {
        let StreamParts { stream, source, streamer } = parts.named("parts")?;
        let source = source.as_ref().map(|source| source.clone_ref(py));
        Ok(Self { stream: stream.clone(), source, streamer: streamer.clone() })
    }

    /// The stream's SID, as it was given.
    #[getter]
    fn streamer(&self) -> &str {
        &self.streamer
    }

    /// As PlaybackMinter.token, for this stream.
    #[pyo3(signature = (identity, *, min_remaining=None, timeout=None))]
    fn token(
        this: &Bound<'_, Self>,
        identity: Text<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Py<PlaybackToken>> {
        let (py, minter) = (this.py(), this.get());
        mint::token(py, minter, identity, min_remaining, timeout, |port, identity, options| {
            let begin = this.getattr("_call")?;
            let (least, time) = (in_seconds(options.min_remaining), in_seconds(options.timeout));
            let asked = (begin, identity, least, time);
            Ok(python_code::call(&port.getattr("token")?, asked, None)?.extract()?)
        })
    }

    /// As PlaybackMinter.try_token, for this stream.
    fn try_token<'py>(
        &self,
        py: Python<'py>,
        identity: Text<'_>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        mint::try_token(py, self, identity)
    }

    /// A token if there is nothing to wait for.
    #[pyo3(signature = (identity, min_remaining, timeout, /))]
    fn _at_once(
        &self,
        py: Python<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Option<PlaybackToken>> {
        mint::token_at_once(py, self, identity, min_remaining, timeout)
    }

    /// A token for a task whose loop cannot have a port.
    #[pyo3(signature = (identity, min_remaining, timeout, /))]
    fn _without_port(
        &self,
        py: Python<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<PlaybackToken> {
        mint::token_without_port(py, self, identity, min_remaining, timeout)
    }

    /// A call that a task of the port's loop, or a greenlet of its hub, waits for.
    fn _call(
        &self,
        py: Python<'_>,
        port: &Bound<'_, LoopPort>,
        identity: Text<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<TokenCall> {
        mint::token_call(py, self, port, identity, min_remaining, timeout)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
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
