//! Mints one viewer's token, for a minter or for one of its streams: at once, or after a wait.

use std::sync::Arc;
use std::time::Duration;

use grantmint_core::{Result, TokenFuture, TokenOptions};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::given;
use crate::call::{self, TokenCall};
use crate::error::OrRaise as _;
use crate::hub;
use crate::playback_token::PlaybackToken;
use crate::port::LoopPort;
use crate::source::{Source, no_loop};
use crate::text::Text;
use crate::time::Seconds;

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

    /// See [`grantmint_core::StreamMinter::try_token`].
    fn try_token(&self, identity: &str) -> Result<Option<String>>;

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
    if let Some(port) = hub::port(py)? {
        return in_hub(port, identity, options);
    }
    expect_refresh(py, minter.source())?;
    let asked = minter.token_async(identity, options);
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
        return Ok(Some(PyString::new(py, &token.jwt)));
    }
    let is_run = expect_refresh(py, minter.source())?;
    match py.detach(|| minter.try_token(identity)).or_raise()? {
        None if !is_run => Err(no_loop()),
        jwt => Ok(jwt.map(|jwt| PyString::new(py, &jwt))),
    }
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
    if minter.source().is_some_and(|source| !source.is_coroutine()) {
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
    Ok(token.map(|token| PlaybackToken::new(py, &token)))
}

/// What one call asks for.
#[inline]
fn options(
    min_remaining: Option<Seconds<'_>>,
    timeout: Option<Seconds<'_>>,
) -> PyResult<TokenOptions> {
    Ok(TokenOptions {
        min_remaining: given(min_remaining, "min_remaining")?,
        timeout: given(timeout, "timeout")?,
    })
}
