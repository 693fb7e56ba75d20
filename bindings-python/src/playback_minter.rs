//! Mints a token for each viewer of a stream, around the one grant that all of them share.

use std::sync::Arc;

use grantmint_core::{Result, TokenFuture, TokenOptions};
use pyo3::exceptions::PyTypeError;
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::account;
use crate::api_key::ApiKey;
use crate::argument::{Argument, given};
use crate::builder::set_given;
use crate::call::TokenCall;
use crate::clock::ManualClock;
use crate::error::OrRaise as _;
use crate::event::{Event, events};
use crate::flag;
use crate::fleet::OfFleet;
use crate::grant_cache::{CacheParts, GrantCache};
use crate::grants::argument;
use crate::kept;
use crate::mint::{self, Mint, in_seconds};
use crate::number::{Count, Number};
use crate::playback_token::PlaybackToken;
use crate::policy;
use crate::port::LoopPort;
use crate::python_code;
use crate::source::{ForCore, OwnedSource, Source, no_loop};
use crate::stats::Stats;
use crate::stream_minter::StreamParts;
use crate::text::{FilePath, Text};
use crate::time::{Seconds, Ttl};
use crate::unknown;

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

    /// The minter for one stream.
    #[inline]
    fn of<'a, 't: 'a>(&'a self, streamer: Text<'t>) -> PyResult<OfStream<'a>> {
        Ok(OfStream { minter: self, streamer: streamer.named("streamer")? })
    }

    /// Refuses a call that only sets off a fetch, if there is nobody to run it.
    fn need_refresh(&self, py: Python<'_>) -> PyResult<()> {
        if mint::expect_refresh(py, self.source())? { Ok(()) } else { Err(no_loop()) }
    }
}

/// A minter with the stream that it is asked for.
struct OfStream<'a> {
    minter: &'a PlaybackMinter,
    streamer: &'a str,
}

impl Mint for OfStream<'_> {
    #[inline]
    fn streamer(&self) -> &str {
        self.streamer
    }

    #[inline]
    fn source(&self) -> Option<&Arc<Source>> {
        self.minter.source()
    }

    #[inline]
    fn token_at_once(
        &self,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<grantmint_core::PlaybackToken>> {
        self.minter.minter.token_at_once(self.streamer, identity, options)
    }

    fn try_token(
        &self,
        identity: &str,
        options: TokenOptions,
    ) -> Result<Option<grantmint_core::PlaybackToken>> {
        self.minter.minter.try_token_with(self.streamer, identity, options)
    }

    fn token_async(&self, identity: &str, options: TokenOptions) -> TokenFuture {
        self.minter.minter.token_async(self.streamer, identity, options)
    }
}

#[pymethods]
impl PlaybackMinter {
    #[new]
    #[pyo3(
        signature = (
            key,
            *more,
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
            fleet=None,
            base_url=None,
            proxy=None,
            ca_file=None,
            calls_per_second=None,
            burst=None,
            max_fetches=None,
            policy=None,
            clock=None,
            **unknown
        ),
        text_signature = "(key, *, allow_origin=None, grants=None, ttl=None, unique=True, \
                          grant_ttl=None, min_remaining=None, timeout=None, source=None, cache=None, \
                          share=None, isolated=False, fleet=None, base_url=None, proxy=None, \
                          ca_file=None, calls_per_second=None, burst=None, max_fetches=None, \
                          policy=None, clock=None)"
    )]
    #[allow(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn new(
        py: Python<'_>,
        key: Argument<'_, ApiKey>,
        more: &Bound<'_, PyTuple>,
        allow_origin: Option<Text<'_>>,
        grants: Option<Bound<'_, PyAny>>,
        ttl: Option<Ttl<'_>>,
        #[pyo3(from_py_with = flag::unique)] unique: bool,
        grant_ttl: Option<Ttl<'_>>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
        source: Option<Bound<'_, PyAny>>,
        cache: Option<Argument<'_, GrantCache>>,
        share: Option<Text<'_>>,
        #[pyo3(from_py_with = flag::isolated)] isolated: bool,
        fleet: Option<Argument<'_, OfFleet>>,
        base_url: Option<Text<'_>>,
        proxy: Option<Text<'_>>,
        ca_file: Option<FilePath<'_>>,
        calls_per_second: Option<Number<'_>>,
        burst: Option<Count<'_>>,
        max_fetches: Option<Count<'_>>,
        policy: Option<Bound<'_, PyAny>>,
        clock: Option<Argument<'_, ManualClock>>,
        unknown: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        unknown::refuse::<Self>(py, Some(more), unknown)?;
        let mut builder =
            grantmint_core::PlaybackMinter::builder(&key.named("key")?.0).unique(unique);
        for grant in argument::all(grants)? {
            builder = builder.grant(grant);
        }
        set_given!(builder, {
            allow_origin: given(allow_origin, "allow_origin")?,
            ttl: given(ttl, "ttl")?,
            grant_ttl: given(grant_ttl, "grant_ttl")?
                .map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX)),
            min_remaining: given(min_remaining, "min_remaining")?,
            timeout: given(timeout, "timeout")?,
            cache: given(cache, "cache")?.map(|cache| &cache.cache),
            share: given(share, "share")?,
        });
        if isolated {
            builder = builder.isolated();
        }
        set_given!(builder, {
            fleet: given(fleet, "fleet")?,
            base_url: given(base_url, "base_url")?,
            proxy: given(proxy, "proxy")?,
            ca_file: given(ca_file, "ca_file")?,
            account: Some(account::options(calls_per_second, burst, max_fetches)?),
            policy: policy.as_ref().map(policy::of).transpose()?,
            clock: given(clock, "clock")?,
        });
        let source = source.as_ref().map(OwnedSource::new).transpose()?;
        if let Some(owned) = &source {
            builder = builder.source(ForCore(Arc::clone(&owned.source)));
        }
        let minter = py.detach(|| builder.build()).or_raise()?;
        kept::warn(py)?;
        Ok(Self { minter, source })
    }

    /// A token for one viewer of a stream. Makes no request if the cache has a grant; waits for one
    /// otherwise.
    ///
    /// Args:
    ///     streamer: The stream, VJ and 32 hexadecimal digits.
    ///     identity: Whom it is for; at most 512 bytes.
    ///     min_remaining: How long the grant in it must still live, in seconds or as a timedelta.
    ///     timeout: How long to wait at most, in seconds or as a timedelta; 5 seconds if None.
    ///
    /// Raises:
    ///     InvalidArgumentError: For the arguments, and if the source is a coroutine function.
    ///     UpstreamError: The fetch failed; all who waited for it get the same error.
    ///         ThrottledError has a retry_after.
    ///     DeadlineError: No grant came in time.
    ///     GrantmintError: overloaded, closed.
    #[pyo3(signature = (streamer, identity, *, min_remaining=None, timeout=None))]
    fn token(
        this: &Bound<'_, Self>,
        streamer: Text<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Py<PlaybackToken>> {
        let (py, minter) = (this.py(), this.get().of(streamer)?);
        mint::token(py, &minter, identity, min_remaining, timeout, |port, identity, options| {
            let begin = this.getattr("_call")?;
            let (least, time) = (in_seconds(options.min_remaining), in_seconds(options.timeout));
            let asked = (begin, minter.streamer, identity, least, time);
            Ok(python_code::call(&port.getattr("token")?, asked, None)?.extract()?)
        })
    }

    /// The JWT of a token if the cache has a grant for it, else None; never waits. Starts the fetch
    /// that is due.
    ///
    /// Raises:
    ///     InvalidArgumentError: For the arguments. Also if there is no grant, the source is a
    ///         coroutine function and there is no event loop to run it.
    ///     GrantmintError: closed.
    fn try_token<'py>(
        &self,
        py: Python<'py>,
        streamer: Text<'_>,
        identity: Text<'_>,
    ) -> PyResult<Option<Bound<'py, PyString>>> {
        mint::try_token(py, &self.of(streamer)?, identity)
    }

    /// What Python's StreamMinter is made from.
    fn _stream(&self, py: Python<'_>, streamer: Text<'_>) -> PyResult<StreamParts> {
        let streamer = streamer.named("streamer")?;
        let stream = py.detach(|| self.minter.stream(streamer)).or_raise()?;
        let source = self.source.as_ref().map(|source| source.clone_ref(py));
        Ok(StreamParts { stream, source, streamer: streamer.to_owned() })
    }

    /// Fetches a stream's grant before anybody asks for it; does not wait. A fetch that fails is seen
    /// in the events alone.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid. Also if the source is a coroutine function and there
    ///         is no event loop to run it.
    ///     ThrottledError: The stream is new, and no request may be sent now.
    ///     GrantmintError: overloaded, closed.
    fn prefetch(&self, py: Python<'_>, streamer: Text<'_>) -> PyResult<()> {
        let streamer = streamer.named("streamer")?;
        self.need_refresh(py)?;
        py.detach(|| self.minter.prefetch(streamer)).or_raise()
    }

    /// Keeps a stream's grant fresh although nobody asks for it. A refresh that fails is seen in the
    /// events alone.
    ///
    /// Args:
    ///     streamer: The stream.
    ///     seconds: For how long, in seconds or as a timedelta; more than 48 hours counts as 48 hours,
    ///         0 ends it.
    ///
    /// Raises:
    ///     As prefetch.
    fn keep_warm(&self, py: Python<'_>, streamer: Text<'_>, seconds: Seconds<'_>) -> PyResult<()> {
        let (streamer, seconds) = (streamer.named("streamer")?, seconds.named("seconds")?);
        self.need_refresh(py)?;
        py.detach(|| self.minter.keep_warm(streamer, seconds)).or_raise()
    }

    /// Drops a stream's grant. A fetch that is under way answers the waiters for it; its grant
    /// is not stored.
    ///
    /// Returns:
    ///     Whether the cache knew the stream, with a grant or without one.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_sid.
    ///     GrantmintError: closed.
    fn invalidate(&self, py: Python<'_>, streamer: Text<'_>) -> PyResult<bool> {
        let streamer = streamer.named("streamer")?;
        py.detach(|| self.minter.invalidate(streamer)).or_raise()
    }

    /// Drops a stream's grant if it still has this generation. If many viewers report the same bad
    /// grant, only the first report has a new one fetched.
    ///
    /// Raises:
    ///     As invalidate.
    fn invalidate_if(
        &self,
        py: Python<'_>,
        streamer: Text<'_>,
        generation: Count<'_>,
    ) -> PyResult<bool> {
        let streamer = streamer.named("streamer")?;
        let generation = generation.named("generation")?;
        py.detach(|| self.minter.invalidate_if(streamer, generation)).or_raise()
    }

    /// Signs and fetches with another key of the same account from now on. Grants stay; stored
    /// errors are dropped.
    ///
    /// Raises:
    ///     InvalidArgumentError: invalid_credentials for a key of another account.
    ///     GrantmintError: closed.
    fn rotate(&self, py: Python<'_>, key: Argument<'_, ApiKey>) -> PyResult<()> {
        let key = &key.named("key")?.0;
        py.detach(|| self.minter.rotate(key)).or_raise()
    }

    /// The counters of the cache, for all minters that share it.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn stats(&self, py: Python<'_>) -> PyResult<Stats> {
        py.detach(|| self.minter.stats()).or_raise().map(Stats)
    }

    /// The cache's events since the last call, oldest first; the last 1,024 at most.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn drain_events(&self, py: Python<'_>) -> PyResult<Vec<Event>> {
        py.detach(|| self.minter.drain_events()).or_raise().map(events)
    }

    /// What Python's GrantCache of this minter is made from.
    fn _cache(&self) -> PyResult<CacheParts> {
        self.minter.cache().or_raise().map(CacheParts)
    }

    /// Empties the cache for all minters that share it, and wipes what this one has prepared with its
    /// grants.
    ///
    /// Raises:
    ///     GrantmintError: closed.
    fn purge(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.minter.purge()).or_raise()
    }

    /// Closes this minter and its streams: later calls raise closed, those that wait still get their
    /// result, and it keeps no stream warm any more. Other minters that share the cache go on, and later
    /// ones find it for a while: purge() first empties it.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.minter.close());
    }

    /// A token if there is nothing to wait for.
    #[pyo3(signature = (streamer, identity, min_remaining, timeout, /))]
    fn _at_once(
        &self,
        py: Python<'_>,
        streamer: Text<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<Option<PlaybackToken>> {
        mint::token_at_once(py, &self.of(streamer)?, identity, min_remaining, timeout)
    }

    /// A token for a task whose loop cannot have a port.
    #[pyo3(signature = (streamer, identity, min_remaining, timeout, /))]
    fn _without_port(
        &self,
        py: Python<'_>,
        streamer: Text<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<PlaybackToken> {
        mint::token_without_port(py, &self.of(streamer)?, identity, min_remaining, timeout)
    }

    /// A call that a task of the port's loop, or a greenlet of its hub, waits for.
    fn _call(
        &self,
        py: Python<'_>,
        port: &Bound<'_, LoopPort>,
        streamer: Text<'_>,
        identity: Text<'_>,
        min_remaining: Option<Seconds<'_>>,
        timeout: Option<Seconds<'_>>,
    ) -> PyResult<TokenCall> {
        mint::token_call(py, &self.of(streamer)?, port, identity, min_remaining, timeout)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> std::result::Result<(), PyTraverseError> {
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
