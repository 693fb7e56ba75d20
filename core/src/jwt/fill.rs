//! Finds the slot of each value, and checks that nothing is missing, unknown or given twice.

use super::bonds::Pair;
use super::filled::Filled;
use super::plan::Plan;
use super::slot::{IDENTITY, Slot};
use super::value::SlotValue;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::{SLOT_NAME_MAX_BYTES, SLOTS_MAX};

/// Checks the values of one token.
#[inline]
pub(super) fn fill<'a, 'v>(
    plan: &Plan,
    identity: Option<&'v str>,
    values: &'a [(&'v str, SlotValue<'v>)],
) -> Result<Filled<'a, 'v>> {
    let mut filled = Filled::new(identity.unwrap_or_default(), values);
    if values.len() > SLOTS_MAX {
        return Err(Error::of_argument(ErrorKind::LimitExceeded, "slots", "are over 64"));
    }
    // Those who give values in the order of the slots have each found by the first comparison.
    let mut likely = 0;
    for (index, (name, value)) in values.iter().enumerate() {
        let slot = find(plan.slots(), likely, name).ok_or_else(|| unknown(plan.slots(), name))?;
        check(plan, &filled, slot, *value)?;
        filled.put(slot, plan.name_len(slot), index);
        likely = slot + 1;
    }
    if let Some(identity) = identity {
        let slot = plan.identity().ok_or_else(|| unknown(plan.slots(), IDENTITY))?;
        check(plan, &filled, slot, SlotValue::Text(identity))?;
        filled.put_identity(slot, plan.name_len(slot));
    }
    let lacking = filled.lacking(plan.required());
    if lacking != 0 {
        return Err(plan.slots()[lacking.trailing_zeros() as usize].invalid("must be given"));
    }
    plan.pairs().iter().try_for_each(|pair| check_pair(plan.slots(), &filled, *pair))?;
    Ok(filled)
}

#[inline]
fn check(plan: &Plan, filled: &Filled<'_, '_>, slot: usize, value: SlotValue<'_>) -> Result<()> {
    let slot_itself = &plan.slots()[slot];
    if filled.has(slot) {
        return Err(slot_itself.invalid("is given twice"));
    }
    slot_itself.check(value)
}

/// The slot of a name. Those behind the last value come first.
#[inline]
fn find(slots: &[Slot], likely: usize, name: &str) -> Option<usize> {
    match slots.get(likely) {
        Some(slot) if is_same(slot.name(), name) => Some(likely),
        _ => find_elsewhere(slots, likely, name),
    }
}

fn find_elsewhere(slots: &[Slot], likely: usize, name: &str) -> Option<usize> {
    let (before, behind) = slots.split_at(likely);
    let in_behind = behind.iter().position(|slot| is_same(slot.name(), name));
    in_behind
        .map(|place| likely + place)
        .or_else(|| before.iter().position(|slot| is_same(slot.name(), name)))
}

/// Whether two names are the same. Most are short: so it takes no call.
#[inline]
fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    one.len() == other.len()
        && match one.len() {
            0..=3 => one.iter().eq(other),
            4..=8 => is_same_in_two::<4>(one, other),
            9..=16 => is_same_in_two::<8>(one, other),
            _ => one == other,
        }
}

/// Compares `N` to twice as many bytes in two pieces that overlap.
#[inline]
fn is_same_in_two<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk::<N>()
        && one.last_chunk::<N>() == other.last_chunk::<N>()
}

fn check_pair(slots: &[Slot], filled: &Filled<'_, '_>, pair: Pair) -> Result<()> {
    match pair {
        Pair::Needs(one, other) if filled.is_set(one) && !filled.is_set(other) => {
            Err(slots[other].invalid(needed_with(slots[one].name())))
        }
        Pair::Excludes(one, other) if filled.has(one) && filled.has(other) => {
            Err(slots[other].invalid(excluded_by(slots[one].name())))
        }
        Pair::Needs(..) | Pair::Excludes(..) => Ok(()),
    }
}

/// What is wrong with a claim that another needs.
pub(super) fn needed_with(other: &str) -> String {
    format!("must be given with {other}, and not be empty")
}

/// What is wrong with a claim that cannot stand beside another.
pub(super) fn excluded_by(other: &str) -> String {
    format!("cannot be given with {other}: give one of the two")
}

/// The error of a name that no slot has. A name that may be anything but one is not repeated.
#[cold]
pub(super) fn unknown(slots: &[Slot], name: &str) -> Error {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
    let is_name = (1..=SLOT_NAME_MAX_BYTES).contains(&name.len()) && name.bytes().all(is_word);
    let name = if is_name { name } else { "slot" };
    let names: Vec<_> = slots.iter().map(Slot::name).collect();
    let what = match names.as_slice() {
        [] => "is not a slot of this minter, which has none".to_owned(),
        names => format!("is not a slot of this minter, which has {}", names.join(", ")),
    };
    Error::of_argument(ErrorKind::InvalidArgument, name, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_length_are_told_apart() {
        let name = "abcdefghijklmnopqrstuvwxyz";
        for len in 0..name.len() {
            let one = &name[..len];
            assert!(is_same(one, one));
            assert!(!is_same(one, &name[..=len]));
            for place in 0..len {
                let other = [&one[..place], "_", &one[place + 1..]].concat();
                assert!(!is_same(one, &other), "{other}");
            }
        }
    }
}
