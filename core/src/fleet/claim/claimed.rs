//! What a store's answer means for a fetch, and what a fetch tells others at its end.

use super::hand::Mark;
use super::sealed::{Brought, Pause};
use crate::error::Error;

/// What a fetch has to do.
#[derive(Debug)]
pub(crate) enum Claimed {
    /// End with what another has fetched.
    Value(Brought, Mark),
    /// Call upstream.
    Fetches,
    /// Ask again at this time, in nanoseconds since boot.
    Later(u64),
    /// The store has not answered yet, and will not after this time, in nanoseconds since boot.
    Unanswered(u64),
    /// End with what upstream said to another.
    Paused(Pause),
    /// End with the error that it had last: it is another's turn to find out whether things are better.
    NotAgain,
}

/// The answer to a fetch that asks.
#[derive(Debug)]
pub(crate) struct Asks {
    pub(crate) claimed: Claimed,
    /// What is in hand has been given up by another process.
    pub(crate) give_up: bool,
    /// That of the store, if it was seen.
    pub(super) epoch: Option<u64>,
}

/// What upstream, or the way there, made of a call.
#[derive(Debug)]
pub(crate) enum Outcome<'a> {
    /// Upstream said something that others need not ask for again before this time.
    Said { error: &'a Error, until: u64, of_credential: bool },
    /// It failed for reasons that may be this process's alone.
    Failed { error: &'a Error },
    /// Another store says what upstream said to others.
    Told(&'a Pause),
    /// Nothing came of it.
    Nothing,
}

impl Asks {
    pub(super) fn only(claimed: Claimed) -> Self {
        Self { claimed, give_up: false, epoch: None }
    }
}
