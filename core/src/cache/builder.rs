//! How a grant cache is put together.

use std::fmt;
use std::sync::Arc;

use super::decide::CachePolicy;
use super::grant_cache::GrantCache;
use super::store::{Inner, Limiter};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "test-helpers")]
use crate::fleet::FleetByHand;
use crate::fleet::{Access, Fleet, check_namespace};

/// Sets what a [`GrantCache`] shall not take from its defaults.
#[derive(Default)]
pub struct GrantCacheBuilder {
    clock: Clock,
    policy: CachePolicy,
    limiter: Option<Arc<dyn Limiter>>,
    fleet: Option<Arc<Access>>,
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

    /// Shares grants with the caches of other processes that name the same fleet and namespace: of all of them one
    /// fetches each grant. `namespace`, 1 to 128 bytes, says what the keys are for. A cache by a manual clock shares
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for a namespace of another length and a fleet without a
    /// [`secret`](Fleet::secret); [`ErrorKind::Unsupported`] where there are no fleets.
    pub fn fleet(self, fleet: &Fleet, namespace: &str) -> Result<Self> {
        check_namespace("namespace", namespace)?;
        let Some(secret) = fleet.own_secret() else {
            let what = "must have a secret of its own for a cache, which has no API key";
            return Err(Error::of_argument(ErrorKind::InvalidArgument, "fleet", what));
        };
        Ok(self.shared_by(&Access::new(fleet.open()?, Some(secret), Some(namespace))))
    }

    #[must_use]
    pub(crate) fn shared_by(mut self, fleet: &Arc<Access>) -> Self {
        self.fleet = Some(Arc::clone(fleet));
        self
    }

    /// Stands for the cache of a process of a simulated fleet.
    #[cfg(feature = "test-helpers")]
    #[doc(hidden)]
    #[must_use]
    pub fn fleet_by_hand(self, fleet: &FleetByHand, process: u64) -> Self {
        self.shared_by(&fleet.access(process))
    }

    /// An empty cache.
    #[must_use]
    pub fn build(self) -> GrantCache {
        let fleet = self.fleet.filter(|fleet| fleet.is_by_hand() || !self.clock.is_manual());
        GrantCache::new(Inner::new(self.clock, self.policy, fleet), self.limiter)
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
