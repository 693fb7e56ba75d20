//! The cache as its drivers see it.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::Guard;

use super::events::{Event, EventKind};
use super::gate::{Gate, LateGate};
use super::grant::Hit;
use super::handle::Handle;
use super::inner::Inner;
use super::key::Key;
use super::lead::{Retired, Wish};
use super::policy::CachePolicy;
use super::stats::Stats;
use super::ticket::Ticket;
use super::waiter::Waiter;
use crate::clock::{Clock, Now, nanos};
use crate::error::{Error, ErrorKind, Result};
use crate::fork::{ForkCell, Reborn};

/// How long a caller waits unless it says otherwise.
pub(super) const DEFAULT_TIMEOUT: Duration = Duration::from_nanos(DEFAULT_TIMEOUT_NANOS);
const DEFAULT_TIMEOUT_NANOS: u64 = 5_000_000_000;
/// No caller waits longer, and no key is kept warm longer at a time.
const TIME_MAX: Duration = Duration::from_secs(86_400);

/// A cache of short-lived grants. Cheap to clone; clones share everything, on any number of
/// threads. It does nothing by itself: whoever calls [`GrantCache::begin`] may be told to fetch.
///
/// # Example: one fetch, then hits
///
/// ```
/// use std::time::Duration;
/// use grantmint_core::{Begin, BeginOptions, Grant, GrantCache, Key};
///
/// let cache = GrantCache::builder().build();
/// let key = Key::new("stream-1", Duration::from_secs(60))?;
/// let Begin::Lead(mut ticket, waiter) = cache.begin(&key, BeginOptions::default())? else {
///     panic!("a cold key has to be fetched");
/// };
/// ticket.start();
/// ticket.complete(Grant::new("a grant"), Duration::from_secs(60));
/// assert_eq!(waiter.wait()?.as_str(), "a grant");
/// assert!(matches!(cache.begin(&key, BeginOptions::default())?, Begin::Hit(_)));
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone)]
pub struct GrantCache(Arc<Shared>);

/// What clones share.
struct Shared {
    inner: ForkCell<Inner>,
    /// Where an account can still be set, if none was given at the start.
    late_gate: Option<Arc<LateGate>>,
}

/// A cache for as long as somebody else uses it.
#[derive(Clone)]
pub(crate) struct WeakGrantCache(Weak<Shared>);

/// What a caller gets.
#[derive(Debug)]
pub enum Begin {
    /// A grant at once.
    Hit(Hit),
    /// A grant at once, and the duty to fetch its successor.
    HitAndLead(Hit, Ticket),
    /// The duty to fetch, and a place among those who wait for it.
    Lead(Ticket, Waiter),
    /// A place among those who wait for the fetch that is in the air.
    Wait(Waiter),
}

/// What a caller asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BeginOptions {
    /// The least remaining life that the grant must have, net of the safety margin; by default 5 s
    /// for grants of 60 s and 2 s for grants of 15 s. A promise: less is never handed out.
    pub min_remaining: Option<Duration>,
    /// How long the caller waits; 5 s by default.
    pub timeout: Option<Duration>,
}

impl BeginOptions {
    #[inline]
    pub(super) fn wish(self, key: &Key, policy: &CachePolicy, now: Now) -> Result<Wish> {
        self.wish_or(usual_promise(key, policy), key, now)
    }

    /// As [`BeginOptions::wish`], with the usual promise of the key at hand.
    #[inline]
    pub(super) fn wish_or(self, usual: u64, key: &Key, now: Now) -> Result<Wish> {
        let promise = self.promise_or(usual, key)?;
        let timeout = self.timeout.map_or(DEFAULT_TIMEOUT_NANOS, |time| nanos(time.min(TIME_MAX)));
        let deadline = now.boot_nanos().saturating_add(timeout);
        Ok(Wish { promise, deadline })
    }

    /// The promise alone, in nanoseconds.
    #[inline]
    pub(super) fn promise_or(self, usual: u64, key: &Key) -> Result<u64> {
        let promise = match self.min_remaining {
            None => usual,
            Some(asked) => {
                check_min_remaining(asked, key.ttl())?;
                nanos(asked)
            }
        };
        // An expired grant is handed to nobody, not even to who asks for no life at all.
        Ok(promise.max(1))
    }
}

/// What is promised for a key to callers who do not say, in nanoseconds.
pub(super) fn usual_promise(key: &Key, policy: &CachePolicy) -> u64 {
    nanos(policy.min_remaining(key.ttl()))
}

/// Checks a promise against the life that grants are asked for with: one that is hard to keep would
/// have every caller wait.
#[inline]
pub(crate) fn check_min_remaining(asked: Duration, ttl: Duration) -> Result<()> {
    if asked <= ttl / 2 { Ok(()) } else { Err(too_much_asked()) }
}

#[cold]
fn too_much_asked() -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        "min_remaining must be at most half of the life that grants are asked for with",
    )
}

/// Sets what a [`GrantCache`] shall not take from its defaults.
#[derive(Default)]
pub struct GrantCacheBuilder {
    clock: Clock,
    policy: CachePolicy,
    gate: Option<Arc<dyn Gate>>,
}

impl GrantCacheBuilder {
    /// The windows and limits.
    #[must_use]
    pub fn policy(mut self, policy: CachePolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Another clock, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Into<Clock>) -> Self {
        self.clock = clock.into();
        self
    }

    /// The account that the cache's calls count for.
    #[must_use]
    pub(crate) fn gate(mut self, gate: Arc<dyn Gate>) -> Self {
        self.gate = Some(gate);
        self
    }

    /// An empty cache.
    #[must_use]
    pub fn build(self) -> GrantCache {
        let (gate, late_gate) = match self.gate {
            Some(gate) => (gate, None),
            None => {
                let late = Arc::new(LateGate::default());
                (Arc::clone(&late) as Arc<dyn Gate>, Some(late))
            }
        };
        let inner = Inner::new(self.clock, self.policy, gate);
        GrantCache(Arc::new(Shared { inner: ForkCell::new(inner), late_gate }))
    }
}

impl fmt::Debug for GrantCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantCacheBuilder").field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl GrantCache {
    /// A builder with all defaults.
    #[must_use]
    pub fn builder() -> GrantCacheBuilder {
        GrantCacheBuilder::default()
    }

    /// Asks for a grant. Never blocks; a hit takes no lock.
    ///
    /// # Errors
    ///
    /// The stored error of the last attempt while upstream is left alone, with `retry_after`;
    /// [`ErrorKind::Overloaded`] when a cold key's fetch could not start within the caller's time;
    /// [`ErrorKind::InvalidArgument`] for a `min_remaining` over half of the key's life.
    pub fn begin(&self, key: &Key, options: BeginOptions) -> Result<Begin> {
        let inner = self.inner();
        let now = inner.clock.now();
        let wish = options.wish(key, &inner.policy, now)?;
        let hit = inner.shards.peek(key, |entry| inner.hit_at_once(entry, wish, now));
        if let Some(Ok(Some(hit))) = hit {
            return Ok(Begin::Hit(hit));
        }
        loop {
            let entry = inner.entry(key, wish, now)?;
            match inner.begin(&entry, wish, now) {
                Ok(begun) => return begun,
                Err(Retired) => inner.shards.see_off(key),
            }
        }
    }

    /// A key looked up once, for hot paths.
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`] for a new key.
    pub fn handle(&self, key: &Key) -> Result<Handle> {
        self.handle_for(key, BeginOptions::default())
    }

    /// As [`GrantCache::handle`], for a caller who waits for as long as this says.
    pub(crate) fn handle_for(&self, key: &Key, options: BeginOptions) -> Result<Handle> {
        let inner = self.inner();
        let now = inner.clock.now();
        let wish = options.wish(key, &inner.policy, now)?;
        let entry = inner.entry(key, wish, now)?;
        Ok(Handle::new(self.clone(), key.clone(), Arc::clone(&inner), entry))
    }

    /// The ticket to fetch a key's grant before anybody asks for it; none if it is there and not
    /// due for a refresh, is being fetched already, or upstream is left alone.
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`] for a new key.
    pub fn prefetch(&self, key: &Key) -> Result<Option<Ticket>> {
        let inner = self.inner();
        let now = inner.clock.now();
        let wish = BeginOptions::default().wish(key, &inner.policy, now)?;
        let entry = inner.entry(key, wish, now)?;
        Ok(inner.lead_if_due(&entry, now))
    }

    /// Has a key refreshed without being read, for a time of at most 24 h; zero ends it. Tickets
    /// for it come from [`GrantCache::poll`].
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`] for a new key.
    pub fn keep_warm(&self, key: &Key, time: Duration) -> Result<()> {
        let inner = self.inner();
        let now = inner.clock.now();
        let wish = BeginOptions::default().wish(key, &inner.policy, now)?;
        let end = now.plus(time.min(TIME_MAX)).boot_nanos();
        let entry = loop {
            let entry = inner.entry(key, wish, now)?;
            match entry.keep_warm_until(end) {
                Ok(()) => break entry,
                Err(Retired) => inner.shards.see_off(key),
            }
        };
        let mut warm = inner.warm.lock();
        warm.retain(|other| !Arc::ptr_eq(other, &entry));
        if !time.is_zero() {
            warm.push(entry);
        }
        Ok(())
    }

    /// After how long [`GrantCache::poll`] has something to do: a key that is kept warm falls due,
    /// or a flight is past its time. None if nothing is to come.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<Duration> {
        let inner = self.inner();
        let now = inner.clock.now();
        inner.next_wakeup(now).map(|at| now.until_boot(at))
    }

    /// After how long [`GrantCache::bury_the_dead`] has something to do.
    pub(crate) fn next_death(&self) -> Option<Duration> {
        let inner = self.inner();
        inner.next_death().map(|at| inner.clock.now().until_boot(at))
    }

    /// Ends the flights that are past their time.
    pub(crate) fn bury_the_dead(&self) {
        let inner = self.inner();
        inner.bury_the_dead(inner.clock.now());
    }

    /// Ends the flights that are past their time and returns the tickets of the keys kept warm that
    /// are due.
    #[must_use = "a dropped ticket ends its flight without an outcome"]
    pub fn poll(&self) -> Vec<Ticket> {
        let inner = self.inner();
        let now = inner.clock.now();
        inner.poll(now)
    }

    /// Empties one entry. A flight in the air serves those who wait for it and is not stored. False
    /// if there was no such entry.
    pub fn invalidate(&self, key: &Key) -> bool {
        let inner = self.inner();
        inner.shards.get(key).is_some_and(|entry| inner.invalidate(&entry, None))
    }

    /// Empties one entry if it holds the grant of this generation: so that of many callers who met
    /// a bad grant only the first one has it fetched anew.
    pub fn invalidate_if(&self, key: &Key, generation: u64) -> bool {
        let inner = self.inner();
        inner.shards.get(key).is_some_and(|entry| inner.invalidate(&entry, Some(generation)))
    }

    /// Empties every entry, for all who share this cache.
    pub fn purge(&self) {
        self.inner().renew_all(false, EventKind::Purged);
    }

    /// Starts anew with other credentials: grants stay, stored errors go, and flights in the air
    /// serve those who wait for them but are not stored.
    pub fn rotate(&self) {
        self.inner().renew_all(true, EventKind::Rotated);
    }

    /// What the cache has done.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner().stats()
    }

    /// The last 1,024 events since the last call, oldest first.
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
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The clock that decides.
    pub(crate) fn clock(&self) -> Clock {
        self.inner().clock.clone()
    }

    /// Counts the cache's calls for an account, unless it does for one already.
    pub(crate) fn govern<G: Gate + 'static>(&self, gate: impl FnOnce() -> Arc<G>) {
        if let Some(late) = &self.0.late_gate
            && !late.is_set()
        {
            late.set(gate());
        }
    }

    /// Tells caches of one process apart while they are used.
    pub(crate) fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(crate) fn downgrade(&self) -> WeakGrantCache {
        WeakGrantCache(Arc::downgrade(&self.0))
    }

    pub(super) fn inner(&self) -> Guard<Arc<Inner>> {
        self.0.inner.get()
    }
}

impl WeakGrantCache {
    pub(crate) fn upgrade(&self) -> Option<GrantCache> {
        self.0.upgrade().map(GrantCache)
    }

    pub(crate) fn is_used(&self) -> bool {
        self.0.strong_count() > 0
    }
}

impl Reborn for Inner {
    fn is_foreign(&self) -> bool {
        Self::is_foreign(self)
    }

    fn reborn(&self) -> Self {
        Self::reborn(self)
    }
}

impl fmt::Debug for GrantCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantCache").field("keys", &self.inner().shards.len()).finish()
    }
}
