//! In which order entries have to go when space is needed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use crate::sync::Mutex;

/// So many entries are looked at to find the one that goes.
const LOOKS: usize = 64;
/// The place of what does not stand in the order.
const NOWHERE: u64 = u64::MAX;

/// What can be idle.
pub(crate) trait Idles {
    /// Tells it from all others.
    fn number(&self) -> u64;

    /// When it was last read, in nanoseconds since boot. Only rises.
    fn last_read(&self) -> u64;

    /// Where it stands in the order.
    fn place(&self) -> &Place;
}

/// When it had been read last when it was put in its place, in nanoseconds since boot. Belongs to the order
/// and its lock.
pub(crate) struct Place(AtomicU64);

/// All entries that may be evicted, by when they were read last: as far as is known, since a hit that moved
/// its entry here would have to take a lock. Whoever looks for the one to evict puts those that have been
/// read meanwhile in their places.
///
/// To add an entry, to remove one and to find the one that goes takes O(log n) steps each. The latter looks
/// at no more than [`LOOKS`] entries: if that many in a row have been read since they were put in their
/// places, it is the one of these that was read first. In a cache of up to so many keys it is always the one
/// that was read first of all.
pub(crate) struct Idle<T>(Mutex<BTreeMap<(u64, u64), Weak<T>>>);

impl Default for Place {
    fn default() -> Self {
        Self(AtomicU64::new(NOWHERE))
    }
}

impl<T> Default for Idle<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Idles> Idle<T> {
    pub(crate) fn add(&self, entry: &Arc<T>) {
        let weak = Arc::downgrade(entry);
        let mut order = self.0.lock();
        remove(&mut order, &**entry);
        put(&mut order, &**entry, weak, entry.last_read());
    }

    pub(crate) fn remove(&self, entry: &T) {
        remove(&mut self.0.lock(), entry);
    }

    /// The entry that has to go first; it stays in its place until it is removed.
    pub(crate) fn first(&self) -> Option<Arc<T>> {
        let mut seen: Vec<(u64, Arc<T>)> = Vec::new();
        let mut first: Option<usize> = None;
        let mut order = self.0.lock();
        while seen.len() < LOOKS {
            let Some(((place, _), _)) = order.first_key_value() else { break };
            // Who comes later in the order was not read sooner than its place says.
            if first.is_some_and(|index| seen[index].0 <= *place) {
                break;
            }
            let Some(((_, _), weak)) = order.pop_first() else { break };
            let Some(entry) = weak.upgrade() else { continue };
            let read = entry.last_read();
            if first.is_none_or(|index| read < seen[index].0) {
                first = Some(seen.len());
            }
            seen.push((read, entry));
        }
        for (read, entry) in &seen {
            put(&mut order, &**entry, Arc::downgrade(entry), *read);
        }
        drop(order);
        // The last owner of an entry wipes its grant, so not under the lock.
        first.map(|index| seen.swap_remove(index).1)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.lock().len()
    }
}

fn put<T: Idles>(order: &mut BTreeMap<(u64, u64), Weak<T>>, entry: &T, weak: Weak<T>, read: u64) {
    // The end of time is no place.
    let read = read.min(NOWHERE - 1);
    entry.place().0.store(read, Ordering::Relaxed);
    order.insert((read, entry.number()), weak);
}

fn remove<T: Idles>(order: &mut BTreeMap<(u64, u64), Weak<T>>, entry: &T) {
    let place = entry.place().0.swap(NOWHERE, Ordering::Relaxed);
    if place != NOWHERE {
        order.remove(&(place, entry.number()));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local!(static LOOKED: Cell<usize> = const { Cell::new(0) });

    #[derive(Default)]
    struct Thing {
        number: u64,
        read: AtomicU64,
        place: Place,
    }

    impl Idles for Thing {
        fn number(&self) -> u64 {
            self.number
        }

        fn last_read(&self) -> u64 {
            LOOKED.set(LOOKED.get() + 1);
            self.read.load(Ordering::Relaxed)
        }

        fn place(&self) -> &Place {
            &self.place
        }
    }

    /// Things that were read in the order of their numbers.
    fn things(count: u64) -> (Idle<Thing>, Vec<Arc<Thing>>) {
        let idle = Idle::default();
        let thing = |number| {
            let thing = Arc::new(Thing { number, read: number.into(), ..Thing::default() });
            idle.add(&thing);
            thing
        };
        let things = (0..count).map(thing).collect();
        (idle, things)
    }

    fn looked(run: impl FnOnce()) -> usize {
        let before = LOOKED.get();
        run();
        LOOKED.get() - before
    }

    #[test]
    fn of_few_that_were_all_read_again_the_one_read_first_goes() {
        let (idle, things) = things(LOOKS as u64);
        // Read again, the last first.
        for thing in &things {
            thing.read.store(1000 - thing.number, Ordering::Relaxed);
        }
        for thing in things.iter().rev() {
            assert_eq!(idle.first().unwrap().number, thing.number);
            idle.remove(thing);
        }
        assert!(idle.first().is_none());
    }

    #[test]
    fn of_many_the_one_idle_longest_goes_if_few_were_read_again() {
        let (idle, things) = things(10_000);
        for thing in &things[..LOOKS / 2] {
            thing.read.store(20_000 + thing.number, Ordering::Relaxed);
        }
        for thing in &things[LOOKS / 2..LOOKS] {
            assert_eq!(idle.first().unwrap().number, thing.number);
            idle.remove(thing);
        }
    }

    #[test]
    fn to_find_the_one_that_goes_looks_at_as_many_of_many_as_of_few() {
        for count in [1000, 100_000] {
            let (idle, things) = things(count);
            assert_eq!(looked(|| drop(idle.first())), 1);
            for thing in &things {
                thing.read.store(count + thing.number, Ordering::Relaxed);
            }
            let found = Cell::new(None);
            assert_eq!(looked(|| found.set(idle.first())), LOOKS);
            assert_eq!(found.take().unwrap().number, 0);
            assert_eq!(looked(|| drop(idle.first())), LOOKS, "the others are as little known");
        }
    }

    #[test]
    fn what_is_added_twice_stands_once_and_what_is_gone_is_passed_over() {
        let (idle, mut things) = things(3);
        idle.add(&things[1]);
        assert_eq!(idle.len(), 3);
        drop(things.remove(0));
        assert_eq!(idle.first().unwrap().number, 1);
    }
}
