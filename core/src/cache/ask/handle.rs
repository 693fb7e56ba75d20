//! A key that has been looked up: what hot paths keep.

use std::fmt;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwapOption;

use super::begin::Begin;
use super::beginner::Beginner;
use super::options::{BeginOptions, usual_promise};
use super::shared::SharedCache;
use crate::cache::decide::{Key, Promise};
use crate::cache::store::{Entry, Follower, Hit, Inner, Requester, Retired, Sighting, StillFresh};
use crate::clock::{Clock, Now};
use crate::error::Result;
use crate::fork::Reborn as _;

/// One key of a cache, looked up once: a hit through it costs a reading of the clock and a load.
/// Follows its key through evictions and forks.
pub struct Handle {
    cache: Arc<SharedCache>,
    /// The user of the cache that it is for.
    who: Arc<Requester>,
    key: Key,
    /// What is promised to callers who do not say.
    usual: Promise,
    /// Where the key was found first, and where it lies unless that entry has left the map.
    first: Bound,
    /// Where it was found again.
    later: ArcSwapOption<Bound>,
}

/// Where the key was found.
#[derive(Clone)]
struct Bound {
    inner: Arc<Inner>,
    entry: Arc<Entry>,
}

/// What came of asking there.
enum Found {
    Hit(Hit),
    /// The key lies there, but there is more to do than to hand out its grant.
    Nothing,
    /// The key does not lie there any more.
    Gone,
}

impl Handle {
    /// Looks a key up, for a caller with these options if it is new.
    pub(crate) fn new(
        cache: &Arc<SharedCache>,
        who: &Arc<Requester>,
        key: &Key,
        options: BeginOptions,
    ) -> Result<Self> {
        let inner = cache.inner();
        let now = inner.clock.now();
        let wish = options.wish(key, &inner.policy, now)?;
        let entry = inner.entry(who, key, wish, now)?;
        let usual = usual_promise(key, &inner.policy);
        let first = Bound { inner: Arc::clone(&inner), entry };
        let (cache, who, key) = (Arc::clone(cache), Arc::clone(who), key.clone());
        Ok(Self { cache, who, key, usual, first, later: ArcSwapOption::empty() })
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// As [`GrantCache::begin`](crate::GrantCache::begin).
    ///
    /// # Errors
    ///
    /// As there.
    #[inline]
    pub fn begin(&self, options: BeginOptions) -> Result<Begin> {
        match self.hit_at_once(options)? {
            Some(hit) => Ok(Begin::Hit(hit)),
            None => self.begin_slow(options),
        }
    }

    /// A hit that leaves nothing to do, without taking a lock; none if [`Handle::begin`] has to be
    /// asked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`](crate::ErrorKind::InvalidArgument) for a `min_remaining` over
    /// half of the key's lifetime.
    #[inline]
    pub fn hit_at_once(&self, options: BeginOptions) -> Result<Option<Hit>> {
        match self.hit_in(&self.first, options)? {
            Found::Hit(hit) => Ok(Some(hit)),
            Found::Nothing => Ok(None),
            Found::Gone => self.hit_later(options),
        }
    }

    /// Whether a grant that was seen under this key is still fresh, and of use to the caller; counts
    /// as a hit if so. If not, ask for one.
    #[inline]
    pub(crate) fn still_fresh(
        &self,
        seen: &Sighting,
        options: BeginOptions,
        is_of_use: impl FnOnce(&StillFresh) -> bool,
    ) -> Result<Option<StillFresh>> {
        let promise = options.promise_or(self.usual, &self.key)?;
        Ok(self.first.inner.still_fresh(&self.first.entry, seen, promise, is_of_use))
    }

    /// When a grant was handed out, by the machine's clocks, from the reading of the cache's.
    #[inline]
    pub(crate) fn machine_time(&self, reading: Now) -> Now {
        self.first.inner.clock.of_machine(reading)
    }

    #[inline]
    fn hit_in(&self, bound: &Bound, options: BeginOptions) -> Result<Found> {
        if bound.inner.is_foreign() {
            return Ok(Found::Gone);
        }
        let now = bound.inner.clock.now();
        let wish = options.wish_or(self.usual, &self.key, now)?;
        Ok(match bound.inner.hit_at_once(&self.who, &bound.entry, wish, now) {
            Ok(Some(hit)) => Found::Hit(hit),
            Ok(None) => Found::Nothing,
            Err(Retired) => Found::Gone,
        })
    }

    #[cold]
    fn hit_later(&self, options: BeginOptions) -> Result<Option<Hit>> {
        match self.later.load().as_deref().map(|bound| self.hit_in(bound, options)) {
            Some(Ok(Found::Hit(hit))) => Ok(Some(hit)),
            Some(Err(error)) => Err(error),
            _ => Ok(None),
        }
    }

    /// Tells somebody when the entry that the key was found in first is evicted; false if it has been.
    pub(crate) fn follow(&self, follower: Weak<dyn Follower>) -> bool {
        !self.first.inner.is_foreign() && self.first.entry.follow(follower).is_ok()
    }

    /// Whether the key still lies where it was found.
    pub(crate) fn is_bound(&self) -> bool {
        let lies = |bound: &Bound| !bound.inner.is_foreign() && !bound.entry.state().retired;
        lies(&self.first) || self.later.load().as_deref().is_some_and(lies)
    }

    /// Looks the key up, and notes where it lies if that is somewhere else: its entry was evicted,
    /// or belongs to the parent of this process.
    fn begin_slow(&self, options: BeginOptions) -> Result<Begin> {
        let begun = self.cache.begin(&self.who, &self.key, options)?;
        if !self.is_bound() {
            let inner = self.cache.inner();
            if let Some(entry) = inner.shards.get(&self.key) {
                let bound = Bound { inner: Arc::clone(&inner), entry };
                self.later.store(Some(Arc::new(bound)));
            }
        }
        Ok(begun)
    }
}

impl Beginner for Handle {
    fn check(&self, options: BeginOptions) -> Result<()> {
        options.check(&self.key)
    }

    fn begin(&self, options: BeginOptions) -> Result<Begin> {
        Handle::begin(self, options)
    }

    #[inline]
    fn hit_at_once(&self, options: BeginOptions) -> Result<Option<Hit>> {
        Handle::hit_at_once(self, options)
    }

    fn clock(&self) -> Clock {
        self.cache.inner().clock.clone()
    }
}

impl Beginner for Arc<Handle> {
    fn check(&self, options: BeginOptions) -> Result<()> {
        options.check(&self.key)
    }

    fn begin(&self, options: BeginOptions) -> Result<Begin> {
        Handle::begin(self, options)
    }

    #[inline]
    fn hit_at_once(&self, options: BeginOptions) -> Result<Option<Hit>> {
        Handle::hit_at_once(self, options)
    }

    fn clock(&self) -> Clock {
        self.cache.inner().clock.clone()
    }
}

impl Clone for Handle {
    fn clone(&self) -> Self {
        Self {
            cache: Arc::clone(&self.cache),
            who: Arc::clone(&self.who),
            key: self.key.clone(),
            usual: self.usual,
            first: self.first.clone(),
            later: ArcSwapOption::new(self.later.load_full()),
        }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("key", &self.key).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::cache::{CachePolicy, Grant, GrantCache};
    use crate::clock::ManualClock;

    const LIFETIME: Duration = Duration::from_secs(60);

    #[test]
    fn what_was_seen_in_one_entry_is_not_asked_of_another() {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let policy = CachePolicy::builder().max_keys(1).build().unwrap();
        let cache = GrantCache::builder().clock(&clock).policy(policy).build();
        let (key, other) = (Key::new("a", LIFETIME).unwrap(), Key::new("b", LIFETIME).unwrap());
        let options = BeginOptions::default();
        let fill = |key| match cache.begin(key, options).unwrap() {
            Begin::Fetch(ticket, _) => ticket.complete(Grant::new("a grant"), LIFETIME),
            other => panic!("{other:?}"),
        };
        fill(&key);
        let handle = cache.handle(&key).unwrap();
        fill(&other);
        fill(&key);
        // As many changes as the first entry of this key had, its eviction included.
        cache.rotate();
        let Begin::Hit(hit) = handle.begin(options).unwrap() else { panic!("the grant is there") };
        let seen = hit.sighting();
        cache.invalidate(&key);
        let fresh = seen.and_then(|seen| handle.still_fresh(&seen, options, |_| true).unwrap());
        assert!(fresh.is_none());
    }

    /// Counts how often it is told.
    #[derive(Default)]
    struct Told(AtomicUsize);

    impl Follower for Told {
        fn evicted(&self, _: &Key) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn all_who_follow_a_key_are_told_once_when_it_is_evicted() {
        let policy = CachePolicy::builder().max_keys(1).build().unwrap();
        let cache = GrantCache::builder().policy(policy).build();
        let (key, other) = (Key::new("a", LIFETIME).unwrap(), Key::new("b", LIFETIME).unwrap());
        let handle = cache.handle(&key).unwrap();
        let followers: Vec<_> = (0..100).map(|_| Arc::new(Told::default())).collect();
        for follower in &followers {
            let follower: Arc<dyn Follower> = Arc::clone(follower) as _;
            assert!(handle.follow(Arc::downgrade(&follower)));
        }
        cache.handle(&other).unwrap();
        assert!(followers.iter().all(|follower| follower.0.load(Ordering::Relaxed) == 1));
        let late: Arc<dyn Follower> = Arc::new(Told::default());
        assert!(!handle.follow(Arc::downgrade(&late)));
    }

    #[test]
    fn a_hit_at_once_leaves_all_else_to_begin() {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let cache = GrantCache::builder().clock(&clock).build();
        let options = BeginOptions::default();
        let handle = cache.handle(&Key::new("a", LIFETIME).unwrap()).unwrap();
        assert!(handle.hit_at_once(options).unwrap().is_none());
        let Begin::Fetch(ticket, _) = handle.begin(options).unwrap() else { panic!("it is cold") };
        assert!(handle.hit_at_once(options).unwrap().is_none(), "its fetch is in flight");
        ticket.complete(Grant::new("a grant"), LIFETIME);
        assert_eq!(handle.hit_at_once(options).unwrap().unwrap().as_str(), "a grant");
        clock.advance(LIFETIME / 2);
        assert!(handle.hit_at_once(options).unwrap().is_none(), "a refresh is due");
        cache.simulate_fork();
        assert!(handle.hit_at_once(options).unwrap().is_none());
        let much = BeginOptions { min_remaining: Some(LIFETIME), ..options };
        assert!(matches!(handle.begin(much), Err(error) if error.kind().number() == 100));
    }
}
