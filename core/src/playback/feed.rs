//! A cache joined to the source that fills it.

use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::fetchers::{self, Job, Lane};
use super::source::GrantSource;
use crate::cache::{
    Begin, BeginOptions, DEFAULT_TIMEOUT, GrantCache, Handle, Hit, Key, Ticket, Waiter,
};
use crate::clock::{Clock, Now, nanos};
use crate::error::{ErrorKind, Result};

/// A dropped fetch is begun again this many times for one caller.
const BEGIN_AGAIN: u32 = 2;

/// A cache and the source that fills it. Every way to get a
/// grant goes through here, so the rules of waiting stand in one place.
pub(crate) struct Feed {
    cache: GrantCache,
    source: ArcSwap<Arc<dyn GrantSource>>,
}

impl Feed {
    pub(crate) fn new(cache: GrantCache, source: Arc<dyn GrantSource>) -> Arc<Self> {
        Arc::new(Self { cache, source: ArcSwap::from_pointee(source) })
    }

    pub(crate) fn cache(&self) -> &GrantCache {
        &self.cache
    }

    /// Fetches from another source from now on.
    pub(crate) fn set_source(&self, source: Arc<dyn GrantSource>) {
        self.source.store(Arc::new(source));
    }

    /// A grant, waiting for it if need be.
    #[inline]
    pub(crate) fn get(self: &Arc<Self>, from: &impl Beginner, wish: BeginOptions) -> Result<Hit> {
        match self.begin(from, wish)? {
            Begun::Now(hit) => Ok(hit),
            Begun::Later(waiter) => self.wait(waiter, from, wish),
        }
    }

    fn wait(
        self: &Arc<Self>,
        waiter: Waiter,
        from: &impl Beginner,
        wish: BeginOptions,
    ) -> Result<Hit> {
        let (start, mut waiter) = (self.cache.clock().now(), waiter);
        for _ in 0..BEGIN_AGAIN {
            match waiter.wait() {
                Err(error) if error.kind() == ErrorKind::Abandoned => {}
                result => return result,
            }
            match self.begin(from, self.what_is_left(wish, start))? {
                Begun::Now(hit) => return Ok(hit),
                Begun::Later(next) => waiter = next,
            }
        }
        waiter.wait()
    }

    /// Begins, and hands a flight that takes off to the fetcher threads.
    #[inline]
    fn begin(self: &Arc<Self>, from: &impl Beginner, wish: BeginOptions) -> Result<Begun> {
        Ok(match from.begin(wish)? {
            Begin::Hit(hit) => Begun::Now(hit),
            Begin::HitAndLead(hit, ticket) => {
                self.dispatch(ticket);
                Begun::Now(hit)
            }
            Begin::Lead(ticket, waiter) => {
                self.dispatch(ticket);
                Begun::Later(waiter)
            }
            Begin::Wait(waiter) => Begun::Later(waiter),
        })
    }

    /// A grant that is there now and keeps the promise, or none. Never waits; sets off the fetch
    /// that is due.
    pub(crate) fn try_get(
        self: &Arc<Self>,
        from: &impl Beginner,
        wish: BeginOptions,
    ) -> Option<Hit> {
        match self.begin(from, wish).ok()? {
            Begun::Now(hit) => Some(hit),
            Begun::Later(waiter) => waiter.fallback(),
        }
    }

    /// A grant by callback: before this returns if it is there, else on a fetcher thread.
    pub(crate) fn get_then(
        self: &Arc<Self>,
        from: impl Beginner + Send + 'static,
        wish: BeginOptions,
        callback: impl FnOnce(Result<Hit>) + Send + 'static,
    ) {
        let start = self.cache.clock().now();
        let call = Call { feed: Arc::clone(self), from, wish, start, round: 0, callback };
        call.go();
    }

    /// Fetches for a key before anybody asks for it.
    pub(crate) fn prefetch(self: &Arc<Self>, key: &Key) -> Result<()> {
        if let Some(ticket) = self.cache.prefetch(key)? {
            self.dispatch(ticket);
        }
        Ok(())
    }

    /// Keeps a key fresh without it being read.
    pub(crate) fn keep_warm(self: &Arc<Self>, key: &Key, time: Duration) -> Result<()> {
        self.cache.keep_warm(key, time)?;
        fetchers::watch(self);
        Ok(())
    }

    /// Hands a flight to the fetcher threads.
    pub(crate) fn dispatch(self: &Arc<Self>, ticket: Ticket) {
        let source = Arc::clone(&**self.source.load());
        fetchers::submit(self, Lane(self.cache.id()), Job { ticket, source });
    }

    pub(super) fn downgrade(self: &Arc<Self>) -> Weak<Self> {
        Arc::downgrade(self)
    }

    /// The same wish with the time that is left of it.
    fn what_is_left(&self, wish: BeginOptions, start: Now) -> BeginOptions {
        let spent = self.cache.clock().now().boot().saturating_sub(start.boot());
        let timeout = wish.timeout.unwrap_or(DEFAULT_TIMEOUT).saturating_sub(spent);
        BeginOptions { timeout: Some(timeout), ..wish }
    }
}

/// What a caller got at once.
enum Begun {
    Now(Hit),
    Later(Waiter),
}

/// What a grant can be asked of: a key of a cache, or its handle.
pub(crate) trait Beginner {
    fn begin(&self, wish: BeginOptions) -> Result<Begin>;
}

impl Beginner for Handle {
    fn begin(&self, wish: BeginOptions) -> Result<Begin> {
        Handle::begin(self, wish)
    }
}

impl Beginner for Arc<Handle> {
    fn begin(&self, wish: BeginOptions) -> Result<Begin> {
        Handle::begin(self, wish)
    }
}

impl Beginner for (&GrantCache, &Key) {
    fn begin(&self, wish: BeginOptions) -> Result<Begin> {
        self.0.begin(self.1, wish)
    }
}

/// One call that is answered by callback.
struct Call<B, F> {
    feed: Arc<Feed>,
    from: B,
    wish: BeginOptions,
    start: Now,
    round: u32,
    callback: F,
}

impl<B: Beginner + Send + 'static, F: FnOnce(Result<Hit>) + Send + 'static> Call<B, F> {
    fn go(self) {
        match self.feed.begin(&self.from, self.wish) {
            Err(error) => (self.callback)(Err(error)),
            Ok(Begun::Now(hit)) => (self.callback)(Ok(hit)),
            Ok(Begun::Later(waiter)) => self.wait(waiter),
        }
    }

    fn wait(mut self, waiter: Waiter) {
        // The callback stays signed up when the registration is dropped.
        drop(waiter.on_ready(move |result| match result {
            Err(error) if error.kind() == ErrorKind::Abandoned && self.round < BEGIN_AGAIN => {
                self.round += 1;
                self.wish = self.feed.what_is_left(self.wish, self.start);
                self.go();
            }
            result => (self.callback)(result),
        }));
    }
}

/// Work that falls due without a caller.
pub(super) trait Watched: Send + Sync {
    /// When there is something to do next, in nanoseconds since boot.
    fn next_wakeup(&self) -> Option<u64>;

    /// Does it.
    fn poll(self: Arc<Self>);
}

impl Watched for Feed {
    fn next_wakeup(&self) -> Option<u64> {
        // By the clock that the threads sleep on, which need not be the cache's.
        let now = Clock::system().now().boot_nanos();
        self.cache.next_wakeup().map(|after| now.saturating_add(nanos(after)))
    }

    fn poll(self: Arc<Self>) {
        for ticket in self.cache.poll() {
            self.dispatch(ticket);
        }
    }
}
