//! How a grant cache is put together.

use std::fmt;
use std::sync::Arc;

use super::decide::CachePolicy;
use super::grant_cache::GrantCache;
use super::store::{Gate, Inner, LateGate};
use crate::clock::Clock;

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
        GrantCache::new(Inner::new(self.clock, self.policy, gate), late_gate)
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
