//! What a process has in hand when a fetch of it asks a store.

use super::call::Terms;
use crate::fleet::store::{Kind, Seen};

/// Whoever has waited this much longer than a fetch may take, in nanoseconds, fetches in the second chair, and after as
/// long again alone.
const PATIENCE: u64 = 1_000_000_000;

/// What tells a value in the store apart, as its holder remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(super) generation: u64,
    /// What was in its place when it was asked for, and may still be: it was given up before, which is no news.
    pub(super) before: Option<u64>,
    pub(super) epoch: u64,
}

/// What the process has in hand when it asks. Times are in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hand {
    /// That of the value in hand.
    pub(crate) mark: Option<Mark>,
    /// For how long that is good.
    pub(crate) left: u64,
    /// For how long another has to be good.
    pub(crate) need: u64,
    /// The safety margin of a value's lifetime.
    pub(crate) margin: u64,
    /// How long a call may take.
    pub(crate) fetch_timeout: u64,
    /// It may make the call itself.
    pub(crate) may_fetch: bool,
    /// Those by which it could send the call right away.
    pub(crate) terms: Option<Terms>,
}

impl Hand {
    /// Whether what is in hand lasts until another process, and then this one, has called.
    pub(super) fn has_time(&self) -> bool {
        self.left >= self.need.saturating_add(self.patience())
    }

    pub(super) fn patience(&self) -> u64 {
        self.fetch_timeout.saturating_add(PATIENCE)
    }

    /// Whether what is in hand has been given up by another process.
    pub(super) fn is_given_up(&self, seen: &Seen) -> bool {
        let Some(mark) = self.mark else { return false };
        let buried = seen.head.filter(|head| head.kind == Kind::Tombstone).is_some_and(|head| {
            ![Some(mark.generation), mark.before].contains(&Some(head.generation))
        });
        buried || seen.epoch != mark.epoch
    }
}
