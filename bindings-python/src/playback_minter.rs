//! Tokens for all viewers of a stream around the one grant that they share.

use std::ffi::CString;
use std::sync::Arc;

use grantmint_core::TokenOptions;
use pyo3::exceptions::{PyRuntimeWarning, PyTypeError};
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::api_key::ApiKey;
use crate::call::{self, Answer, Begin, TokenCall};
use crate::clock::{self, ManualClock};
use crate::error::OrRaise as _;
use crate::grant_cache::{CacheParts, GrantCache};
use crate::job::no_loop;
use crate::number::Count;
use crate::playback_token::PlaybackToken;
use crate::port::LoopPort;
use crate::source::{ForCore, OwnedSource, Source};
use crate::stats::{Event, Stats, events};
use crate::stream_minter::StreamParts;
use crate::text::{self, FilePath, Text};
use crate::time::{Seconds, Ttl};
use crate::{grants, policy};

/// Wipes everything that is kept for minters to come and that nobody uses now.
///
/// That is caches with their grants and cached errors, the cool-downs and rate limits of accounts, and
/// idle connections. A cache that minters share is kept after its last minter until its last grant and
/// cached error have ended, at most 62 s, so that a minter for each request does not cost a request to
/// Twilio each time. Minters that exist, and what they use, are left alone.
#[pyfunction]
pub(crate) fn forget(py: Python<'_>) {
    py.detach(grantmint_core::forget);
}

/// Shows core's advice to whoever makes minters, if there is any.
fn warn(py: Python<'_>) -> PyResult<()> {
    let Some(advice) = grantmint_core::minter_advice() else { return Ok(()) };
    PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &CString::new(advice)?, 1)
}

/// What one call asks for.
pub(crate) fn options(min_remaining: Option<Seconds>, timeout: Option<Seconds>) -> TokenOptions {
    TokenOptions {
        min_remaining: min_remaining.map(|time| time.0),
        timeout: timeout.map(|time| time.0),
    }
}

/// The native part of grantmint.PlaybackMinter.
#[pyclass(frozen, subclass, module = "grantmint._native")]
pub(crate) struct PlaybackMinter {
    minter: grantmint_core::PlaybackMinter,
    source: Option<OwnedSource>,
}

impl PlaybackMinter {
    fn source(&self) -> Option<&Arc<Source>> {
        self.source.as_ref().map(|owned| &owned.source)
    }

    /// Whether somebody will run a fetch that nobody waits for.
    fn expect_refresh(&self, py: Python<'_>) -> PyResult<bool> {
        self.source().map_or(Ok(true), |source| source.expect_refresh(py))
    }

    /// As [`Self::expect_refresh`], where that is all that is asked for.
    fn need_refresh(&self, py: Python<'_>) -> PyResult<()> {
        if self.expect_refresh(py)? { Ok(()) } else { Err(no_loop()) }
    }

    fn begin(&self, streamer: &str, identity: &str, options: TokenOptions) -> impl Begin {
        move |answer: Answer| self.minter.token_then(streamer, identity, options, answer)
    }
}

#[pymethods]
impl PlaybackMinter {
    #[new]
    #[pyo3(signature = (
        key,
        *,
        allow_origin=None,
        grants=None,
        ttl=None,
        unique=true,
        grant_ttl=None,
        min_remaining=None,
        timeout=None,
        source=None,
        cache=None,
        share=None,
        isolated=false,
        base_url=None,
        proxy=None,
        ca_file=None,
        policy=None,
        clock=None,
    ))]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        key: &Bound<'_, ApiKey>,
        allow_origin: Option<Text<'_>>,
        grants: Option<Bound<'_, PyAny>>,
        ttl: Option<Ttl>,
        unique: bool,
        grant_ttl: Option<Ttl>,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
        source: Option<Bound<'_, PyAny>>,
        cache: Option<Bound<'_, GrantCache>>,
        share: Option<Text<'_>>,
        isolated: bool,
        base_url: Option<Text<'_>>,
        proxy: Option<Text<'_>>,
        ca_file: Option<FilePath>,
        policy: Option<Bound<'_, PyAny>>,
        clock: Option<Bound<'_, ManualClock>>,
    ) -> PyResult<Self> {
        let mut builder = grantmint_core::PlaybackMinter::builder(&key.get().0).unique(unique);
        for grant in grants::all(grants)? {
            builder = builder.grant(grant);
        }
        if let Some(origin) = text::named(allow_origin, "allow_origin")? {
            builder = builder.allow_origin(origin);
        }
        if let Some(Ttl(seconds)) = ttl {
            builder = builder.ttl(seconds);
        }
        if let Some(Ttl(seconds)) = grant_ttl {
            builder = builder.grant_ttl(u32::try_from(seconds).unwrap_or(u32::MAX));
        }
        if let Some(Seconds(time)) = min_remaining {
            builder = builder.min_remaining(time);
        }
        if let Some(Seconds(time)) = timeout {
            builder = builder.timeout(time);
        }
        if let Some(cache) = cache {
            builder = builder.cache(&cache.get().cache);
        }
        if let Some(name) = text::named(share, "share")? {
            builder = builder.share(name);
        }
        if isolated {
            builder = builder.isolated();
        }
        if let Some(url) = text::named(base_url, "base_url")? {
            builder = builder.base_url(url);
        }
        if let Some(url) = text::named(proxy, "proxy")? {
            builder = builder.proxy(url);
        }
        if let Some(path) = ca_file {
            builder = builder.ca_file(path.named("ca_file")?);
        }
        if let Some(policy) = policy {
            builder = builder.policy(policy::of(&policy)?);
        }
        if let Some(clock) = clock::of(clock.as_ref()) {
            builder = builder.clock(clock);
        }
        let source = source.as_ref().map(OwnedSource::new).transpose()?;
        if let Some(owned) = &source {
            builder = builder.source(ForCore(Arc::clone(&owned.source)));
        }
        let minter = key.py().detach(|| builder.build()).or_raise()?;
        warn(key.py())?;
        Ok(Self { minter, source })
    }

    /// A token for one viewer of a stream. Waits for a grant if there is none; a hit makes no call.
    ///
    /// Args:
    ///     streamer: The stream, VJ and 32 hexadecimal digits.
    ///     identity: Whom it is for; at most 512 bytes.
    ///     min_remaining: The least remaining life of the grant in it, in seconds or as a timedelta.
    ///     timeout: How long to wait, in seconds or as a timedelta; 5 if None.
    ///
    /// Raises:
    ///     InvalidArgumentError: For the arguments, and if the source is a coroutine function.
    ///     UpstreamError: Of the fetch, shared by all who waited for it; ThrottledError with
    ///         retry_after.
    ///     DeadlineError: No grant came in time.
    ///     GrantmintError: overloaded, closed.
    #[pyo3(signature = (streamer, identity, *, min_remaining=None, timeout=None))]
    fn token(
        &self,
        py: Python<'_>,
        streamer: Text<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<PlaybackToken> {
        let (streamer, identity) = (streamer.named("streamer")?, identity.named("identity")?);
        let options = options(min_remaining, timeout);
        if let Some(source) = self.source() {
            source.check_blocking()?;
        }
        if let Some(token) = self.minter.token_at_once(streamer, identity, options).or_raise()? {
            return Ok(PlaybackToken::new(py, &token));
        }
        self.expect_refresh(py)?;
        let begin = self.begin(streamer, identity, options);
        call::wait(py, self.source(), streamer, begin)
    }

    /// The JWT of a token if the grant for it is there, else None; never waits. Sets off the fetch
    /// that is due.
    ///
    /// Raises:
    ///     InvalidArgumentError: For the arguments, and if there is no grant, and no event loop to
    ///         run a source that is a coroutine function.
    ///     GrantmintError: closed.
    fn try_token<'py>(
        &self,
        py: Python<'py>,
        streamer: Text<'_>,
        identity: Text<'_>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        let (streamer, identity) = (streamer.named("streamer")?, identity.named("identity")?);
        let options = TokenOptions::default();
        if let Some(token) = self.minter.token_at_once(streamer, identity, options).or_raise()? {
            return Ok(Some(PyString::new(py, &token.jwt)));
        }
        let is_run = self.expect_refresh(py)?;
        match py.detach(|| self.minter.try_token(streamer, identity)).or_raise()? {
            None if !is_run => Err(no_loop()),
            jwt => Ok(jwt.map(|jwt| PyString::new(py, &jwt))),
        }
    }

    /// What a StreamMinter is made of.
    fn _stream(&self, py: Python<'_>, streamer: Text<'_>) -> PyResult<StreamParts> {
        let streamer = streamer.named("streamer")?;
        let stream = py.detach(|| self.minter.stream(streamer)).or_raise()?;
        let source = self.source.as_ref().map(|source| source.clone_ref(py));
        Ok(StreamParts { stream, source, streamer: streamer.to_owned() })
    }

    /// Fetches a stream's grant before anybody asks for it; does not wait.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid, or no event loop to run a source that is a coroutine
    ///         function.
    ///     ThrottledError: For a new stream while no call may be made.
    ///     GrantmintError: overloaded, closed.
    fn prefetch(&self, py: Python<'_>, streamer: Text<'_>) -> PyResult<()> {
        let streamer = streamer.named("streamer")?;
        self.need_refresh(py)?;
        py.detach(|| self.minter.prefetch(streamer)).or_raise()
    }

    /// Keeps a stream's grant fresh without it being asked for.
    ///
    /// Args:
    ///     streamer: The stream.
    ///     seconds: For how long, at most 24 hours, in seconds or as a timedelta; 0 ends it.
    ///
    /// Raises:
    ///     As prefetch.
    fn keep_warm(&self, py: Python<'_>, streamer: Text<'_>, seconds: Seconds) -> PyResult<()> {
        let streamer = streamer.named("streamer")?;
        self.need_refresh(py)?;
        py.detach(|| self.minter.keep_warm(streamer, seconds.0)).or_raise()
    }

    /// Drops a stream's grant. A fetch in the air serves those who wait for it and is not stored.
    ///
    /// Returns:
    ///     Whether there was anything to drop.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid.
    ///     GrantmintError: closed.
    fn invalidate(&self, py: Python<'_>, streamer: Text<'_>) -> PyResult<bool> {
        let streamer = streamer.named("streamer")?;
        py.detach(|| self.minter.invalidate(streamer)).or_raise()
    }

    /// Drops a stream's grant if it is still the one of this generation: of many viewers who met a
    /// bad grant, the first has it fetched anew.
    ///
    /// Raises:
    ///     As invalidate.
    fn invalidate_if(
        &self,
        py: Python<'_>,
        streamer: Text<'_>,
        generation: Count,
    ) -> PyResult<bool> {
        let streamer = streamer.named("streamer")?;
        py.detach(|| self.minter.invalidate_if(streamer, generation.0)).or_raise()
    }

    /// Signs and fetches with another key of the same account from now on. Grants stay, stored
    /// errors go.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_credentials for a key of another account.
    ///     GrantmintError: closed.
    fn rotate(&self, py: Python<'_>, key: &Bound<'_, ApiKey>) -> PyResult<()> {
        let key = key.get().0.clone();
        py.detach(|| self.minter.rotate(&key)).or_raise()
    }

    /// What the cache has done, for all who share it.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn stats(&self, py: Python<'_>) -> PyResult<Stats> {
        py.detach(|| self.minter.stats()).or_raise().map(Stats)
    }

    /// The cache's last 1,024 events since the last call, oldest first.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn drain_events(&self, py: Python<'_>) -> PyResult<Vec<Event>> {
        py.detach(|| self.minter.drain_events()).or_raise().map(events)
    }

    /// What the GrantCache of this minter is made of.
    fn _cache(&self) -> PyResult<CacheParts> {
        self.minter.cache().or_raise().map(CacheParts)
    }

    /// Empties the cache for all who share it.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn purge(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.minter.purge()).or_raise()
    }

    /// Detaches this minter and its streams: later calls raise closed. Others who share the cache go
    /// on, and minters to come find it for a while: purge() first empties it.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.minter.close());
    }

    /// A token if it leaves nothing to wait for.
    #[pyo3(signature = (streamer, identity, min_remaining, timeout, /))]
    fn _at_once(
        &self,
        py: Python<'_>,
        streamer: Text<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<Option<PlaybackToken>> {
        let (streamer, identity) = (streamer.named("streamer")?, identity.named("identity")?);
        let options = options(min_remaining, timeout);
        let token = self.minter.token_at_once(streamer, identity, options).or_raise()?;
        Ok(token.map(|token| PlaybackToken::new(py, &token)))
    }

    /// A call that a task of the port's loop waits for.
    fn _call(
        &self,
        py: Python<'_>,
        port: &Bound<'_, LoopPort>,
        streamer: Text<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds>,
        timeout: Option<Seconds>,
    ) -> PyResult<TokenCall> {
        let (streamer, identity) = (streamer.named("streamer")?, identity.named("identity")?);
        let begin = self.begin(streamer, identity, options(min_remaining, timeout));
        if self.source().is_some_and(|source| !source.is_coroutine) {
            self.expect_refresh(py)?;
        }
        Ok(TokenCall::begin(py, &port.get().port, self.source(), streamer, begin))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.source.as_ref().map_or(Ok(()), |source| source.traverse(&visit))
    }

    fn __repr__(&self) -> &'static str {
        "PlaybackMinter(...)"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a PlaybackMinter holds a secret and is not pickled: make it in each process, where it \
             finds the cache again",
        ))
    }
}
