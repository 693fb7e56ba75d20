//! A minter's part of a cache: the keys of its account, its credential, and what it keeps warm.

use std::sync::Arc;
use std::time::Duration;

use super::ask::{BeginOptions, Handle, Ticket};
use super::decide::{Credential, EntryState, Key};
use super::grant_cache::GrantCache;
use super::store::{Entry, EventKind, Limiter, Requester, Stats};
use crate::error::Result;

/// A minter as one of those who use a cache. Tenants of one account share its grants and its rate limit;
/// those of different accounts share nothing but the space.
pub(crate) struct Tenant {
    cache: GrantCache,
    who: Arc<Requester>,
}

impl Tenant {
    /// `account` names the part of the cache, `credential` what it fetches with; all who give the same
    /// names share what is known of them.
    pub(crate) fn new(
        cache: GrantCache,
        account: &str,
        credential: &[u8],
        limiter: impl FnOnce() -> Arc<dyn Limiter>,
    ) -> Self {
        let realm = cache.shared().realm(account, limiter);
        let credential = realm.credential(credential, cache.now());
        let who = Arc::new(Requester::new(realm, credential));
        Self { cache, who }
    }

    pub(crate) fn cache(&self) -> &GrantCache {
        &self.cache
    }

    /// Tells the parts of all caches apart while they are used.
    pub(crate) fn part(&self) -> usize {
        Arc::as_ptr(&self.who.realm).addr()
    }

    /// The account's own key of a text and a lifetime.
    pub(crate) fn key(&self, key: &Key) -> Key {
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

    /// As [`GrantCache::keep_warm`], until this tenant is gone at the latest.
    pub(crate) fn keep_warm(&self, key: &Key, time: Duration) -> Result<()> {
        self.cache.shared().keep_warm(&self.who, &self.key(key), time)
    }

    /// Keeps nothing warm any more. What others keep warm stays so.
    pub(crate) fn let_cool(&self) {
        self.cache.shared().inner().warm.let_cool(self.who.id);
    }

    /// As [`GrantCache::next_wakeup`], for what this tenant keeps warm.
    pub(crate) fn next_wakeup(&self) -> Option<Duration> {
        self.cache.shared().next_wakeup(&self.who)
    }

    /// As [`GrantCache::poll`], for what this tenant keeps warm.
    pub(crate) fn poll(&self) -> Vec<Ticket> {
        self.cache.shared().poll(&self.who)
    }

    /// As [`GrantCache::invalidate`]; with `generation`, as [`GrantCache::invalidate_if`].
    pub(crate) fn invalidate(&self, key: &Key, generation: Option<u64>) -> bool {
        let inner = self.cache.shared().inner();
        let entry = inner.shards.get(&self.key(key));
        entry.is_some_and(|entry| inner.invalidate(&entry, generation))
    }

    /// Empties every entry of the account.
    pub(crate) fn purge(&self) {
        let own = |entry: &Entry, _: &EntryState| self.owns(entry);
        self.cache.shared().inner().renew(own, false, EventKind::Purged);
        self.who.realm.forgive();
    }

    /// Fetches with another credential from now on. The account's grants stay and cached errors go. What
    /// is being fetched with the credential before goes to its waiters and is not stored; what others
    /// are fetching is.
    pub(crate) fn rotate(&self, credential: &[u8]) {
        let next = self.who.realm.credential(credential, self.cache.now());
        next.forgive();
        let before = self.who.exchange(next);
        let is_meant = |entry: &Entry, state: &EntryState| {
            self.owns(entry) && !is_fetched_with_another(state, &before)
        };
        self.cache.shared().inner().renew(is_meant, true, EventKind::Rotated);
    }

    /// What the cache has done, for all who share it, and the account's cool-down.
    pub(crate) fn stats(&self) -> Stats {
        self.cache.shared().stats(std::slice::from_ref(&self.who.realm))
    }

    fn owns(&self, entry: &Entry) -> bool {
        Arc::ptr_eq(&entry.realm, &self.who.realm)
    }
}

/// Its own keys are kept warm for nobody else.
impl Drop for Tenant {
    fn drop(&mut self) {
        self.let_cool();
    }
}

fn is_fetched_with_another(state: &EntryState, credential: &Arc<Credential>) -> bool {
    state.fetch.as_ref().is_some_and(|fetch| !Arc::ptr_eq(&fetch.credential, credential))
}
