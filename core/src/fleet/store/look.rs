//! What a store does with what it finds in a slot, the same for every store that reads and writes by itself.

use super::head::{Head, Kind};
use super::shared::{Claim, Seen, Wanted};
use super::slot::Slot;
use super::trouble::Trouble;

/// What is read of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Value,
    Pause,
}

/// What a claim finds before it asks for a lease.
#[derive(Debug)]
pub(crate) enum Found {
    /// The answer to the claim.
    Answer(Claim),
    /// Nothing of use.
    Nothing(Seen),
}

/// Looks for what answers a claim.
pub(crate) fn look(
    wanted: &Wanted,
    time: u64,
    read: impl Fn(Part, &Slot) -> Result<Option<Vec<u8>>, Trouble>,
) -> Result<Found, Trouble> {
    let group = read(Part::Value, &wanted.group)?;
    let epoch = epoch(group.as_deref());
    let value = read(Part::Value, &wanted.slot)?;
    let head = value.as_deref().and_then(Head::read);
    let has_junk = is_junk(group.as_deref()) || is_junk(value.as_deref());
    if let (Some(value), Some(head)) = (value, head)
        && head.is_of_use(epoch, wanted.end)
        && !wanted.not.contains(&Some(head.generation))
    {
        return Ok(Found::Answer(Claim::Value(value)));
    }
    let pause = read(Part::Pause, &wanted.slot)?;
    let has_junk = has_junk || is_junk(pause.as_deref());
    let mut seen = Seen { head, epoch, failures: 0, has_junk };
    if let Some(pause) = pause
        && let Some(head) = Head::read(&pause)
    {
        if head.holds(time) && !wanted.is_pause_known {
            return Ok(Found::Answer(Claim::Paused(pause)));
        }
        if head.kind == Kind::Note && head.end > time {
            seen.failures = head.failures;
        }
    }
    Ok(Found::Nothing(seen))
}

/// Whether something is there that no process of a fleet has left.
fn is_junk(left: Option<&[u8]>) -> bool {
    left.is_some_and(|left| Head::read(left).is_none())
}

/// The epoch of an account, by what is in its slot.
fn epoch(value: Option<&[u8]>) -> u64 {
    let head = value.and_then(Head::read).filter(|head| head.kind == Kind::Tombstone);
    head.map_or(0, |head| head.generation)
}

/// Whether a value may be left in a slot: what is there is what was seen, or that very value, whose writer
/// did not hear that it was left; and it is of the account's epoch, by what is in the account's slot.
pub(crate) fn may_replace(
    current: Option<&[u8]>,
    group: Option<&[u8]>,
    seen: Option<u64>,
    value: &Head,
) -> bool {
    let current = current.and_then(Head::read).map(|head| head.generation);
    let is_as_seen = current == seen || current == Some(value.generation);
    is_as_seen && (value.kind != Kind::Grant || value.epoch == epoch(group))
}

/// Whether a pause may be left in a slot.
pub(crate) fn is_as_seen(current: Option<&[u8]>, seen: Option<u64>) -> bool {
    current.and_then(Head::read).map(|head| head.generation) == seen
}
