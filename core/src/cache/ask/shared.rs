//! What all clones of a cache share: what this process keeps of it, and asking for one of its keys.

use std::sync::Arc;

use arc_swap::Guard;

use super::begin::Begin;
use super::beginner::Beginner;
use super::options::BeginOptions;
use crate::cache::decide::Key;
use crate::cache::store::{Inner, LateLimiter, Retired};
use crate::clock::Clock;
use crate::error::Result;
use crate::fork::ForkCell;

/// What all clones of a cache share.
pub(crate) struct SharedCache {
    inner: ForkCell<Inner>,
    /// Where an account can still be set, if none was given at the start.
    late_limiter: Option<Arc<LateLimiter>>,
}

impl SharedCache {
    pub(crate) fn new(inner: Inner, late_limiter: Option<Arc<LateLimiter>>) -> Self {
        Self { inner: ForkCell::new(inner), late_limiter }
    }

    /// What this process keeps of the cache.
    #[inline]
    pub(crate) fn inner(&self) -> Guard<Arc<Inner>> {
        self.inner.get()
    }

    pub(crate) fn late_limiter(&self) -> Option<&LateLimiter> {
        self.late_limiter.as_deref()
    }

    /// Asks for the grant of a key. Never blocks; a hit takes no lock.
    pub(crate) fn begin(&self, key: &Key, options: BeginOptions) -> Result<Begin> {
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
                Err(Retired) => inner.shards.wait_for_retirement(key),
            }
        }
    }

    fn clock(&self) -> Clock {
        self.inner().clock.clone()
    }
}

impl Beginner for (&Arc<SharedCache>, &Key) {
    fn begin(&self, options: BeginOptions) -> Result<Begin> {
        self.0.begin(self.1, options)
    }

    fn clock(&self) -> Clock {
        self.0.clock()
    }
}

impl Beginner for (Arc<SharedCache>, Key) {
    fn begin(&self, options: BeginOptions) -> Result<Begin> {
        self.0.begin(&self.1, options)
    }

    fn clock(&self) -> Clock {
        self.0.clock()
    }
}
