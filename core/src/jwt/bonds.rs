//! What a service says of two claims together.

use super::slot::Slot;

/// What a service says of two slots, by their names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bond {
    /// The first, if it is there and not `false`, needs the second.
    Needs(&'static str, &'static str),
    /// One of them at most.
    Excludes(&'static str, &'static str),
}

/// A bond between two slots that are filled for each token, by their numbers.
#[derive(Clone, Copy)]
pub(super) enum Pair {
    Needs(usize, usize),
    Excludes(usize, usize),
}

impl Bond {
    /// The bond between slots that are still open; none if one of them is not.
    pub(super) fn between(self, slots: &[Slot]) -> Option<Pair> {
        let number = |name| slots.iter().position(|slot| slot.name() == name);
        Some(match self {
            Self::Needs(one, other) => Pair::Needs(number(one)?, number(other)?),
            Self::Excludes(one, other) => Pair::Excludes(number(one)?, number(other)?),
        })
    }
}
