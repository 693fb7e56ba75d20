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
    /// fetches each grant. `namespace`, 1 to 128 bytes, says what the keys are for. A cache that is given a manual
    /// clock later shares nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for a namespace of another length, a fleet without a
    /// [`secret`](Fleet::secret) and a cache by a manual clock; [`ErrorKind::Unsupported`] where there are no fleets.
    pub fn fleet(self, fleet: &Fleet, namespace: &str) -> Result<Self> {
        check_namespace("namespace", namespace)?;
        if self.clock.is_manual() {
            return refused(
                "fleet",
                "cannot be given with clock: other processes go by the machine's",
            );
        }
        let Some(secret) = fleet.own_secret() else {
            return refused(
                "fleet",
                "must have a secret of its own for a cache, which has no API key",
            );
        };
        Ok(self.shared_by(&Access::new(fleet.open()?, Some(secret), Some(namespace))))
    }

    /// What a host program says of a fleet in one go: each as it gave it, if it did.
    ///
    /// # Errors
    ///
    /// As of [`GrantCacheBuilder::fleet`]; [`ErrorKind::InvalidArgument`] for one of the two alone.
    pub fn fleet_if(self, fleet: Option<&Fleet>, namespace: Option<&str>) -> Result<Self> {
        match (fleet, namespace) {
            (Some(fleet), Some(namespace)) => self.fleet(fleet, namespace),
            (Some(_), None) => {
                refused("namespace", "is needed beside fleet: a name for what the keys are for")
            }
            (None, Some(_)) => refused("namespace", "has no effect without fleet: give both"),
            (None, None) => Ok(self),
        }
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

fn refused(argument: &str, what: &str) -> Result<GrantCacheBuilder> {
    Err(Error::of_argument(ErrorKind::InvalidArgument, argument, what))
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn a_fleet_needs_a_secret_a_namespace_and_the_clock_of_the_machine() {
        let told = |builder: GrantCacheBuilder, fleet: Option<&Fleet>, namespace: Option<&str>| {
            let error = builder.fleet_if(fleet, namespace).err()?;
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            error.argument().map(str::to_owned)
        };
        let fleet = Fleet::host().secret(&[7; 32]).unwrap();
        let clock = ManualClock::new(Duration::ZERO);
        assert_eq!(told(GrantCache::builder(), None, None), None);
        let namespace = Some("namespace".to_owned());
        assert_eq!(told(GrantCache::builder(), Some(&fleet), None), namespace);
        assert_eq!(told(GrantCache::builder(), None, Some("a")), namespace);
        assert_eq!(told(GrantCache::builder(), Some(&fleet), Some("")), namespace);
        let fleet_at_fault = Some("fleet".to_owned());
        assert_eq!(told(GrantCache::builder(), Some(&Fleet::host()), Some("a")), fleet_at_fault);
        let by_hand = GrantCache::builder().clock(&clock);
        assert_eq!(told(by_hand, Some(&fleet), Some("a")), fleet_at_fault);
    }
}
