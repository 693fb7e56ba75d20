//! What the minters of one process share: the limiter of an account, and the cache of everybody
//! who fetches the same grants with the same key. Both outlive their last user for a while.

use std::sync::Arc;

use super::identity::{AccountAt, CacheIdentity};
use super::limiter::AccountLimiter;
use super::lingering::CommonCache;
use crate::cache::{Admission, Block, GrantCache, Limiter, Permit, Purpose, Report};
use crate::clock::{Clock, Now};
use crate::fork::Inherited;
use crate::shelf::{Lease, Shelf};

/// Finds what minters share.
pub(crate) struct Registry {
    clock: Clock,
    limiters: Arc<Shelf<AccountAt, AccountLimiter>>,
    caches: Arc<Shelf<CacheIdentity, CommonCache>>,
}

impl Registry {
    /// That of this process and its children.
    pub(crate) fn of_process() -> Arc<Self> {
        static PROCESS: Inherited<Registry> = Inherited::new();
        PROCESS.get(|| Self::new(Clock::system()))
    }

    /// One of its own, by whose clock everything in it goes.
    pub(crate) fn new(clock: Clock) -> Self {
        let (limiters, caches) = (Shelf::new(clock.clone()), Shelf::new(clock.clone()));
        Self { clock, limiters: Arc::new(limiters), caches: Arc::new(caches) }
    }

    /// What all caches that are found here go by.
    pub(crate) fn clock(&self) -> Clock {
        self.clock.clone()
    }

    /// The limiter of an account, shared by all who use it.
    pub(crate) fn limiter(&self, account: &AccountAt) -> Arc<dyn Limiter> {
        Arc::new(self.limiters.lease(account, AccountLimiter::new))
    }

    /// The cache of an identity, shared by all who use it; made if there is none. It counts as used as long
    /// as what is returned and its clones live.
    pub(crate) fn cache(
        &self,
        identity: &CacheIdentity,
        make: impl FnOnce() -> GrantCache,
    ) -> GrantCache {
        let lease = Arc::new(self.caches.lease(identity, || CommonCache::new(make())));
        lease.cache.used_with(Arc::clone(&lease) as _)
    }

    /// How many caches and limiters there are, in use or kept.
    #[cfg(test)]
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.caches.len(), self.limiters.len())
    }

    /// Wipes all that nobody uses.
    pub(crate) fn forget(&self) {
        // Caches first: they use limiters.
        self.caches.forget();
        self.limiters.forget();
    }
}

/// A limiter for as long as a cache uses it.
impl Limiter for Lease<AccountAt, AccountLimiter> {
    fn block(&self, now: Now) -> Option<Block> {
        AccountLimiter::block(self, now)
    }

    fn earliest(&self, unsent: usize, now: Now) -> u64 {
        AccountLimiter::earliest(self, unsent, now)
    }

    fn admit(&self, purpose: Purpose, queue_until: u64, lost_at: u64, now: Now) -> Admission {
        AccountLimiter::admit(self, purpose, queue_until, lost_at, now)
    }

    fn report(&self, permit: Permit, report: Report, now: Now) {
        AccountLimiter::report(self, permit, report, now);
    }

    fn throttled_in_a_row(&self, now: Now) -> u32 {
        AccountLimiter::throttled_in_a_row(self, now)
    }
}
