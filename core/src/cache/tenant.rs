//! A minter's part of a cache: the keys of its account, its credential, and what it keeps warm.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::ask::{BeginOptions, Handle, Ticket};
use super::decide::{AccountOptions, Key};
use super::grant_cache::GrantCache;
use super::store::{EventKind, Limiter, Requester, Stats};
use crate::error::Result;
use crate::fleet::Member;
use crate::watch::Watched;

/// What a tenant fetches with.
pub(crate) struct Credentials<'a> {
    /// By what it is told apart.
    pub(crate) name: &'a [u8],
    /// Seals what is shared with other processes.
    pub(crate) secret: &'a [u8],
}

/// A minter as one of those who use a cache. Tenants of one account share its grants and its rate limit;
/// those of different accounts share nothing but the space.
pub(crate) struct Tenant {
    cache: GrantCache,
    who: Arc<Requester>,
    /// What is fetched for it, as other processes know that.
    scope: Box<str>,
    /// It may keep something warm.
    warms: AtomicBool,
}

impl Tenant {
    /// `account` names the part of the cache, `scope` what is fetched for it, as other processes know that, and `key`
    /// what it fetches with; all who give the same names share what is known of them.
    pub(crate) fn new(
        cache: GrantCache,
        account: &str,
        scope: &str,
        key: &Credentials<'_>,
        limiter: impl FnOnce() -> Arc<dyn Limiter>,
    ) -> Self {
        let realm = cache.shared().realm(account, limiter);
        let credential = realm.credential(key.name, cache.now());
        let member = member(&cache, key, scope);
        let who = Arc::new(Requester::new(realm, credential, member));
        Self { cache, who, scope: scope.into(), warms: AtomicBool::new(false) }
    }

    pub(crate) fn cache(&self) -> &GrantCache {
        &self.cache
    }

    /// Tells the parts of all caches apart while they are used.
    pub(crate) fn part(&self) -> usize {
        Arc::as_ptr(&self.who.realm).addr()
    }

    /// Goes by what is known of the account's limits.
    pub(crate) fn limit(&self, options: &AccountOptions) {
        if !self.who.realm.limiter.agree(options) {
            let inner = self.cache.shared().inner();
            inner.note(inner.clock.now(), EventKind::LimitsDiffer, None);
        }
    }

    /// Says whether the library's own threads run its fetches.
    pub(crate) fn take_threads(&self, takes: bool) {
        self.who.take_threads(takes);
    }

    /// The account's own key of a text and a lifetime.
    fn key(&self, key: &Key) -> Key {
        self.who.realm.key(key)
    }

    /// A key of the account looked up once, for a caller with these options.
    pub(crate) fn handle(&self, key: &Key, options: BeginOptions) -> Result<Handle> {
        Handle::new(self.cache.shared(), &self.who, &self.key(key), options)
    }

    /// As [`GrantCache::prefetch`].
    pub(crate) fn prefetch(&self, key: &Key) -> Result<Option<Ticket>> {
        self.cache.shared().prefetch(&self.who, &self.key(key))
    }

    /// As [`GrantCache::keep_warm`], until this tenant is gone at the latest. `watched` fetches what falls due.
    pub(crate) fn keep_warm(
        &self,
        key: &Key,
        time: Duration,
        watched: Weak<dyn Watched>,
    ) -> Result<()> {
        self.warms.store(true, Ordering::Relaxed);
        self.cache.shared().warmed_by(&self.who, watched);
        self.cache.shared().keep_warm(&self.who, &self.key(key), time)
    }

    /// Keeps nothing warm any more. What others keep warm stays so.
    pub(crate) fn let_cool(&self) {
        if self.warms.swap(false, Ordering::Relaxed) {
            self.cache.shared().inner().let_cool(self.who.id);
        }
    }

    /// What has the fetches of all who use the cache ended when they are overdue.
    pub(crate) fn timeouts(&self) -> &Arc<impl Watched + use<>> {
        self.cache.shared().timeouts()
    }

    /// After how long [`Tenant::poll_warm`] has something to do; none if this tenant keeps nothing warm.
    pub(crate) fn next_warm(&self) -> Option<Duration> {
        self.cache.shared().next_warm(&self.who)
    }

    /// The tickets of the keys that this tenant keeps warm and that are due.
    pub(crate) fn poll_warm(&self) -> Vec<Ticket> {
        self.cache.shared().poll_warm(&self.who)
    }

    /// As [`GrantCache::invalidate`]; with `generation`, as [`GrantCache::invalidate_if`].
    pub(crate) fn invalidate(&self, key: &Key, generation: Option<u64>) -> bool {
        self.cache.shared().invalidate(&self.who, &self.key(key), generation)
    }

    /// Forgets a key, and wipes its grant: nobody else has a use for it.
    #[cfg(feature = "http")]
    pub(crate) fn forget(&self, key: &Key) {
        if let Some(entry) = self.cache.shared().inner().shards.remove(&self.key(key)) {
            entry.tell_followers();
        }
    }

    /// Empties every entry of the account.
    pub(crate) fn purge(&self) {
        let own = &self.who.realm;
        let inner = self.cache.shared().inner();
        inner.purge(|realm| Arc::ptr_eq(realm, own));
        inner.purge_shared(&self.who);
        own.forgive();
    }

    /// Fetches with another credential from now on. The account's grants stay and cached errors go. What
    /// is being fetched with the credential before goes to its waiters and is not stored; what others
    /// are fetching is.
    pub(crate) fn rotate(&self, key: &Credentials<'_>) {
        let next = self.who.realm.credential(key.name, self.cache.now());
        next.forgive();
        let before = self.who.exchange(next, member(&self.cache, key, &self.scope));
        self.cache.shared().inner().rotate(&self.who.realm, &before);
    }

    /// What the cache has done, for all who share it, and the account's cool-down.
    pub(crate) fn stats(&self) -> Stats {
        self.cache.shared().stats(std::slice::from_ref(&self.who.realm))
    }
}

/// The tenant as what other processes know it, if its cache shares with any.
fn member(cache: &GrantCache, key: &Credentials<'_>, scope: &str) -> Option<Arc<Member>> {
    let access = cache.shared().inner().fleet.clone()?;
    Member::new(&access, Some(key.secret), scope, key.name, true).map(Arc::new)
}

/// Its own keys are kept warm for nobody else.
impl Drop for Tenant {
    fn drop(&mut self) {
        self.let_cool();
    }
}
