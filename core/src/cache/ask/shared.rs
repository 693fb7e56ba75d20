//! What all clones of a cache share: what this process keeps of it, and asking for one of its keys.

use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::Guard;

use super::begin::Begin;
use super::beginner::Beginner;
use super::options::{BeginOptions, WARM_MAX};
use super::ticket::Ticket;
use crate::cache::decide::Key;
use crate::cache::store::{Inner, Limiter, Realm, Realms, Requester, Retired, Stats, Unlimited};
use crate::clock::Clock;
use crate::error::Result;
use crate::fleet::Member;
use crate::fork::ForkCell;
use crate::watch::Watched;

/// What all clones of a cache share.
pub(crate) struct SharedCache {
    inner: ForkCell<Inner>,
    /// The host program, which asks for keys of its own.
    host: Arc<Requester>,
    /// The accounts that have a part of the cache.
    realms: Realms,
}

impl SharedCache {
    /// `limiter` is for the host program's own keys.
    pub(crate) fn new(inner: Inner, limiter: Option<Arc<dyn Limiter>>) -> Self {
        let is_limited = limiter.is_some();
        let limiter = limiter.unwrap_or_else(|| Arc::new(Unlimited));
        let own = Arc::new(Realm::new(None, limiter));
        let host = Arc::new(Requester::new(own, Arc::default(), member(&inner, is_limited)));
        Self { inner: ForkCell::new(inner), host, realms: Realms::default() }
    }

    /// This as what has the fetches ended that are overdue, for who watches it from now on.
    pub(crate) fn timeouts(self: &Arc<Self>) -> &Arc<Self> {
        self.inner().timeouts.get_or_init(|| Arc::downgrade(self) as _);
        self
    }

    /// What this process keeps of the cache.
    #[inline]
    pub(crate) fn inner(&self) -> Guard<Arc<Inner>> {
        self.inner.get()
    }

    /// The host program.
    pub(crate) fn host(&self) -> &Arc<Requester> {
        &self.host
    }

    /// The part of an account, by the account's name; made if there is none.
    pub(crate) fn realm(
        &self,
        name: &str,
        limiter: impl FnOnce() -> Arc<dyn Limiter>,
    ) -> Arc<Realm> {
        self.realms.get(name, limiter)
    }

    /// Every part that is in use.
    pub(crate) fn all_realms(&self) -> Vec<Arc<Realm>> {
        let mut all = self.realms.used();
        all.push(Arc::clone(&self.host.realm));
        all
    }

    /// Asks for the grant of a key. Never blocks; a hit takes no lock.
    pub(crate) fn begin(
        &self,
        who: &Arc<Requester>,
        key: &Key,
        options: BeginOptions,
    ) -> Result<Begin> {
        let inner = self.inner();
        let now = inner.clock.now();
        let wish = options.wish(key, &inner.policy, now)?;
        let hit = inner.shards.peek(key, |entry| inner.hit_at_once(who, entry, wish, now));
        if let Some(Ok(Some(hit))) = hit {
            return Ok(Begin::Hit(hit));
        }
        loop {
            let entry = inner.entry(who, key, wish, now)?;
            match inner.begin(who, &entry, wish, now) {
                Ok(begun) => return begun,
                Err(Retired) => inner.shards.wait_for_retirement(key),
            }
        }
    }

    /// Empties a key's entry, here and where it is shared; with `generation`, only if that grant is the one stored here.
    pub(crate) fn invalidate(&self, who: &Requester, key: &Key, generation: Option<u64>) -> bool {
        let inner = self.inner();
        let entry = inner.shards.get(key);
        let is_emptied = entry.is_some_and(|entry| inner.invalidate(&entry, generation));
        if is_emptied || generation.is_none() {
            inner.invalidate_shared(who, key);
        }
        is_emptied
    }

    /// The ticket to fetch a key's grant before anybody asks for it, if that is due and may be done.
    pub(crate) fn prefetch(&self, who: &Requester, key: &Key) -> Result<Option<Ticket>> {
        let inner = self.inner();
        let now = inner.clock.now();
        let entry = inner.entry_ahead(who, key, now)?;
        Ok(inner.fetch_if_due(who, &entry, now))
    }

    /// Tells by what the keys are fetched that a user keeps warm, so that it hears when one falls due sooner
    /// than it did.
    pub(crate) fn warmed_by(&self, who: &Requester, watched: Weak<dyn Watched>) {
        self.inner().warmed_by(who.id, watched);
    }

    /// Has a key refreshed without being read, for a time of at most 48 h; zero ends it.
    pub(crate) fn keep_warm(&self, who: &Requester, key: &Key, time: Duration) -> Result<()> {
        let inner = self.inner();
        let now = inner.clock.now();
        let end = now.plus(time.min(WARM_MAX)).boot_nanos();
        loop {
            let entry = inner.entry_ahead(who, key, now)?;
            match inner.keep_warm(who.id, &entry, end, now) {
                Ok(()) => return Ok(()),
                Err(Retired) => inner.shards.wait_for_retirement(key),
            }
        }
    }

    /// After how long [`SharedCache::poll`] has something to do.
    pub(crate) fn next_wakeup(&self, who: &Requester) -> Option<Duration> {
        let inner = self.inner();
        let now = inner.clock.now();
        inner.next_wakeup(who, now).map(|at| now.until_boot(at))
    }

    /// Ends the fetches that are overdue and returns the tickets of the keys that are kept warm for
    /// a user and are due.
    pub(crate) fn poll(&self, who: &Requester) -> Vec<Ticket> {
        let inner = self.inner();
        inner.poll(who, inner.clock.now())
    }

    /// The same for what is kept warm alone.
    pub(crate) fn next_warm(&self, who: &Requester) -> Option<Duration> {
        let inner = self.inner();
        let now = inner.clock.now();
        inner.next_warm(who, now).map(|at| now.until_boot(at))
    }

    /// The same for what is kept warm alone.
    pub(crate) fn poll_warm(&self, who: &Requester) -> Vec<Ticket> {
        let inner = self.inner();
        inner.poll_warm(who, inner.clock.now())
    }

    /// What the cache has done, with the longest cool-down of these parts.
    pub(crate) fn stats(&self, realms: &[Arc<Realm>]) -> Stats {
        let inner = self.inner();
        let now = inner.clock.now();
        let blocks = realms.iter().filter_map(|realm| realm.limiter.block(now));
        let until = blocks.map(|block| block.until).max().unwrap_or(0);
        let cooldown_left = Duration::from_nanos(until.saturating_sub(now.boot_nanos()));
        let traffic: Vec<_> = realms.iter().map(|realm| realm.limiter.traffic(now)).collect();
        // Of several accounts the one that may be called least often.
        let rates = traffic.iter().filter_map(|traffic| traffic.rate);
        Stats {
            cooldown_left,
            calls_per_second: rates.min_by(f64::total_cmp),
            waiting: traffic.iter().map(|traffic| traffic.waiting).sum(),
            keys_refused: traffic.iter().map(|traffic| traffic.refused_keys).sum(),
            ..inner.stats()
        }
    }

    /// When the last grant, cached error and fetch in flight have ended, in nanoseconds since boot.
    pub(crate) fn ends_at(&self) -> u64 {
        let inner = self.inner();
        let refused = self.all_realms().iter().map(|realm| realm.refused_until()).max();
        inner.ends_at().max(refused.unwrap_or(0))
    }

    fn clock(&self) -> Clock {
        self.inner().clock.clone()
    }
}

/// The host program as what other processes know it, if the cache shares its keys with any.
fn member(inner: &Inner, is_limited: bool) -> Option<Arc<Member>> {
    let access = inner.fleet.as_ref()?;
    Member::new(access, None, access.namespace()?, b"", is_limited).map(Arc::new)
}

/// The fetches of all its users, which are ended when they are overdue.
impl Watched for SharedCache {
    fn next_wakeup(&self) -> Option<Duration> {
        let inner = self.inner();
        inner.fetches.next_overdue().map(|at| inner.clock.now().until_boot(at))
    }

    fn is_by_hand(&self) -> bool {
        self.clock().is_manual()
    }

    fn poll(self: Arc<Self>) {
        let inner = self.inner();
        inner.time_out_overdue(inner.clock.now());
    }
}

impl Beginner for (&Arc<SharedCache>, &Arc<Requester>, &Key) {
    fn check(&self, options: BeginOptions) -> Result<()> {
        options.check(self.2)
    }

    fn begin(&self, options: BeginOptions) -> Result<Begin> {
        self.0.begin(self.1, self.2, options)
    }

    fn clock(&self) -> Clock {
        self.0.clock()
    }
}

impl Beginner for (Arc<SharedCache>, Arc<Requester>, Key) {
    fn check(&self, options: BeginOptions) -> Result<()> {
        options.check(&self.2)
    }

    fn begin(&self, options: BeginOptions) -> Result<Begin> {
        self.0.begin(&self.1, &self.2, options)
    }

    fn clock(&self) -> Clock {
        self.0.clock()
    }
}
