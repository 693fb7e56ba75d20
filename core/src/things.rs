//! What is watched, in the order in which each is to be looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Weak;

/// Whoever adds something looks whether so many others are gone.
const SWEPT: usize = 2;

/// With n things, each step here takes O(log n): to add one, to have it looked at, to take those that it is
/// time for, and to put one back. [`Things::look_at_all`] concerns all.
pub(crate) struct Things<T: ?Sized> {
    /// By their addresses, which are their own as long as they are kept here.
    all: BTreeMap<usize, Thing<T>>,
    /// By when they are to be looked at, in nanoseconds since boot.
    by_time: BTreeSet<(u64, usize)>,
    /// Those that go by a clock which a test moves. Nobody tells when it has, so they are looked at each
    /// time that something else is.
    by_hand: BTreeSet<usize>,
    /// Up to where it was last looked for what is gone.
    swept: usize,
}

struct Thing<T: ?Sized> {
    weak: Weak<T>,
    /// None while it is being looked at.
    look_at: Option<u64>,
}

impl<T: ?Sized> Default for Things<T> {
    fn default() -> Self {
        let (by_time, by_hand) = (BTreeSet::new(), BTreeSet::new());
        Self { all: BTreeMap::new(), by_time, by_hand, swept: 0 }
    }
}

impl<T: ?Sized> Things<T> {
    /// Has something looked at as soon as there is time, from now on.
    pub(crate) fn add(&mut self, weak: Weak<T>, is_by_hand: bool) {
        self.sweep();
        let address = address(&weak);
        if is_by_hand {
            self.by_hand.insert(address);
        }
        self.all.entry(address).or_insert(Thing { weak, look_at: None });
        self.place(address, 0);
    }

    /// The same if it is watched; false if it is not.
    pub(crate) fn look_at(&mut self, weak: &Weak<T>) -> bool {
        let address = address(weak);
        let is_known = self.all.contains_key(&address);
        if is_known {
            self.place(address, 0);
        }
        is_known
    }

    /// Has everything looked at.
    pub(crate) fn look_at_all(&mut self) {
        let all: Vec<usize> = self.all.keys().copied().collect();
        all.into_iter().for_each(|address| self.place(address, 0));
    }

    /// Takes those that it is time for.
    pub(crate) fn take(&mut self, now: u64) -> Vec<Weak<T>> {
        let due = self.by_time.range(..=(now, usize::MAX)).map(|(_, address)| *address);
        let due: BTreeSet<usize> = due.chain(self.by_hand.iter().copied()).collect();
        let take = |address| {
            let thing = self.all.get_mut(&address)?;
            let time = thing.look_at.take()?;
            self.by_time.remove(&(time, address));
            Some(thing.weak.clone())
        };
        due.into_iter().filter_map(take).collect()
    }

    /// Puts back what was taken, to be looked at again at a time; none if there is nothing to come.
    pub(crate) fn put_back(&mut self, weak: &Weak<T>, time: Option<u64>) {
        let address = address(weak);
        if self.all.get(&address).is_none_or(|thing| thing.look_at.is_some()) {
            // Something has happened to it meanwhile, and it has to be looked at again anyway.
            return;
        }
        match time {
            Some(time) => self.place(address, time),
            None => self.remove(address),
        }
    }

    /// When the next is to be looked at, in nanoseconds since boot.
    pub(crate) fn next(&self) -> Option<u64> {
        self.by_time.first().map(|(time, _)| *time)
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    fn place(&mut self, address: usize, time: u64) {
        let Some(thing) = self.all.get_mut(&address) else { return };
        if let Some(before) = thing.look_at.replace(time) {
            self.by_time.remove(&(before, address));
        }
        self.by_time.insert((time, address));
    }

    fn remove(&mut self, address: usize) {
        if let Some(Thing { look_at: Some(time), .. }) = self.all.remove(&address) {
            self.by_time.remove(&(time, address));
        }
        self.by_hand.remove(&address);
    }

    /// Removes what is gone. Without a thread nobody else does.
    fn sweep(&mut self) {
        for _ in 0..SWEPT {
            let next = self.all.range((Excluded(self.swept), Unbounded)).next();
            let Some((&address, thing)) = next else {
                self.swept = 0;
                return;
            };
            self.swept = address;
            if thing.weak.strong_count() == 0 {
                self.remove(address);
            }
        }
    }
}

fn address<T: ?Sized>(of: &Weak<T>) -> usize {
    of.as_ptr().addr()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    /// No two have one address.
    fn thing() -> Arc<u8> {
        Arc::new(0)
    }

    fn weak(of: &Arc<u8>) -> Weak<u8> {
        Arc::downgrade(of)
    }

    #[test]
    fn of_many_that_are_watched_only_those_are_looked_at_that_something_happened_to() {
        for count in [1000, 100_000] {
            let mut things = Things::default();
            let all: Vec<_> = (0..count).map(|_| thing()).collect();
            all.iter().for_each(|thing| things.add(weak(thing), false));
            for taken in things.take(0) {
                things.put_back(&taken, Some(100));
            }
            assert_eq!((things.next(), things.take(99).len()), (Some(100), 0));
            things.add(weak(&all[3]), false);
            assert!(things.look_at(&weak(&all[5])) && !things.look_at(&weak(&thing())));
            assert_eq!((things.next(), things.take(99).len()), (Some(0), 2));
            assert_eq!(things.take(100).len(), count - 2);
        }
    }

    #[test]
    fn what_happens_during_a_look_is_looked_at_again() {
        let (mut things, one, other) = (Things::default(), thing(), thing());
        [&one, &other].into_iter().for_each(|thing| things.add(weak(thing), false));
        assert_eq!(things.take(5).len(), 2);
        things.add(weak(&one), false);
        [&one, &other].into_iter().for_each(|thing| things.put_back(&weak(thing), None));
        assert_eq!((things.len(), things.take(5).len()), (1, 1));
    }

    #[test]
    fn what_goes_by_a_clock_that_is_moved_is_always_looked_at() {
        let (mut things, one) = (Things::default(), thing());
        things.add(weak(&one), true);
        for _ in 0..2 {
            assert_eq!(things.take(5).len(), 1);
            things.put_back(&weak(&one), Some(100));
        }
        things.look_at_all();
        assert_eq!(things.next(), Some(0));
    }

    #[test]
    fn what_is_gone_does_not_gather() {
        let mut things = Things::default();
        let kept: Vec<_> = (0..10).map(|_| thing()).collect();
        kept.iter().for_each(|thing| things.add(weak(thing), false));
        (0..1000).for_each(|_| things.add(weak(&thing()), false));
        assert!(things.len() < 50, "{}", things.len());
    }
}
