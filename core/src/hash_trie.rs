//! A set that is read without a lock and changed by copying a little of it: a persistent hash trie.
//!
//! A reader walks down from the root by four bits of the hash at each branch and looks through one leaf.
//! Whoever changes the set copies the branches on the way and that leaf, and puts the new root in the place
//! of the old one by a single atomic step. So a forked child may find it in any state but a broken one.
//!
//! Of a set with n values, a look-up takes O(log n) steps and allocates nothing; a change takes O(log n)
//! steps and copies at most [`LEAF_MAX`] values and sixteen links a branch. None ever copies the whole.

use std::sync::Arc;

use arc_swap::{ArcSwapOption, Guard};

/// Bits of the hash that choose the way at one branch.
const BITS: u32 = 4;
const WIDTH: usize = 1 << BITS;
/// A leaf with more values becomes a branch, unless their hashes are the same.
const LEAF_MAX: usize = 16;

pub(crate) struct HashTrie<T>(ArcSwapOption<Node<T>>);

/// A set as it was at one moment, to be read where it lies.
pub(crate) struct Loaded<T>(Guard<Option<Arc<Node<T>>>>);

#[derive(Clone, Default)]
enum Node<T> {
    #[default]
    Empty,
    Leaf(Arc<[Slot<T>]>),
    Branch(Arc<[Node<T>; WIDTH]>),
}

#[derive(Clone)]
struct Slot<T> {
    hash: u64,
    value: T,
}

impl<T> Default for HashTrie<T> {
    fn default() -> Self {
        Self(ArcSwapOption::empty())
    }
}

impl<T: Clone> HashTrie<T> {
    /// The set as it is now.
    #[inline]
    pub(crate) fn load(&self) -> Loaded<T> {
        Loaded(self.0.load())
    }

    /// What a function makes of the value that has this hash and is the one, if it is there.
    #[inline]
    pub(crate) fn peek<R>(
        &self,
        hash: u64,
        is_it: impl Fn(&T) -> bool,
        look: impl FnOnce(&T) -> R,
    ) -> Option<R> {
        self.load().find(hash, is_it).map(look)
    }

    /// The value that has this hash and is the one.
    pub(crate) fn get(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<T> {
        self.peek(hash, is_it, T::clone)
    }

    /// Adds a value unless one that is the same is there, which it then returns. Of those that lie in the
    /// same leaf, only the ones worth keeping stay.
    pub(crate) fn add(
        &self,
        hash: u64,
        value: &T,
        is_it: impl Fn(&T) -> bool,
        keep: impl Fn(&T) -> bool,
    ) -> Option<T> {
        loop {
            let root = self.0.load();
            let current = root.as_deref().unwrap_or(&Node::Empty);
            if let Some(found) = current.find(hash, &is_it) {
                return Some(found.clone());
            }
            let next = current.with(Slot { hash, value: value.clone() }, 0, &keep);
            if self.replace(root.as_ref(), next) {
                return None;
            }
        }
    }

    /// Removes the value that has this hash and is the one; false if it is not there.
    pub(crate) fn remove(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> bool {
        loop {
            let root = self.0.load();
            let Some(next) = root.as_deref().and_then(|root| root.without(hash, 0, &is_it)) else {
                return false;
            };
            if self.replace(root.as_ref(), next) {
                return true;
            }
        }
    }

    /// Removes all.
    pub(crate) fn clear(&self) {
        self.0.store(None);
    }

    /// Every value, as of one moment. Visits them all: for what concerns all.
    pub(crate) fn all(&self) -> Vec<T> {
        let mut all = Vec::new();
        if let Some(root) = self.0.load_full() {
            root.visit(&mut |value| all.push(value.clone()));
        }
        all
    }

    /// Puts another root in the place of one; false if another thread was faster.
    fn replace(&self, current: Option<&Arc<Node<T>>>, next: Node<T>) -> bool {
        let next = if matches!(next, Node::Empty) { None } else { Some(Arc::new(next)) };
        let before = self.0.compare_and_swap(&current.cloned(), next);
        before.as_ref().map(Arc::as_ptr) == current.map(Arc::as_ptr)
    }
}

impl<T: Clone> Loaded<T> {
    /// The value that has this hash and is the one.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<&T> {
        self.0.as_deref()?.find(hash, is_it)
    }
}

impl<T: Clone> Node<T> {
    #[inline]
    fn find(&self, hash: u64, is_it: impl Fn(&T) -> bool) -> Option<&T> {
        let (mut node, mut rest) = (self, hash);
        loop {
            match node {
                Self::Empty => return None,
                Self::Leaf(slots) => {
                    let found = slots.iter().find(|slot| slot.hash == hash && is_it(&slot.value));
                    return found.map(|slot| &slot.value);
                }
                Self::Branch(children) => {
                    node = &children[way(rest)];
                    rest >>= BITS;
                }
            }
        }
    }

    /// This with one slot more; `depth` is how many bits of the hash the way here has used.
    fn with(&self, slot: Slot<T>, depth: u32, keep: &impl Fn(&T) -> bool) -> Self {
        match self {
            Self::Empty => Self::Leaf(Arc::new([slot])),
            Self::Leaf(slots) => {
                let kept = slots.iter().filter(|slot| keep(&slot.value)).inspect(|_| counted());
                Self::of(kept.cloned().chain([slot]).collect(), depth)
            }
            Self::Branch(children) => {
                let mut children = copy(children);
                let way = way(slot.hash >> depth);
                children[way] = children[way].with(slot, depth + BITS, keep);
                Self::Branch(Arc::new(children))
            }
        }
    }

    /// This without a value; none if it is not there.
    fn without(&self, hash: u64, depth: u32, is_it: &impl Fn(&T) -> bool) -> Option<Self> {
        match self {
            Self::Empty => None,
            Self::Leaf(slots) => {
                let at = slots.iter().position(|s| s.hash == hash && is_it(&s.value))?;
                let others = slots.iter().enumerate().filter(|(index, _)| *index != at);
                let others = others.inspect(|_| counted()).map(|(_, slot)| slot.clone());
                Some(Self::of(others.collect(), depth))
            }
            Self::Branch(children) => {
                let way = way(hash >> depth);
                let next = children[way].without(hash, depth + BITS, is_it)?;
                let mut children = copy(children);
                children[way] = next;
                Some(Self::joined(children, depth))
            }
        }
    }

    /// A node with these slots, whose hashes go this way.
    fn of(slots: Vec<Slot<T>>, depth: u32) -> Self {
        if slots.is_empty() {
            return Self::Empty;
        }
        if slots.len() <= LEAF_MAX || depth >= u64::BITS {
            return Self::Leaf(slots.into());
        }
        let mut parts: [Vec<Slot<T>>; WIDTH] = Default::default();
        for slot in slots {
            parts[way(slot.hash >> depth)].push(slot);
        }
        Self::Branch(Arc::new(parts.map(|part| Self::of(part, depth + BITS))))
    }

    /// A branch, or one leaf if that has space for half as much again.
    fn joined(children: [Self; WIDTH], depth: u32) -> Self {
        let lengths = children.iter().map(Self::leaf_length);
        match lengths.sum::<Option<usize>>() {
            Some(length) if length <= LEAF_MAX / 2 => {
                let mut slots = Vec::with_capacity(length);
                for child in &children {
                    if let Self::Leaf(leaf) = child {
                        slots.extend(leaf.iter().cloned());
                    }
                }
                Self::of(slots, depth)
            }
            _ => Self::Branch(Arc::new(children)),
        }
    }

    /// How many values lie here, unless it is a branch.
    fn leaf_length(&self) -> Option<usize> {
        match self {
            Self::Empty => Some(0),
            Self::Leaf(slots) => Some(slots.len()),
            Self::Branch(_) => None,
        }
    }

    fn visit(&self, see: &mut impl FnMut(&T)) {
        match self {
            Self::Empty => {}
            Self::Leaf(slots) => slots.iter().for_each(|slot| see(&slot.value)),
            Self::Branch(children) => children.iter().for_each(|child| child.visit(see)),
        }
    }
}

/// Which way the hash goes at a branch.
#[inline]
fn way(rest: u64) -> usize {
    usize::try_from(rest % WIDTH as u64).unwrap_or(0)
}

fn copy<T: Clone>(children: &[Node<T>; WIDTH]) -> [Node<T>; WIDTH] {
    children.each_ref().map(|child| {
        counted();
        child.clone()
    })
}

#[cfg(not(test))]
fn counted() {}

/// A value or a link is copied.
#[cfg(test)]
fn counted() {
    tests::COPIED.set(tests::COPIED.get() + 1);
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    thread_local!(pub(super) static COPIED: Cell<usize> = const { Cell::new(0) });

    struct Numbers(HashTrie<u64>, RandomState);

    impl Numbers {
        fn new() -> Self {
            Self(HashTrie::default(), RandomState::new())
        }

        fn hash(&self, number: u64) -> u64 {
            self.1.hash_one(number)
        }

        fn add(&self, number: u64) {
            let hash = self.hash(number);
            let found = self.0.add(hash, &number, |other| *other == number, |_| true);
            assert_eq!(found, None);
        }

        fn has(&self, number: u64) -> bool {
            self.0.get(self.hash(number), |other| *other == number).is_some()
        }

        fn remove(&self, number: u64) -> bool {
            self.0.remove(self.hash(number), |other| *other == number)
        }
    }

    fn copied(run: impl FnOnce()) -> usize {
        let before = COPIED.get();
        run();
        COPIED.get() - before
    }

    #[test]
    fn what_is_added_is_found_until_it_is_removed() {
        let numbers = Numbers::new();
        for number in 0..5000 {
            assert!(!numbers.has(number) && !numbers.remove(number));
            numbers.add(number);
            assert!(numbers.has(number));
        }
        let mut all = numbers.0.all();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..5000));
        for number in 0..5000 {
            assert!(numbers.remove(number) && !numbers.has(number));
        }
        assert!(numbers.0.0.load().is_none(), "nothing is left of an emptied set");
    }

    #[test]
    fn values_of_one_hash_are_told_apart() {
        let trie = HashTrie::default();
        for number in 0..40_u64 {
            trie.add(7, &number, |other| *other == number, |_| true);
        }
        for number in 0..40_u64 {
            assert_eq!(trie.get(7, |other| *other == number), Some(number));
            assert!(trie.remove(7, |other| *other == number));
        }
        assert!(trie.all().is_empty());
    }

    #[test]
    fn what_is_the_same_is_added_once() {
        let trie = HashTrie::default();
        let add = |value| trie.add(1, &value, |_| true, |_| true);
        assert_eq!((add("first"), add("second")), (None, Some("first")));
    }

    #[test]
    fn what_is_not_worth_keeping_goes_from_the_leaf_that_is_copied() {
        let trie = HashTrie::default();
        for number in 0..1000_u64 {
            trie.add(number % 4, &number, |_| false, |other| other + 3 >= number);
        }
        assert!(trie.all().len() <= 4);
    }

    #[test]
    fn a_change_copies_no_more_of_a_large_set_than_a_few_branches_and_a_leaf() {
        let numbers = Numbers::new();
        let mut added = 0;
        for count in [1000, 100_000] {
            (added..count).for_each(|number| numbers.add(number));
            added = count;
            // Some ways are longer than others.
            let depth = usize::try_from(u64::ilog2(count) / BITS + 3).unwrap();
            let bound = depth * WIDTH + LEAF_MAX;
            for number in 0..2000 {
                let add = copied(|| numbers.add(u64::MAX - number));
                let remove = copied(|| assert!(numbers.remove(u64::MAX - number)));
                assert!(add <= bound && remove <= bound, "{add} and {remove} of {count}");
            }
        }
    }
}
