//! What the minters of one process share: the limiter of an account, and the cache of everybody
//! who fetches the same grants with the same key. Both outlive their last user for a while.

use std::sync::Arc;
use std::task::Waker;

use super::identity::{AccountAt, CacheIdentity};
use super::limiter::AccountLimiter;
use super::lingering::CommonCache;
use crate::cache::{
    AccountOptions, Admission, Block, GrantCache, Limiter, Need, NoRoom, Permit, Report, Throttled,
    Traffic, Turn, Wakes,
};
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
    fn agree(&self, options: &AccountOptions) -> bool {
        AccountLimiter::agree(self, options)
    }

    fn block(&self, now: Now) -> Option<Block> {
        AccountLimiter::block(self, now)
    }

    fn check_cold(&self, key: u64, deadline: u64, now: Now) -> Result<(), NoRoom> {
        AccountLimiter::check_cold(self, key, deadline, now)
    }

    fn enter(&self, turn: &Arc<Turn>, need: Need, clock: &Clock, now: Now) -> Wakes {
        AccountLimiter::enter(self, turn, need, clock, now)
    }

    fn join(
        &self,
        turn: &Arc<Turn>,
        need: Need,
        deadline: u64,
        now: Now,
    ) -> (Result<(), NoRoom>, Wakes) {
        AccountLimiter::join(self, turn, need, deadline, now)
    }

    fn look(&self, turn: &Arc<Turn>, waker: Option<&Waker>, now: Now) -> (Admission, Wakes) {
        AccountLimiter::look(self, turn, waker, now)
    }

    fn start(&self, turn: &Arc<Turn>, waker: Option<&Waker>, now: Now) -> (Admission, Wakes) {
        AccountLimiter::start(self, turn, waker, now)
    }

    fn end(
        &self,
        turn: &Turn,
        permit: Option<Permit>,
        how: Report,
        now: Now,
    ) -> (Throttled, Wakes) {
        AccountLimiter::end(self, turn, permit, how, now)
    }

    fn traffic(&self, now: Now) -> Traffic {
        AccountLimiter::traffic(self, now)
    }
}
