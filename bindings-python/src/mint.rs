//! Mints one viewer's token, for a minter or for one of its streams: at once, or after a wait.

use std::sync::Arc;
use std::time::Duration;

use grantmint_core::{Error, ErrorKind, Result, TokenFuture, TokenOptions};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::given;
use crate::call::{self, TokenCall};
use crate::error::OrRaise as _;
use crate::hub;
use crate::playback_token::PlaybackToken;
use crate::port::LoopPort;
use crate::source::{Source, no_loop};
use crate::text::{Text, handed_over};
use crate::time::Seconds;

const NO_DESCRIPTOR: &str = "there is no grant, and the process has no file descriptor left for the event loop to wait with";

/// What mints the tokens of one stream in core.
pub(crate) trait Mint: Sync {
    fn streamer(&self) -> &str;

    fn source(&self) -> Option<&Arc<Source>>;

    /// See [`grantmint_core::StreamMinter::token_at_once`].
    fn token_at_once(
        &self,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<grantmint_core::PlaybackToken>>;

    /// See [`grantmint_core::StreamMinter::try_token_with`].
    fn try_token(
        &self,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<grantmint_core::PlaybackToken>>;

    /// See [`grantmint_core::StreamMinter::token_async`].
    fn token_async(&self, identity: &str, options: TokenOptions) -> TokenFuture;
}

/// A token. If there is no grant it waits: natively, or as `in_hub` does if this thread has a hub,
/// whose port that is given.
#[inline]
pub(crate) fn token(
    py: Python<'_>,
    minter: &impl Mint,
    identity: Text<'_>,
    min_remaining: Option<Seconds<'_>>,
    timeout: Option<Seconds<'_>>,
    in_hub: impl FnOnce(Bound<'_, PyAny>, &str, TokenOptions) -> PyResult<Py<PlaybackToken>>,
) -> PyResult<Py<PlaybackToken>> {
    let identity = identity.named("identity")?;
    let options = options(min_remaining, timeout)?;
    if let Some(source) = minter.source() {
        source.check_blocking()?;
    }
    if let Some(token) = at_once(py, minter, identity, options)? {
        return Py::new(py, token);
    }
    match hub::port(py) {
        Ok(Some(port)) => return in_hub(port, identity, options),
        Ok(None) => {}
        Err(error) if error.is_instance_of::<PyOSError>(py) => {
            return Py::new(py, without_port(py, minter, identity, options)?);
        }
        Err(error) => return Err(error),
    }
    expect_refresh(py, minter.source())?;
    let asked = minter.token_async(identity, options.looks_again());
    Py::new(py, call::wait(py, minter.source(), minter.streamer(), asked)?)
}

/// A token if there is nothing to wait for.
#[inline]
pub(crate) fn token_at_once(
    py: Python<'_>,
    minter: &impl Mint,
    identity: Text<'_>,
    min_remaining: Option<Seconds<'_>>,
    timeout: Option<Seconds<'_>>,
) -> PyResult<Option<PlaybackToken>> {
    at_once(py, minter, identity.named("identity")?, options(min_remaining, timeout)?)
}

/// The JWT of a token if there is a grant, else None; never waits.
#[inline]
pub(crate) fn try_token<'py>(
    py: Python<'py>,
    minter: &impl Mint,
    identity: Text<'_>,
) -> PyResult<Option<Bound<'py, PyString>>> {
    let identity = identity.named("identity")?;
    if let Some(token) = minter.token_at_once(identity, TokenOptions::default()).or_raise()? {
        return Ok(Some(handed_over(py, token.jwt)));
    }
    let is_run = expect_refresh(py, minter.source())?;
    match py.detach(|| minter.try_token(identity, TokenOptions::default())).or_raise()? {
        None if !is_run && is_coroutine(minter) => Err(no_loop()),
        token => Ok(token.map(|token| handed_over(py, token.jwt))),
    }
}

/// A token for a task whose loop cannot have a port, since the process has no descriptor left: what the
/// cache has, though a refresh may be due.
pub(crate) fn token_without_port(
    py: Python<'_>,
    minter: &impl Mint,
    identity: Text<'_>,
    min_remaining: Option<Seconds<'_>>,
    timeout: Option<Seconds<'_>>,
) -> PyResult<PlaybackToken> {
    without_port(py, minter, identity.named("identity")?, options(min_remaining, timeout)?)
}

fn without_port(
    py: Python<'_>,
    minter: &impl Mint,
    identity: &str,
    options: TokenOptions,
) -> PyResult<PlaybackToken> {
    let token = py.detach(|| minter.try_token(identity, options)).or_raise()?;
    let token = token.ok_or_else(|| Error::new(ErrorKind::Overloaded, NO_DESCRIPTOR)).or_raise()?;
    Ok(PlaybackToken::new(py, token))
}

/// A call for a token that a task of the port's loop, or a greenlet of its hub, waits for.
pub(crate) fn token_call(
    py: Python<'_>,
    minter: &impl Mint,
    port: &Bound<'_, LoopPort>,
    identity: Text<'_>,
    min_remaining: Option<Seconds<'_>>,
    timeout: Option<Seconds<'_>>,
) -> PyResult<TokenCall> {
    let identity = identity.named("identity")?;
    let options = options(min_remaining, timeout)?;
    if !is_coroutine(minter) {
        expect_refresh(py, minter.source())?;
    }
    let asked = minter.token_async(identity, options);
    Ok(TokenCall::new(&port.get().port, minter.source(), minter.streamer(), asked))
}

/// Prepares for a fetch that no caller waits for; returns whether there is somebody to run it. The
/// built-in client runs its own fetches.
pub(crate) fn expect_refresh(py: Python<'_>, source: Option<&Arc<Source>>) -> PyResult<bool> {
    source.map_or(Ok(true), |source| source.expect_refresh(py))
}

/// Whether only an event loop can run the source.
fn is_coroutine(minter: &impl Mint) -> bool {
    minter.source().is_some_and(|source| source.is_coroutine())
}

/// A time as Python has it.
pub(crate) fn in_seconds(time: Option<Duration>) -> Option<f64> {
    time.map(|time| time.as_secs_f64())
}

#[inline]
fn at_once(
    py: Python<'_>,
    minter: &impl Mint,
    identity: &str,
    options: TokenOptions,
) -> PyResult<Option<PlaybackToken>> {
    let token = minter.token_at_once(identity, options).or_raise()?;
    Ok(token.map(|token| PlaybackToken::new(py, token)))
}

/// What one call asks for.
#[inline]
fn options(
    min_remaining: Option<Seconds<'_>>,
    timeout: Option<Seconds<'_>>,
) -> PyResult<TokenOptions> {
    Ok(TokenOptions::new()
        .min_remaining(given(min_remaining, "min_remaining")?)
        .timeout(given(timeout, "timeout")?))
}
