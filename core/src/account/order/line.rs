//! The line of one lane: what waits there.

use std::collections::BTreeMap;

use crate::cache::Lane;

/// Orders what waits; of refreshes and cold keys either may go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// By when it must be sent, in nanoseconds since boot, then as they came.
    Refresh(u64, u64),
    Cold(u64),
    /// Fetched ahead of its first caller.
    Ahead(u64),
    Leisure(u64),
}

impl Rank {
    pub(super) fn number(self) -> u64 {
        match self {
            Self::Refresh(_, number)
            | Self::Cold(number)
            | Self::Ahead(number)
            | Self::Leisure(number) => number,
        }
    }
}

pub(super) struct Line<T> {
    pub(super) lane: Lane,
    waiting: BTreeMap<Rank, T>,
    /// How many calls are in flight.
    pub(super) in_flight: usize,
}

impl<T: Copy> Line<T> {
    pub(super) fn new(lane: Lane) -> Self {
        Self { lane, waiting: BTreeMap::new(), in_flight: 0 }
    }

    pub(super) fn insert(&mut self, rank: Rank, what: T) {
        self.waiting.insert(rank, what);
    }

    pub(super) fn remove(&mut self, rank: Rank) -> Option<T> {
        self.waiting.remove(&rank)
    }

    pub(super) fn is_in_use(&self) -> bool {
        self.in_flight > 0 || !self.waiting.is_empty()
    }

    /// The first refresh, the first cold key, and the first that nobody asked for.
    pub(super) fn heads(&self) -> impl Iterator<Item = T> {
        let heads = [self.first_refresh(), self.first_cold(), self.first_unasked()];
        heads.into_iter().flatten().map(|(_, what)| what)
    }

    pub(super) fn first_refresh(&self) -> Option<(Rank, T)> {
        self.first(Rank::Refresh(0, 0)).filter(|(rank, _)| matches!(rank, Rank::Refresh(..)))
    }

    pub(super) fn first_cold(&self) -> Option<(Rank, T)> {
        self.first(Rank::Cold(0)).filter(|(rank, _)| matches!(rank, Rank::Cold(_)))
    }

    pub(super) fn first_unasked(&self) -> Option<(Rank, T)> {
        self.first(Rank::Ahead(0))
    }

    fn first(&self, from: Rank) -> Option<(Rank, T)> {
        self.waiting.range(from..).next().map(|(rank, what)| (*rank, *what))
    }
}
