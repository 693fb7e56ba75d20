//! How a grant cache is put together.

use std::fmt;
use std::sync::Arc;

use super::decide::CachePolicy;
use super::grant_cache::GrantCache;
use super::store::{Inner, Limiter, Unlimited};
use crate::clock::Clock;

/// Sets what a [`GrantCache`] shall not take from its defaults.
#[derive(Default)]
pub struct GrantCacheBuilder {
    clock: Clock,
    policy: CachePolicy,
    limiter: Option<Arc<dyn Limiter>>,
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

    /// What limits the requests for the host program's own keys.
    #[must_use]
    pub(crate) fn limiter(mut self, limiter: Arc<dyn Limiter>) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// An empty cache.
    #[must_use]
    pub fn build(self) -> GrantCache {
        let limiter = self.limiter.unwrap_or_else(|| Arc::new(Unlimited));
        GrantCache::new(Inner::new(self.clock, self.policy), limiter)
    }
}

impl GrantCache {
    /// A builder with all defaults.
    #[must_use]
    pub fn builder() -> GrantCacheBuilder {
        GrantCacheBuilder::default()
    }
}

impl fmt::Debug for GrantCacheBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GrantCacheBuilder").field("policy", &self.policy).finish_non_exhaustive()
    }
}
