//! What many users share by naming the same identity, and what of it is kept for a while after the last of
//! them is gone.
//!
//! A shelf changes without a lock, and a place in it changes by single atomic steps: a forked child may find
//! them in any state but a broken one. The child finds what its parent kept, with the same deadline.
//!
//! With n places, whoever comes or goes takes O(log n) steps. The shelf is looked through once a second at
//! most, and when it is full: that looks at the places without users and at those that had none since the last
//! look, never at the others in use.

use std::convert::Infallible;
use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::clock::{Clock, Now};
use crate::hash_trie::HashTrie;
use crate::watch::{self, Watched};

/// A shelf is looked through no more often than this, however often its users come and go.
const GRAIN: u64 = 1_000_000_000;
/// The number of users of a place that has left its shelf for good.
const RETIRED: usize = usize::MAX;

/// What a shelf keeps.
pub(crate) trait Lingers: Send + Sync + 'static {
    /// What may be kept at most without users, all together.
    const LIMIT: Size;
    /// Whether the watching thread throws away what need not be kept any longer, while that thread runs.
    /// If not, only calls do.
    const IS_WATCHED: bool;

    /// Until when it is kept if its last user left at `left`, both in nanoseconds since boot.
    fn kept_until(&self, left: u64, now: Now) -> u64;

    /// How much it takes of the limit.
    fn size(&self) -> Size {
        Size::ONE
    }

    /// A user is gone.
    fn left(&self, _visit: Visit) {}

    /// When the limit is passed, what has the lowest rank goes: by default that which has had no user for
    /// the longest time.
    fn rank(left: u64, _until: u64) -> u64 {
        left
    }
}

/// How much is kept without users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) places: usize,
    pub(crate) entries: usize,
    pub(crate) bytes: usize,
}

/// How one user used a place.
#[derive(Clone, Copy)]
pub(crate) struct Visit {
    /// When it came and when it left, in nanoseconds since boot.
    pub(crate) came: u64,
    pub(crate) left: u64,
    /// Nobody else uses the place.
    pub(crate) is_last: bool,
}

/// Finds by identity what is in use or kept.
pub(crate) struct Shelf<I, T> {
    clock: Clock,
    hasher: RandomState,
    all: HashTrie<Arc<Place<I, T>>>,
    /// Those without users, and some that have one again.
    kept: HashTrie<Arc<Place<I, T>>>,
    /// How many those are.
    kept_len: AtomicUsize,
    /// When to look through it, in nanoseconds since boot; `u64::MAX` if nothing waits.
    next_look: AtomicU64,
}

struct Place<I, T> {
    identity: I,
    /// Of the identity.
    hash: u64,
    value: T,
    users: AtomicUsize,
    /// When a user left last, in nanoseconds since boot.
    left: AtomicU64,
}

/// A user of what is in a place. Dropping it gives the place up.
pub(crate) struct Lease<I: Identity, T: Lingers> {
    place: Arc<Place<I, T>>,
    /// What is kept may hold leases of another shelf, so no lease holds a shelf.
    shelf: Weak<Shelf<I, T>>,
    came: u64,
}

/// By what something is found.
pub(crate) trait Identity: Clone + Eq + Hash + Send + Sync + 'static {}

impl<I: Clone + Eq + Hash + Send + Sync + 'static> Identity for I {}

impl<I: Identity, T: Lingers> Shelf<I, T> {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            hasher: RandomState::new(),
            all: HashTrie::default(),
            kept: HashTrie::default(),
            kept_len: AtomicUsize::new(0),
            next_look: AtomicU64::new(u64::MAX),
        }
    }

    /// What is found by an identity; made if there is nothing yet.
    pub(crate) fn lease(self: &Arc<Self>, identity: &I, make: impl FnOnce() -> T) -> Lease<I, T> {
        let Ok(lease) = self.try_lease(identity, || Ok::<T, Infallible>(make()));
        lease
    }

    /// As [`Shelf::lease`], for what may fail to be made.
    pub(crate) fn try_lease<E>(
        self: &Arc<Self>,
        identity: &I,
        make: impl FnOnce() -> Result<T, E>,
    ) -> Result<Lease<I, T>, E> {
        let now = self.clock.now();
        self.look_if_due(now);
        if let Some(place) = self.find(identity) {
            return Ok(self.lease_of(place, now));
        }
        let fresh = Arc::new(Place::new(identity.clone(), self.hash(identity), make()?));
        if self.kept_len.load(Ordering::Relaxed) >= T::LIMIT.places {
            self.clear(Size::ONE, now);
        }
        loop {
            let is_it =
                |other: &Arc<Place<I, T>>| other.identity == *identity && !other.is_retired();
            // The leaf that it comes to lie in has no place for another of the same identity, which is retired.
            let keep = |other: &Arc<Place<I, T>>| !other.is_retired();
            let found = self.all.add(fresh.hash, &fresh, is_it, keep);
            let place = found.unwrap_or_else(|| Arc::clone(&fresh));
            if Arc::ptr_eq(&place, &fresh) || place.enter() {
                return Ok(self.lease_of(place, now));
            }
        }
    }

    /// Throws away everything that has no user.
    pub(crate) fn forget(&self) {
        for place in self.kept.all() {
            if place.retire() {
                self.remove(&place);
            }
        }
    }

    /// Looks through the shelf: throws away what need not be kept any longer, and what is too much.
    pub(crate) fn look(self: &Arc<Self>) {
        self.next_look.store(u64::MAX, Ordering::SeqCst);
        let next = self.clear(Size::NONE, self.clock.now());
        self.look_at(next);
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.all.all().len()
    }

    fn look_if_due(self: &Arc<Self>, now: Now) {
        if self.next_look.load(Ordering::Relaxed) <= now.boot_nanos() {
            self.look();
        }
    }

    /// Looks through the shelf at a time, or at the next call after it if no thread watches the time.
    fn look_at(self: &Arc<Self>, time: u64) {
        let before = self.next_look.fetch_min(time, Ordering::SeqCst);
        if T::IS_WATCHED && time < before {
            watch::beside(self, time);
        }
    }

    /// The place of an identity, with one user more.
    fn find(&self, identity: &I) -> Option<Arc<Place<I, T>>> {
        let place = self.all.get(self.hash(identity), |place| place.identity == *identity);
        place.filter(|place| place.enter())
    }

    fn hash(&self, identity: &I) -> u64 {
        self.hasher.hash_one(identity)
    }

    fn lease_of(self: &Arc<Self>, place: Arc<Place<I, T>>, now: Now) -> Lease<I, T> {
        Lease { place, shelf: Arc::downgrade(self), came: now.boot_nanos() }
    }

    /// A place has no user any more.
    fn keep(&self, place: &Arc<Place<I, T>>) {
        let is_it = |other: &Arc<Place<I, T>>| Arc::ptr_eq(other, place);
        if self.kept.add(place.hash, place, is_it, |_| true).is_none() {
            self.kept_len.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Removes a place that has been retired.
    fn remove(&self, place: &Arc<Place<I, T>>) {
        self.all.remove(place.hash, |other| Arc::ptr_eq(other, place));
        self.let_go(place);
    }

    fn let_go(&self, place: &Arc<Place<I, T>>) {
        if self.kept.remove(place.hash, |other| Arc::ptr_eq(other, place)) {
            self.kept_len.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Those without users.
    fn waiting(&self, now: Now) -> Vec<Waiting<I, T>> {
        let mut waiting = Vec::new();
        for place in self.kept.all() {
            if !place.waits() {
                self.let_go(&place);
                // Its user may have left between the two steps, and have found it here.
                if place.waits() {
                    self.keep(&place);
                }
            }
            if place.waits() {
                waiting.push(place.waiting(now));
            }
        }
        waiting
    }

    /// Removes the places that need not be kept any longer, and those that are too much beside what is to
    /// come. Returns when the next of the others is over.
    fn clear(&self, to_come: Size, now: Now) -> u64 {
        let time = now.boot_nanos();
        let mut waiting = self.waiting(now);
        waiting.retain(|one| one.until > time || !self.retire(one));
        let mut total = waiting.iter().fold(to_come, |total, one| total.plus(one.size));
        if !total.is_within(T::LIMIT) {
            waiting.sort_by_key(|one| one.rank);
            waiting.retain(|one| {
                if total.is_within(T::LIMIT) || !self.retire(one) {
                    return true;
                }
                total = total.minus(one.size);
                false
            });
        }
        waiting.iter().map(|one| one.until).min().unwrap_or(u64::MAX)
    }

    /// Removes a place, unless somebody has come to use it.
    fn retire(&self, one: &Waiting<I, T>) -> bool {
        let retired = one.place.retire();
        if retired {
            self.remove(&one.place);
        }
        retired
    }
}

/// A place without users, and until when it is kept.
struct Waiting<I, T> {
    place: Arc<Place<I, T>>,
    until: u64,
    rank: u64,
    size: Size,
}

impl<I: Identity, T: Lingers> Watched for Shelf<I, T> {
    fn next_wakeup(&self) -> Option<Duration> {
        let next = self.next_look.load(Ordering::Relaxed);
        (next != u64::MAX).then(|| self.clock.now().until_boot(next))
    }

    fn is_by_hand(&self) -> bool {
        self.clock.is_manual()
    }

    fn poll(self: Arc<Self>) {
        self.look();
    }
}

impl<I, T> Place<I, T> {
    fn new(identity: I, hash: u64, value: T) -> Self {
        Self { identity, hash, value, users: AtomicUsize::new(1), left: AtomicU64::new(0) }
    }

    /// Counts one user more, unless the place has left the shelf.
    fn enter(&self) -> bool {
        let entered = |users| (users != RETIRED).then(|| users + 1);
        self.users.fetch_update(Ordering::SeqCst, Ordering::SeqCst, entered).is_ok()
    }

    fn waits(&self) -> bool {
        self.users.load(Ordering::SeqCst) == 0
    }

    /// Has the place leave the shelf for good, unless somebody uses it.
    fn retire(&self) -> bool {
        self.users.compare_exchange(0, RETIRED, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }

    fn is_retired(&self) -> bool {
        self.users.load(Ordering::SeqCst) == RETIRED
    }
}

impl<I, T: Lingers> Place<I, T> {
    fn waiting(self: &Arc<Self>, now: Now) -> Waiting<I, T> {
        let left = self.left.load(Ordering::SeqCst);
        let until = self.value.kept_until(left, now);
        let rank = T::rank(left, until);
        Waiting { place: Arc::clone(self), until, rank, size: self.value.size() }
    }
}

impl<I: Identity, T: Lingers> Deref for Lease<I, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.place.value
    }
}

impl<I: Identity, T: Lingers> Drop for Lease<I, T> {
    fn drop(&mut self) {
        let Some(shelf) = self.shelf.upgrade() else { return };
        let now = shelf.clock.now();
        let left = now.boot_nanos();
        let is_last = self.place.users.load(Ordering::SeqCst) == 1;
        self.place.value.left(Visit { came: self.came, left, is_last });
        // Before the user is gone, so that nobody finds a place without users and an old time.
        self.place.left.store(left, Ordering::SeqCst);
        if self.place.users.fetch_sub(1, Ordering::SeqCst) == 1 {
            shelf.keep(&self.place);
            shelf.look_at(left.saturating_add(GRAIN));
        }
        shelf.look_if_due(now);
    }
}

impl Size {
    pub(crate) const NONE: Self = Self { places: 0, entries: 0, bytes: 0 };
    pub(crate) const ONE: Self = Self { places: 1, entries: 0, bytes: 0 };

    fn plus(self, other: Self) -> Self {
        Self {
            places: self.places + other.places,
            entries: self.entries + other.entries,
            bytes: self.bytes + other.bytes,
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            places: self.places - other.places,
            entries: self.entries - other.entries,
            bytes: self.bytes - other.bytes,
        }
    }

    fn is_within(self, limit: Self) -> bool {
        self.places <= limit.places && self.entries <= limit.entries && self.bytes <= limit.bytes
    }
}

impl<I: Identity, T: Lingers> fmt::Debug for Lease<I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    const SECOND: Duration = Duration::from_secs(1);

    /// Kept for a number of seconds after its last user.
    struct Thing(u64);

    impl Lingers for Thing {
        const LIMIT: Size = Size { places: 3, entries: 30, bytes: 10 };
        const IS_WATCHED: bool = false;

        fn kept_until(&self, left: u64, _: Now) -> u64 {
            left + self.0 * GRAIN
        }

        fn size(&self) -> Size {
            Size { entries: usize::try_from(self.0).unwrap(), ..Size::ONE }
        }
    }

    struct World(ManualClock, Arc<Shelf<&'static str, Thing>>);

    impl World {
        fn new() -> Self {
            let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
            let shelf = Shelf::new(Clock::from(&clock));
            Self(clock, Arc::new(shelf))
        }

        fn lease(&self, identity: &'static str, seconds: u64) -> Lease<&'static str, Thing> {
            self.0.advance(SECOND / 1000);
            self.1.lease(&identity, || Thing(seconds))
        }

        /// Whether it is there, and not made anew with another number.
        fn finds(&self, identity: &'static str) -> bool {
            self.1.find(&identity).is_some_and(|place| {
                place.users.fetch_sub(1, Ordering::SeqCst);
                true
            })
        }
    }

    #[test]
    fn what_is_left_is_found_until_its_time_is_over() {
        let world = World::new();
        let first = world.lease("a", 5);
        let address = std::ptr::from_ref::<Thing>(&first).addr();
        drop((world.lease("a", 5), first));
        world.0.advance(SECOND * 4);
        let again = world.lease("a", 5);
        assert_eq!(std::ptr::from_ref::<Thing>(&again).addr(), address);
        world.0.advance(SECOND * 100);
        drop(world.lease("b", 1));
        assert!(world.finds("a"), "it is in use");
        drop(again);
        world.0.advance(SECOND * 5);
        drop(world.lease("b", 1));
        assert!(!world.finds("a"));
        world.0.advance(SECOND * 100);
        drop(world.lease("c", 1));
        assert_eq!(world.1.len(), 1);
    }

    #[test]
    fn of_too_many_that_goes_which_was_left_first() {
        let world = World::new();
        let used = world.lease("used", 9);
        for identity in ["a", "b", "c"] {
            drop(world.lease(identity, 9));
        }
        drop(world.lease("a", 9));
        drop(world.lease("d", 9));
        let found = ["used", "a", "b", "c", "d"].map(|identity| world.finds(identity));
        assert_eq!(found, [true, true, false, true, true]);
        drop(used);
    }

    #[test]
    fn of_too_much_that_goes_which_was_left_first() {
        let world = World::new();
        drop(world.lease("a", 11));
        drop(world.lease("b", 11));
        assert!(world.finds("a") && world.finds("b"));
        drop(world.lease("c", 11));
        world.0.advance(SECOND * 2);
        drop(world.lease("c", 11));
        assert_eq!(["a", "b", "c"].map(|identity| world.finds(identity)), [false, true, true]);
    }

    #[test]
    fn what_nobody_uses_is_forgotten_when_told() {
        let world = World::new();
        let used = world.lease("used", 9);
        drop(world.lease("a", 9));
        world.1.forget();
        assert!(world.finds("used") && !world.finds("a"));
        drop(used);
        assert!(world.finds("used"));
    }

    /// Tells when it is thrown away.
    struct Secret(std::sync::mpsc::Sender<()>);

    impl Lingers for Secret {
        const LIMIT: Size = Size { places: 3, entries: 30, bytes: 10 };
        const IS_WATCHED: bool = true;

        fn kept_until(&self, left: u64, _: Now) -> u64 {
            left + 5 * GRAIN
        }
    }

    impl Drop for Secret {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
        }
    }

    #[test]
    fn what_is_over_is_thrown_away_by_the_watching_thread_while_it_runs() {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let shelf = Arc::new(Shelf::new(Clock::from(&clock)));
        let (gone, noted) = std::sync::mpsc::channel();
        drop(shelf.lease(&"a", || Secret(gone)));
        clock.advance(SECOND * 5);
        // Something else has the thread run.
        watch::at(0, || ());
        noted.recv_timeout(SECOND * 10).unwrap();
    }

    #[test]
    fn what_cannot_be_made_leaves_nothing() {
        let world = World::new();
        assert_eq!(world.1.try_lease(&"a", || Err(7)).err(), Some(7));
        assert_eq!(world.1.len(), 0);
    }
}
