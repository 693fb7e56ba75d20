//! The interface to where processes leave what they share.
//!
//! A store holds bytes that it cannot read, but for a plain [`Head`] before each. It is trusted with nothing
//! but being there: what it gives is opened and judged by the caller. Its trouble is never an error of a call.
//! Times are nanoseconds since boot, but for those in what lies there: these are by the store's own clock, which
//! stands in the answer to a claim.

use std::time::Duration;

use super::answer::Answer;
use super::cell::{Admitted, Asked, Told};
use super::head::Head;
use super::slot::Slot;

/// A store, as one process has it open. Every call ends within some milliseconds; its answer may come later.
pub(crate) trait SharedStore: Send + Sync {
    /// A value or a pause that is of use, or the right to make the one call, if nobody has it.
    fn claim(&self, wanted: &Wanted, time: u64) -> Answer<Claim>;

    /// Leaves a value in a slot. It does not count, and nothing is changed, if another holds the lease, somebody has
    /// left another value since the claim, or all values of its epoch have been given up.
    fn publish(&self, target: &Target<'_>, value: &[u8], time: u64) -> Answer<bool>;

    /// Leaves what upstream said in a slot, beside the value, or takes it away. Counts as a value does.
    fn pause(&self, target: &Target<'_>, pause: Option<&[u8]>, time: u64) -> Answer<bool>;

    /// Gives a lease back.
    fn release(&self, lease: &Lease);

    /// Puts a value in a slot whatever is there, and takes the pause away.
    fn replace(&self, slot: &Slot, value: &[u8], time: u64) -> Answer<()>;

    /// Asks whether the account of a cell may be called.
    fn admit(&self, cell: &Slot, asked: &Asked, time: u64) -> Answer<Admitted>;

    /// Tells an account's cell how a call ended.
    fn report(&self, cell: &Slot, told: &Told, time: u64) -> Answer<()>;

    /// Whether it goes by a clock that a test moves.
    fn is_by_hand(&self) -> bool {
        false
    }

    /// Whether who gets a lease has written something, which shows that others can leave values, too.
    fn writes_leases(&self) -> bool {
        true
    }

    /// Whether there is a connection to it now, if it is one that has any.
    fn is_connected(&self) -> bool {
        false
    }

    /// When to look again at a lease that another holds.
    fn pacing(&self) -> Pacing;
}

/// What a claim asks for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) slot: Slot,
    /// Where it stands whether all values of the account have been given up.
    pub(crate) group: Slot,
    /// A value is of no use that ends before this.
    pub(crate) end: u64,
    /// Values that are of no use: the one in hand, and one that could not be opened.
    pub(crate) not: [Option<u64>; 2],
    /// The pause in the slot is of no use.
    pub(crate) is_pause_known: bool,
    pub(crate) chair: Chair,
    /// The account whose cell is asked in the same step, if the lease is given, whether the call may be made.
    pub(crate) account: Option<(Slot, Asked)>,
}

/// The right to call that a claim may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chair {
    /// None: it only looks.
    None,
    First,
    /// For whoever has waited longer for the holder of the first than a call may take.
    Second,
}

/// The answer to a claim.
#[derive(Debug)]
pub(crate) enum Claim {
    /// A value that ends late enough by its head, as it was left.
    Value(Vec<u8>),
    /// What upstream said, as it was left.
    Paused(Vec<u8>),
    /// Nobody else may call now; and what the account says, if it was asked and could be.
    Lease(Lease, Seen, Option<Admitted>),
    /// Another may, or nobody was asked for.
    Busy(Seen),
}

/// What a claim found in the slot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The value there, of use or not; a tombstone too.
    pub(crate) head: Option<Head>,
    /// All values of another epoch have been given up.
    pub(crate) epoch: u64,
    /// How often in a row a holder failed for reasons of its own.
    pub(crate) failures: u32,
    /// Something lies there that no process of the fleet has left.
    pub(crate) has_junk: bool,
}

/// Which lease or which claim a value is left for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) slot: &'a Slot,
    /// Where it stands whether all values of the account have been given up.
    pub(crate) group: &'a Slot,
    /// None for who called without one.
    pub(crate) lease: Option<&'a Lease>,
    /// The generation of what was in the slot at the claim.
    pub(crate) seen: Option<u64>,
}

/// The right to make the one call for a slot.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) slot: Slot,
    pub(crate) chair: Chair,
    /// Tells it apart from others of this process.
    pub(crate) number: u64,
}

/// How often a store is looked at for one slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pacing {
    /// The first look, where nobody knows how long the call takes.
    pub(crate) first: Duration,
    /// The next look comes after this part of the time that the lease has been waited for.
    pub(crate) share: f64,
    pub(crate) longest: Duration,
    /// Looks a second of one process, for all slots.
    pub(crate) per_second: f64,
}
