//! Which entries are refreshed without being read, for whom, until when, and when each falls due.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::{Arc, Weak};

use crate::clock::Now;
use crate::sync::Mutex;
use crate::watch::{self, Watched};

/// Not by this clock.
const NEVER: u64 = u64::MAX;

/// What can be kept warm.
pub(crate) trait Warms {
    /// Tells it from all others.
    fn number(&self) -> u64;

    /// When it falls due, as things stand now.
    fn due(&self, now: Now) -> Due;
}

/// When something falls due: as soon as either clock has reached its time, in nanoseconds since boot and
/// since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) boot: u64,
    pub(crate) wall: u64,
}

/// The entries that are kept warm, by the number of their owner. Only the owner is given them to fetch.
///
/// They stand in order of when they fall due, for each owner by both clocks, and are moved when their state
/// changes. With n entries kept warm, each of these takes O(log n) steps: to keep one warm, to end that, to
/// find when the next falls due, and to take or to move one that does. To move one takes as many for each
/// owner of that very entry. [`Warm::let_cool`] takes as many for each that its owner keeps.
pub(crate) struct Warm<T>(Mutex<State<T>>);

type Owner = u64;
type Number = u64;

struct State<T> {
    all: BTreeMap<(Owner, Number), Kept<T>>,
    /// The owners of each entry, with until when they keep it.
    owners: BTreeSet<(Number, u64, Owner)>,
    /// By when they fall due.
    by_boot: BTreeSet<(Owner, u64, Number)>,
    by_wall: BTreeSet<(Owner, u64, Number)>,
    /// By what those of each owner are fetched.
    warmers: BTreeMap<Owner, Weak<dyn Watched>>,
    /// By until when they are kept.
    ends: BTreeSet<(u64, Owner, Number)>,
}

struct Kept<T> {
    entry: Weak<T>,
    /// In nanoseconds since boot.
    until: u64,
    due: Due,
}

impl Due {
    /// By the clock that goes on while the machine sleeps alone.
    pub(crate) fn at_boot(boot: u64) -> Self {
        Self { boot, wall: NEVER }
    }

    /// When that will be if nobody sets the clock, in nanoseconds since boot.
    fn at(self, now: Now) -> u64 {
        let by_wall = match self.wall {
            NEVER => NEVER,
            wall => now.boot_nanos().saturating_add(wall.saturating_sub(now.wall_nanos())),
        };
        self.boot.min(by_wall)
    }
}

impl<T> Default for Warm<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Default for State<T> {
    fn default() -> Self {
        Self {
            all: BTreeMap::new(),
            owners: BTreeSet::new(),
            by_boot: BTreeSet::new(),
            by_wall: BTreeSet::new(),
            warmers: BTreeMap::new(),
            ends: BTreeSet::new(),
        }
    }
}

impl<T: Warms> Warm<T> {
    /// Keeps an entry warm for an owner; a time that has passed ends it. Returns until when it is kept warm
    /// for anybody.
    pub(crate) fn keep(&self, owner: Owner, entry: &Arc<T>, until: u64, now: Now) -> u64 {
        let number = entry.number();
        let due = entry.due(now);
        let entry = Arc::downgrade(entry);
        let mut state = self.0.lock();
        let before = state.remove(owner, number);
        if until > now.boot_nanos() {
            state.add(owner, number, Kept { entry, until, due });
        }
        let longest = state.longest(number);
        drop(state);
        drop(before);
        longest
    }

    /// Until when an entry is kept warm for anybody; 0 if for nobody.
    pub(crate) fn longest(&self, entry: &T) -> u64 {
        self.0.lock().longest(entry.number())
    }

    /// Tells by what an owner's are fetched, until it keeps nothing warm any more.
    pub(crate) fn warmed_by(&self, owner: Owner, watched: Weak<dyn Watched>) {
        let before = self.0.lock().warmers.insert(owner, watched);
        drop(before);
    }

    /// An entry falls due at another time. Where it is the next by that, who fetches it is told.
    pub(crate) fn moved(&self, entry: &T, due: Due) {
        let told = self.0.lock().moved(entry.number(), due);
        told.iter().for_each(watch::sooner);
    }

    /// An entry was looked at, and may fall due at another time than it was known to.
    pub(crate) fn look_again(&self, entry: &T, now: Now) {
        let mut state = self.0.lock();
        // Under the lock: whoever changes its state meanwhile moves it afterwards.
        state.moved(entry.number(), entry.due(now));
    }

    /// When the next of an owner's falls due, in nanoseconds since boot; none if it keeps none warm.
    pub(crate) fn next(&self, owner: Owner, now: Now) -> Option<u64> {
        let mut state = self.0.lock();
        loop {
            let (number, at) = state.next(owner, now)?;
            let kept = state.all.get(&(owner, number))?;
            let due = kept.entry.upgrade().map_or(Due::at_boot(NEVER), |entry| entry.due(now));
            if due == kept.due || due.at(now) <= at {
                return Some(at);
            }
            // It waits for something else by now: for the end of a pause, say.
            state.moved(number, due);
        }
    }

    /// Those of an owner's that are due.
    pub(crate) fn due(&self, owner: Owner, now: Now) -> Vec<Arc<T>> {
        let state = self.0.lock();
        let boot = state.by_boot.range(up_to(owner, now.boot_nanos()));
        let wall = state.by_wall.range(up_to(owner, now.wall_nanos()));
        let numbers: BTreeSet<Number> = boot.chain(wall).map(|(_, _, number)| *number).collect();
        let kept = numbers.into_iter().filter_map(|number| state.all.get(&(owner, number)));
        kept.filter_map(|kept| kept.entry.upgrade()).collect()
    }

    /// Ends what was to be kept warm until now, but no more than so many; returns their entries.
    pub(crate) fn end(&self, most: usize, now: Now) -> Vec<Arc<T>> {
        let mut over = Vec::new();
        let mut state = self.0.lock();
        while over.len() < most {
            let first = state.ends.first().copied();
            let Some((_, owner, number)) = first.filter(|(at, ..)| *at <= now.boot_nanos()) else {
                break;
            };
            over.extend(state.remove(owner, number));
        }
        drop(state);
        over.into_iter().filter_map(|kept| kept.entry.upgrade()).collect()
    }

    /// Keeps nothing warm any more for an owner; returns the entries that it kept.
    pub(crate) fn let_cool(&self, owner: Owner) -> Vec<Arc<T>> {
        let mut over = Vec::new();
        let mut state = self.0.lock();
        let warmer = state.warmers.remove(&owner);
        while let Some((&(_, number), _)) = state.all.range((owner, 0)..=(owner, NEVER)).next() {
            over.extend(state.remove(owner, number));
        }
        drop(state);
        drop(warmer);
        over.into_iter().filter_map(|kept| kept.entry.upgrade()).collect()
    }
}

impl<T> State<T> {
    fn add(&mut self, owner: Owner, number: Number, kept: Kept<T>) {
        self.owners.insert((number, kept.until, owner));
        self.ends.insert((kept.until, owner, number));
        self.place(owner, number, kept.due);
        self.all.insert((owner, number), kept);
    }

    fn remove(&mut self, owner: Owner, number: Number) -> Option<Kept<T>> {
        let kept = self.all.remove(&(owner, number))?;
        self.owners.remove(&(number, kept.until, owner));
        self.ends.remove(&(kept.until, owner, number));
        self.displace(owner, number, kept.due);
        Some(kept)
    }

    /// Returns by what it is fetched, where it is the next by that.
    fn moved(&mut self, number: Number, due: Due) -> Vec<Weak<dyn Watched>> {
        let owners = self.owners.range((number, 0, 0)..=(number, NEVER, NEVER));
        let owners: Vec<Owner> = owners.map(|(_, _, owner)| *owner).collect();
        let mut told = Vec::new();
        for owner in owners {
            if self.is_next(owner, due) {
                told.extend(self.warmers.get(&owner).cloned());
            }
            let Some(kept) = self.all.get_mut(&(owner, number)) else { continue };
            let before = std::mem::replace(&mut kept.due, due);
            if before != due {
                self.displace(owner, number, before);
                self.place(owner, number, due);
            }
        }
        told
    }

    /// Whether nothing of an owner's falls due sooner by one of the clocks.
    fn is_next(&self, owner: Owner, due: Due) -> bool {
        let first = |places: &BTreeSet<(Owner, u64, Number)>| {
            places.range(up_to(owner, NEVER)).next().map_or(NEVER, |(_, at, _)| *at)
        };
        due.boot < first(&self.by_boot) || due.wall < first(&self.by_wall)
    }

    fn place(&mut self, owner: Owner, number: Number, due: Due) {
        self.by_boot.insert((owner, due.boot, number));
        if due.wall != NEVER {
            self.by_wall.insert((owner, due.wall, number));
        }
    }

    fn displace(&mut self, owner: Owner, number: Number, due: Due) {
        self.by_boot.remove(&(owner, due.boot, number));
        self.by_wall.remove(&(owner, due.wall, number));
    }

    fn longest(&self, number: Number) -> u64 {
        let mut owners = self.owners.range((number, 0, 0)..=(number, NEVER, NEVER));
        owners.next_back().map_or(0, |(_, until, _)| *until)
    }

    /// The next of an owner's, with when it falls due in nanoseconds since boot.
    fn next(&self, owner: Owner, now: Now) -> Option<(Number, u64)> {
        let mut boot = self.by_boot.range(up_to(owner, NEVER));
        let mut wall = self.by_wall.range(up_to(owner, NEVER));
        let boot = boot.next().map(|(_, at, number)| (*number, *at));
        let wall =
            wall.next().map(|(_, at, number)| (*number, Due { boot: NEVER, wall: *at }.at(now)));
        boot.into_iter().chain(wall).min_by_key(|(_, at)| *at)
    }
}

/// An owner's, up to a time.
fn up_to(owner: Owner, time: u64) -> RangeInclusive<(Owner, u64, Number)> {
    (owner, 0, 0)..=(owner, time, NEVER)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use super::*;

    thread_local!(static LOOKED: Cell<usize> = const { Cell::new(0) });

    struct Thing {
        number: u64,
        due: Mutex<Due>,
    }

    impl Warms for Thing {
        fn number(&self) -> u64 {
            self.number
        }

        fn due(&self, _: Now) -> Due {
            LOOKED.set(LOOKED.get() + 1);
            *self.due.lock()
        }
    }

    fn at(boot: u64) -> Now {
        Now::new(Duration::from_nanos(boot), Duration::from_nanos(1000 + boot))
    }

    fn thing(number: u64, boot: u64) -> Arc<Thing> {
        // By the wall clock at the same time.
        Arc::new(Thing { number, due: Mutex::new(Due { boot, wall: 1000 + boot }) })
    }

    fn numbers(things: &[Arc<Thing>]) -> Vec<u64> {
        things.iter().map(|thing| thing.number).collect()
    }

    #[test]
    fn each_falls_due_for_its_owners_by_the_clock_that_is_first() {
        let (warm, a, b) = (Warm::default(), thing(1, 30), thing(2, 20));
        assert_eq!(warm.next(7, at(0)), None);
        assert_eq!((warm.keep(7, &a, 90, at(0)), warm.keep(7, &b, 80, at(0))), (90, 80));
        assert_eq!(warm.keep(8, &a, 50, at(0)), 90);
        assert_eq!((warm.next(7, at(0)), warm.next(8, at(0))), (Some(20), Some(30)));
        assert_eq!(numbers(&warm.due(7, at(20))), [2]);
        // The wall clock is set forward by 25.
        let stepped = Now::new(Duration::from_nanos(5), Duration::from_nanos(1030));
        assert_eq!((warm.next(8, stepped), numbers(&warm.due(8, stepped))), (Some(5), vec![1]));
        // And back, which makes nothing fall due later.
        let back = Now::new(Duration::from_nanos(30), Duration::from_nanos(3));
        assert_eq!((warm.next(8, back), numbers(&warm.due(8, back))), (Some(30), vec![1]));
    }

    #[test]
    fn what_is_moved_falls_due_at_its_new_time_for_all_its_owners() {
        let (warm, a) = (Warm::default(), thing(1, 30));
        for owner in 7..9 {
            warm.keep(owner, &a, 90, at(0));
        }
        *a.due.lock() = Due::at_boot(10);
        warm.moved(&*a, Due::at_boot(10));
        assert_eq!((warm.next(7, at(0)), warm.next(8, at(0))), (Some(10), Some(10)));
        // It waits longer, and nobody has said so.
        *a.due.lock() = Due::at_boot(40);
        assert_eq!((warm.next(7, at(10)), warm.due(8, at(39)).len()), (Some(40), 0));
        // Whoever looked at it when it was due has said so.
        *a.due.lock() = Due::at_boot(60);
        warm.look_again(&*a, at(40));
        assert_eq!((warm.due(7, at(59)).len(), warm.due(8, at(60)).len()), (0, 1));
    }

    #[test]
    fn it_ends_at_its_time_or_with_its_owner() {
        let (warm, a, b) = (Warm::default(), thing(1, 30), thing(2, 20));
        warm.keep(7, &a, 90, at(0));
        warm.keep(7, &b, 80, at(0));
        warm.keep(8, &a, 50, at(0));
        assert_eq!(numbers(&warm.end(9, at(50))), [1]);
        assert_eq!((warm.longest(&a), warm.next(8, at(50))), (90, None));
        assert_eq!(warm.end(1, at(90)).len(), 1, "no more than asked for");
        assert_eq!(numbers(&warm.let_cool(7)), [1]);
        assert_eq!((warm.longest(&a), warm.next(7, at(90))), (0, None));
        assert_eq!(warm.keep(7, &a, 90, at(90)), 0, "its time has passed");
        let state = warm.0.lock();
        let rest = (state.by_boot.len(), state.by_wall.len(), state.ends.len());
        assert_eq!((state.all.len(), state.owners.len(), rest), (0, 0, (0, 0, 0)));
    }

    #[test]
    fn a_look_sees_as_many_entries_of_many_as_of_few() {
        for count in [1000, 100_000] {
            let warm = Warm::default();
            let things: Vec<_> = (0..count).map(|number| thing(number, 10 + number)).collect();
            for thing in &things {
                warm.keep(7, thing, 1_000_000, at(0));
            }
            let looked = |run: &dyn Fn()| {
                let before = LOOKED.get();
                run();
                LOOKED.get() - before
            };
            assert_eq!(looked(&|| assert_eq!(warm.next(7, at(0)), Some(10))), 1);
            assert_eq!(looked(&|| assert_eq!(warm.due(7, at(12)).len(), 3)), 0);
            assert_eq!(looked(&|| assert_eq!(warm.keep(7, &things[5], 9, at(0)), 9)), 1);
            assert_eq!(looked(&|| warm.moved(&things[6], Due::at_boot(1))), 0);
        }
    }
}
