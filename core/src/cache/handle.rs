//! A key that has been looked up: what hot paths keep.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use super::entry::Entry;
use super::grant::Hit;
use super::grant_cache::{Begin, BeginOptions, GrantCache};
use super::inner::Inner;
use super::key::Key;
use crate::error::Result;

/// One key of a cache, looked up once: a hit through it costs a reading of the clock and two loads.
/// Follows its key through evictions and forks.
pub struct Handle {
    cache: GrantCache,
    key: Key,
    bound: ArcSwap<Bound>,
}

/// Where the key was found.
struct Bound {
    inner: Arc<Inner>,
    entry: Arc<Entry>,
}

impl Handle {
    pub(super) fn new(cache: GrantCache, key: Key, inner: Arc<Inner>, entry: Arc<Entry>) -> Self {
        Self { cache, key, bound: ArcSwap::from_pointee(Bound { inner, entry }) }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// As [`GrantCache::begin`].
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`].
    #[inline]
    pub fn begin(&self, options: BeginOptions) -> Result<Begin> {
        let bound = self.bound.load();
        if !bound.inner.is_foreign() {
            let now = bound.inner.clock.now();
            let wish = options.wish(&self.key, &bound.inner.policy, now)?;
            if let Ok(begun) = bound.inner.begin(&bound.entry, wish, now) {
                return begun;
            }
        }
        drop(bound);
        self.begin_anew(options)
    }

    /// A hit that leaves nothing to do, without taking a lock; none if [`Handle::begin`] has to be
    /// asked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a `min_remaining` over
    /// half of the key's life.
    #[inline]
    pub fn hit_at_once(&self, options: BeginOptions) -> Result<Option<Hit>> {
        let bound = self.bound.load();
        if bound.inner.is_foreign() {
            return Ok(None);
        }
        let now = bound.inner.clock.now();
        let wish = options.wish(&self.key, &bound.inner.policy, now)?;
        Ok(bound.inner.hit_at_once(&bound.entry, wish, now).ok().flatten())
    }

    /// The cache that it is a key of.
    pub(crate) fn cache(&self) -> &GrantCache {
        &self.cache
    }

    /// Whether the key still lies where it was found.
    pub(crate) fn is_bound(&self) -> bool {
        let bound = self.bound.load();
        !bound.inner.is_foreign() && !bound.entry.state().retired
    }

    /// The entry was evicted, or belongs to the parent of this process: looks the key up again.
    #[cold]
    fn begin_anew(&self, options: BeginOptions) -> Result<Begin> {
        let begun = self.cache.begin(&self.key, options)?;
        let inner = self.cache.inner();
        if let Some(entry) = inner.shards.get(&self.key) {
            self.bound.store(Arc::new(Bound { inner: Arc::clone(&inner), entry }));
        }
        Ok(begun)
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("key", &self.key).finish_non_exhaustive()
    }
}
