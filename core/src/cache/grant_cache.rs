//! The cache as its drivers see it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::Guard;

use super::ask::{self, Begin, BeginOptions, Handle, PendingCall, SharedCache, Ticket};
use super::decide::Key;
use super::store::{Event, Hit, Inner, Limiter, Requester, Stats};
use crate::clock::{Clock, Now};
use crate::error::Result;

/// A cache of short-lived grants. Cheap to clone; clones share everything, on any number of
/// threads. It fetches nothing by itself: a caller may be handed the ticket of a fetch, and runs it.
///
/// # Example: one fetch, then hits
///
/// ```
/// use std::time::Duration;
/// use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
///
/// let cache = GrantCache::builder().build();
/// let key = Key::new("stream-1", Duration::from_secs(60))?;
/// let fetch = |mut ticket: Ticket| {
///     if let Start::Go(_time) = ticket.start() {
///         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
///     }
/// };
/// for _ in 0..3 {
///     assert_eq!(cache.get(&key, BeginOptions::default(), fetch)?.as_str(), "a grant");
/// }
/// assert_eq!(cache.stats().fetches, 1);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct GrantCache {
    shared: Arc<SharedCache>,
    /// What lives as long as this and its clones: it tells who keeps the cache that it is in use.
    _in_use: Option<Arc<dyn Send + Sync>>,
}

impl GrantCache {
    /// `limiter` is for the host program's own keys.
    pub(super) fn new(inner: Inner, limiter: Option<Arc<dyn Limiter>>) -> Self {
        Self { shared: Arc::new(SharedCache::new(inner, limiter)), _in_use: None }
    }

    /// Asks for a grant. Never blocks; a hit takes no lock.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::Begin;
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// match cache.begin(&key, BeginOptions::default())? {
    ///     Begin::Hit(hit) => println!("{:?} left", hit.remaining()),
    ///     Begin::Fetch(ticket, waiter) => {
    ///         fetch(ticket);
    ///         assert_eq!(waiter.wait()?.as_str(), "a grant");
    ///     }
    ///     _ => println!("somebody else fetches"),
    /// }
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The cached error of the last fetch while no request may be sent, with `retry_after`;
    /// [`ErrorKind::Overloaded`](crate::ErrorKind::Overloaded) when a cold key's fetch could not start
    /// within the caller's time; [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a
    /// `min_remaining` over half of the key's lifetime.
    pub fn begin(&self, key: &Key, options: BeginOptions) -> Result<Begin> {
        self.shared.begin(self.host(), key, options)
    }

    /// A grant, waiting for it if need be. `fetch` is called on this thread with the ticket, if this
    /// caller has to see to the fetch. When a grant that is still good is only being refreshed, it
    /// should hand the ticket on rather than fetch right there. In a fleet it is called only if this process has to
    /// fetch: the caller waits for another's fetch before that.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// let hit = cache.get(&key, BeginOptions::default(), move |ticket| {
    ///     if ticket.is_refresh() {
    ///         std::thread::spawn(move || fetch(ticket)); // nobody waits for it
    ///     } else {
    ///         fetch(ticket);
    ///     }
    /// })?;
    /// assert_eq!(hit.as_str(), "a grant");
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`] and [`Waiter::wait`](crate::Waiter::wait); a fetch that was dropped is
    /// begun again, at most twice, before the caller is told
    /// [`ErrorKind::Abandoned`](crate::ErrorKind::Abandoned).
    pub fn get(&self, key: &Key, options: BeginOptions, fetch: impl Fn(Ticket)) -> Result<Hit> {
        ask::get_in_turn(&(&self.shared, self.host(), key), options, fetch)
    }

    /// A grant that is there now and keeps the promise, or none. Never waits; `fetch` is called as in
    /// [`GrantCache::get`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// // `drop` gives a ticket back: nothing is fetched.
    /// assert!(cache.try_get(&key, BeginOptions::default(), drop)?.is_none());
    /// cache.get(&key, BeginOptions::default(), fetch)?;
    /// assert!(cache.try_get(&key, BeginOptions::default(), drop)?.is_some());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// 1xx for the options; never an error of upstream, nor any other with which a ticket was failed.
    pub fn try_get(
        &self,
        key: &Key,
        options: BeginOptions,
        fetch: impl Fn(Ticket),
    ) -> Result<Option<Hit>> {
        ask::try_get(&(&self.shared, self.host(), key), options, fetch)
    }

    /// As [`GrantCache::get`], by callback, which is called once: before this returns if the grant is
    /// there, else on the thread that ends the fetch or watches the time, which it must not block.
    /// `fetch` may be called there again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// let (told, tells) = std::sync::mpsc::channel();
    /// let answer = move |result: grantmint_core::Result<grantmint_core::Hit>| {
    ///     let _ = told.send(result.is_ok());
    /// };
    /// drop(cache.get_then(&key, BeginOptions::default(), fetch, answer));
    /// assert_eq!(tells.recv(), Ok(true));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn get_then(
        &self,
        key: &Key,
        options: BeginOptions,
        fetch: impl Fn(Ticket) + Send + Sync + 'static,
        callback: impl FnOnce(Result<Hit>) + Send + 'static,
    ) -> PendingCall {
        ask::call_back(ask::get_async_in_turn(self.beginner(key), options, fetch), callback)
    }

    /// As [`GrantCache::get`], as a future: whoever polls it is handed the grant, judged at that moment.
    /// The caller's time runs from now on, and one of the library's threads watches it. `fetch` is called
    /// by whoever polls. Dropping the future ends the wait, never the fetch.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # async fn example() -> grantmint_core::Result<()> {
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// let hit = cache.get_async(&key, BeginOptions::default(), fetch).await?;
    /// assert_eq!(hit.as_str(), "a grant");
    /// # Ok(())
    /// # }
    /// # let mut example = std::pin::pin!(example());
    /// # let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    /// # while example.as_mut().poll(&mut context).is_pending() {}
    /// ```
    pub fn get_async<F>(
        &self,
        key: &Key,
        options: BeginOptions,
        fetch: F,
    ) -> impl Future<Output = Result<Hit>> + Send + Unpin + 'static + use<F>
    where
        F: Fn(Ticket) + Send + 'static,
    {
        ask::get_async_in_turn(self.beginner(key), options, fetch)
    }

    /// A key looked up once, for hot paths.
    ///
    /// # Examples
    ///
    /// ```
    /// # use grantmint_core::Begin;
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// cache.get(&key, BeginOptions::default(), fetch)?;
    /// let handle = cache.handle(&key)?;
    /// assert!(matches!(handle.begin(BeginOptions::default())?, Begin::Hit(_)));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`] for a new key.
    pub fn handle(&self, key: &Key) -> Result<Handle> {
        Handle::new(&self.shared, self.host(), key, BeginOptions::default())
    }

    /// The ticket to fetch a key's grant before anybody asks for it; none if it is there and not
    /// due for a refresh, is being fetched already, or no request may be sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// if let Some(ticket) = cache.prefetch(&key)? {
    ///     fetch(ticket);
    /// }
    /// assert!(cache.prefetch(&key)?.is_none());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`] for a new key.
    pub fn prefetch(&self, key: &Key) -> Result<Option<Ticket>> {
        self.shared.prefetch(self.host(), key)
    }

    /// What its fleet fetches, if it belongs to one and that has a name.
    pub(crate) fn namespace(&self) -> Option<String> {
        self.inner().fleet.as_ref()?.namespace().map(str::to_owned)
    }

    /// Has a key refreshed without being read, for a time of at most 48 h; zero ends it. Tickets
    /// for it come from [`GrantCache::poll`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// cache.keep_warm(&key, Duration::from_secs(3_600))?;
    /// cache.poll().into_iter().for_each(fetch);
    /// assert_eq!(cache.stats().fetches, 1);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`] for a new key.
    pub fn keep_warm(&self, key: &Key, time: Duration) -> Result<()> {
        self.shared.keep_warm(self.host(), key, time)
    }

    /// After how long [`GrantCache::poll`] has something to do: a key that is kept warm falls due,
    /// or a fetch is past its time. None if nothing is to come.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Duration> {
        self.shared.next_wakeup(self.host())
    }

    /// Ends the fetches that are past their time and returns the tickets of the keys kept warm that
    /// are due.
    #[must_use = "a dropped ticket ends its fetch without an outcome"]
    pub fn poll(&self) -> Vec<Ticket> {
        self.shared.poll(self.host())
    }

    /// Empties one entry. The outcome of a fetch in flight goes to its waiters and is not stored. False
    /// if there was no such entry.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// cache.get(&key, BeginOptions::default(), fetch)?;
    /// assert!(cache.invalidate(&key));
    /// cache.get(&key, BeginOptions::default(), fetch)?;
    /// assert_eq!(cache.stats().fetches, 2);
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn invalidate(&self, key: &Key) -> bool {
        self.shared.invalidate(self.host(), key, None)
    }

    /// Empties one entry if it holds the grant of this generation: so that of many callers who met
    /// a bad grant only the first one has it fetched anew.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// let bad = cache.get(&key, BeginOptions::default(), fetch)?;
    /// assert!(cache.invalidate_if(&key, bad.generation()));
    /// assert!(!cache.invalidate_if(&key, bad.generation()));
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    pub fn invalidate_if(&self, key: &Key, generation: u64) -> bool {
        self.shared.invalidate(self.host(), key, Some(generation))
    }

    /// Empties every entry, for all who share this cache.
    pub fn purge(&self) {
        self.inner().purge(|_| true);
        self.inner().purge_shared(self.host());
        self.shared.all_realms().iter().for_each(|realm| realm.forgive());
        self.host().credential().forgive();
    }

    /// Starts anew with other credentials, for the keys that the host program asks for itself: grants stay
    /// and cached errors go. The outcomes of fetches in flight go to their waiters and are not stored.
    pub fn rotate(&self) {
        // First, so that a fetch which is begun from now on is not taken for an old one.
        let member = self.host().member().clone();
        let before = self.host().exchange(Arc::default(), member);
        self.inner().rotate(&self.host().realm, &before);
    }

    /// What the cache has done.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats(&self.shared.all_realms())
    }

    /// The last 1,024 events since the last call, oldest first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use grantmint_core::{BeginOptions, Grant, GrantCache, Key, Start, Ticket};
    /// # let cache = GrantCache::builder().build();
    /// # let key = Key::new("service", Duration::from_secs(60))?;
    /// # let fetch = |mut ticket: Ticket| {
    /// #     if let Start::Go(_) = ticket.start() {
    /// #         ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
    /// #     }
    /// # };
    /// cache.get(&key, BeginOptions::default(), fetch)?;
    /// for event in cache.drain_events() {
    ///     println!("{event:?}");
    /// }
    /// assert!(cache.drain_events().is_empty());
    /// # Ok::<(), grantmint_core::Error>(())
    /// ```
    #[must_use]
    pub fn drain_events(&self) -> Vec<Event> {
        self.inner().drain_events()
    }

    /// Behaves from now on as in a forked child: only grants that are still good are taken over.
    /// For tests.
    pub fn simulate_fork(&self) {
        self.inner().simulate_fork();
    }

    /// Whether two handles are of one cache.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    pub(super) fn now(&self) -> Now {
        self.inner().clock.now()
    }

    /// The clock that decides.
    pub(crate) fn clock(&self) -> Clock {
        self.inner().clock.clone()
    }

    /// The same cache, as long as which something else lives.
    pub(crate) fn used_with(&self, in_use: Arc<dyn Send + Sync>) -> Self {
        Self { shared: Arc::clone(&self.shared), _in_use: Some(in_use) }
    }

    /// Tells whether anybody has the cache.
    #[cfg(test)]
    pub(crate) fn downgrade(&self) -> std::sync::Weak<dyn Send + Sync> {
        Arc::downgrade(&self.shared) as _
    }

    /// When the last grant, cached error and fetch in flight have ended, in nanoseconds since boot.
    pub(crate) fn ends_at(&self) -> u64 {
        self.shared.ends_at()
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.inner().shards.len()
    }

    /// How many bytes all grants have.
    pub(crate) fn grant_bytes(&self) -> usize {
        self.inner().shards.held().grant_bytes()
    }

    /// Keeps nothing warm any more for the host program. What minters keep warm ends with them.
    pub(crate) fn let_cool(&self) {
        self.inner().let_cool(self.host().id);
    }

    /// A caller's way to the grant of a key, from its beginning.
    pub(super) fn beginner(&self, key: &Key) -> (Arc<SharedCache>, Arc<Requester>, Key) {
        (Arc::clone(&self.shared), Arc::clone(self.host()), key.clone())
    }

    pub(super) fn shared(&self) -> &Arc<SharedCache> {
        &self.shared
    }

    fn host(&self) -> &Arc<Requester> {
        self.shared.host()
    }

    fn inner(&self) -> Guard<Arc<Inner>> {
        self.shared.inner()
    }
}

impl fmt::Debug for GrantCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantCache").field("keys", &self.inner().shards.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::cache::Grant;
    use crate::clock::ManualClock;
    use crate::error::{Error, ErrorKind};

    const LIFETIME: Duration = Duration::from_secs(60);

    fn cache() -> (GrantCache, Key) {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let cache = GrantCache::builder().clock(&clock).build();
        (cache, Key::new("stream-1", LIFETIME).unwrap())
    }

    fn fetch(ticket: Ticket) {
        ticket.complete(Grant::new("a grant"), LIFETIME);
    }

    #[test]
    fn one_call_fetches_and_gets_and_the_next_has_it_at_once() {
        let (cache, key) = cache();
        let options = BeginOptions::default();
        assert_eq!(cache.get(&key, options, fetch).unwrap().as_str(), "a grant");
        let hit = cache.try_get(&key, options, |_| panic!("nothing is due"));
        assert_eq!(hit.unwrap().unwrap().as_str(), "a grant");
    }

    #[test]
    fn a_look_tells_of_the_callers_mistakes_and_of_nothing_else() {
        for kind in ErrorKind::ALL {
            let (cache, key) = cache();
            let fail = |ticket: Ticket| ticket.fail(Error::new(*kind, "on purpose"));
            for _ in 0..2 {
                let hit = cache.try_get(&key, BeginOptions::default(), fail);
                assert!(hit.unwrap().is_none(), "{kind:?}");
            }
        }
        let (cache, key) = cache();
        let fail = |ticket: Ticket| ticket.fail(Error::new(ErrorKind::Closed, "on purpose"));
        let options = BeginOptions::new().min_remaining(2 * LIFETIME);
        let error = cache.try_get(&key, options, fail).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }

    #[test]
    fn a_fetch_that_is_always_dropped_is_begun_three_times() {
        let (cache, key) = cache();
        let begun = AtomicUsize::new(0);
        let drop_it = |ticket| {
            begun.fetch_add(1, Ordering::Relaxed);
            drop(ticket);
        };
        let error = cache.get(&key, BeginOptions::default(), drop_it).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Abandoned);
        assert_eq!(begun.load(Ordering::Relaxed), 3);
    }
}
