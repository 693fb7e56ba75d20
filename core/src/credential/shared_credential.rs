//! What callers ask for a credential.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::fetcher::SHARED;
use super::issued::Issued;
use crate::cache::{BeginOptions, Event, GrantCache, Handle, Key, PendingCall, Stats, call_back};
use crate::error::{Error, ErrorKind, Result};
use crate::fetch::Feed;
use crate::rest::{Per, RestSource};

/// A credential that has been asked for. Dropping it ends the wait, never the fetch. Not to be polled again when it is
/// ready.
pub type IssuedFuture = Pin<Box<dyn Future<Output = Result<Issued>> + Send>>;

/// A short-lived credential of a service, fetched once and shared by all who need one: refreshed ahead, with one
/// request for any number of callers. Cheap to clone; to be shared by all threads.
///
/// # Example: an OAuth 2 access token
///
/// ```no_run
/// use grantmint_core::{Credential, oauth2};
///
/// let source = oauth2("https://idp.example/oauth/token", "my app", "its secret").build()?;
/// let token = Credential::builder(source).build()?;
/// let authorization = format!("Bearer {}", token.get(None)?.as_str());
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Credential(Arc<Open>);

/// A credential until it is closed.
struct Open {
    closed: AtomicBool,
    feed: Arc<Feed>,
    source: RestSource,
    defaults: BeginOptions,
    /// Whether events and logs may show callers' keys.
    shows_keys: bool,
    /// Tells calls apart, if each has a credential of its own.
    calls: AtomicU64,
}

impl Credential {
    pub(super) fn new(
        feed: Arc<Feed>,
        source: RestSource,
        defaults: BeginOptions,
        shows_keys: bool,
    ) -> Self {
        let (closed, calls) = (AtomicBool::new(false), AtomicU64::new(0));
        Self(Arc::new(Open { closed, feed, source, defaults, shows_keys, calls }))
    }

    /// The credential, waiting for it if need be. `key` says whose, for a source that is [`Per::Key`], and is none
    /// otherwise.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for the key; 3xx of the fetch, shared by all who waited for it;
    /// [`ErrorKind::DeadlineExceeded`] when none came in time, [`ErrorKind::Overloaded`] when the rate limit is used up,
    /// [`ErrorKind::Closed`] after [`Credential::close`].
    pub fn get(&self, key: Option<&str>) -> Result<Issued> {
        self.get_with(key, BeginOptions::default())
    }

    /// As [`Credential::get`], with a promise and a time of its own.
    ///
    /// # Errors
    ///
    /// As there; [`ErrorKind::InvalidArgument`] for a `min_remaining` over half of the lifetime.
    pub fn get_with(&self, key: Option<&str>, options: BeginOptions) -> Result<Issued> {
        let call = self.call(key, options)?;
        let hit = self.0.feed.get(&call.handle, call.options)?;
        Ok(Issued::new(&hit))
    }

    /// As [`Credential::get_with`], as a future. The caller's time runs from now on, and one of the library's threads
    /// watches it.
    pub fn get_async(&self, key: Option<&str>, options: BeginOptions) -> IssuedFuture {
        let call = self.call(key, options);
        let asked = call.map(|call| {
            let grant = self.0.feed.get_async(Arc::clone(&call.handle), call.options);
            (call, grant)
        });
        Box::pin(async move {
            let (call, grant) = asked?;
            let hit = grant.await?;
            let issued = Issued::new(&hit);
            drop((hit, call));
            Ok(issued)
        })
    }

    /// As [`Credential::get_with`], by callback, which is called once: before this returns if the credential is there,
    /// else on one of the library's threads, which it must not block.
    pub fn get_then(
        &self,
        key: Option<&str>,
        options: BeginOptions,
        callback: impl FnOnce(Result<Issued>) + Send + 'static,
    ) -> PendingCall {
        call_back(self.get_async(key, options), callback)
    }

    /// The credential if it is there and keeps the promise; never waits. None sets off its fetch.
    ///
    /// # Errors
    ///
    /// 1xx for the arguments, [`ErrorKind::Closed`], [`ErrorKind::Unsupported`] for a source that is [`Per::Call`]:
    /// there is never one. Never an error of upstream.
    pub fn try_get(&self, key: Option<&str>, options: BeginOptions) -> Result<Option<Issued>> {
        let key = self.cached_key(key)?;
        let options = self.options(options);
        options.check(&key)?;
        // What may not even be looked up is not there.
        let Ok(handle) = self.0.feed.tenant().handle(&key, options) else { return Ok(None) };
        let hit = self.0.feed.try_get(&handle, options)?;
        Ok(hit.as_ref().map(Issued::new))
    }

    /// Fetches the credential before anybody asks for it; does not wait.
    ///
    /// # Errors
    ///
    /// As of [`Credential::try_get`]; that of the last fetch while no request may be sent.
    pub fn prefetch(&self, key: Option<&str>) -> Result<()> {
        let key = self.cached_key(key)?;
        self.0.feed.prefetch(&key)
    }

    /// Keeps the credential fresh without it being read, for at most 48 h: a longer time counts as 48 h, zero ends it.
    ///
    /// # Errors
    ///
    /// As of [`Credential::prefetch`].
    pub fn keep_warm(&self, key: Option<&str>, time: Duration) -> Result<()> {
        let key = self.cached_key(key)?;
        self.0.feed.keep_warm(&key, time)
    }

    /// Drops the credential. The outcome of a fetch in flight goes to its waiters and is not stored.
    ///
    /// # Errors
    ///
    /// As of [`Credential::try_get`].
    pub fn invalidate(&self, key: Option<&str>) -> Result<bool> {
        let key = self.cached_key(key)?;
        Ok(self.0.feed.tenant().invalidate(&key, None))
    }

    /// Drops the credential if it is the one of this generation: of many callers whom a service has answered 401, the
    /// first has it fetched anew.
    ///
    /// # Errors
    ///
    /// As of [`Credential::try_get`].
    pub fn invalidate_if(&self, key: Option<&str>, generation: u64) -> Result<bool> {
        let key = self.cached_key(key)?;
        Ok(self.0.feed.tenant().invalidate(&key, Some(generation)))
    }

    /// Drops all credentials and cached errors of this source in its cache, for all who share them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn purge(&self) -> Result<()> {
        self.open()?.feed.tenant().purge();
        Ok(())
    }

    /// What the cache has done, for all who share it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn stats(&self) -> Result<Stats> {
        Ok(self.open()?.feed.tenant().stats())
    }

    /// The cache's last 1,024 events since the last call, oldest first.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn drain_events(&self) -> Result<Vec<Event>> {
        Ok(self.open()?.feed.tenant().cache().drain_events())
    }

    /// The cache.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`].
    pub fn cache(&self) -> Result<GrantCache> {
        Ok(self.open()?.feed.tenant().cache().clone())
    }

    /// Detaches this credential and its clones: later calls fail with [`ErrorKind::Closed`], those that wait are
    /// answered, and it keeps nothing warm. Others who share the cache go on.
    pub fn close(&self) {
        self.0.closed.store(true, Ordering::Relaxed);
        self.0.feed.close();
    }

    fn open(&self) -> Result<&Open> {
        match self.0.closed.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Closed, "the credential has been closed")),
            false => Ok(&self.0),
        }
    }

    /// One call for the credential of a key.
    fn call(&self, key: Option<&str>, options: BeginOptions) -> Result<Call> {
        let open = self.open()?;
        open.source.check_key(key)?;
        let options = self.options(options);
        let is_single = open.source.per() == Per::Call;
        let number = is_single.then(|| open.calls.fetch_add(1, Ordering::Relaxed));
        let key = self.key(key, number)?;
        let handle = Arc::new(open.feed.tenant().handle(&key, options)?);
        let single = is_single.then(|| (Arc::clone(&open.feed), key));
        Ok(Call { handle, options, single })
    }

    /// The key of what is cached.
    fn cached_key(&self, key: Option<&str>) -> Result<Key> {
        let open = self.open()?;
        open.source.check_key(key)?;
        if open.source.per() == Per::Call {
            let what =
                "a source that is per call brings what is used once: there is nothing to keep";
            return Err(Error::new(ErrorKind::Unsupported, what));
        }
        self.key(key, None)
    }

    fn key(&self, key: Option<&str>, number: Option<u64>) -> Result<Key> {
        let number = number.map_or_else(String::new, |number| number.to_string());
        let text = match key {
            Some(key) => format!("{number}{SHARED} {key}"),
            None => format!("{number}{SHARED}"),
        };
        let of_caller = key.filter(|_| self.0.shows_keys).map_or(0, str::len);
        let key = Key::new(&text, self.0.source.longest())?;
        Ok(key.shown_from(text.len() - of_caller))
    }

    fn options(&self, options: BeginOptions) -> BeginOptions {
        let defaults = self.0.defaults;
        BeginOptions {
            min_remaining: options.min_remaining.or(defaults.min_remaining),
            timeout: options.timeout.or(defaults.timeout),
            ..options
        }
    }
}

/// One call, as long as it lasts.
struct Call {
    handle: Arc<Handle>,
    options: BeginOptions,
    /// The credential is this call's alone.
    single: Option<(Arc<Feed>, Key)>,
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some((feed, key)) = &self.single {
            feed.tenant().forget(key);
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("source", &self.0.source).finish_non_exhaustive()
    }
}
