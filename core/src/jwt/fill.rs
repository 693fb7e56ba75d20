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
        filled.put(slot, index);
        likely = slot + 1;
    }
    if let Some(identity) = identity {
        let slot = plan.identity().ok_or_else(|| unknown(plan.slots(), IDENTITY))?;
        check(plan, &filled, slot, SlotValue::Text(identity))?;
        filled.put_identity(slot);
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

#[inline]
fn find(slots: &[Slot], likely: usize, name: &str) -> Option<usize> {
    let behind = slots.iter().skip(likely).position(|slot| slot.name() == name);
    behind
        .map(|distance| likely + distance)
        .or_else(|| slots.iter().take(likely).position(|slot| slot.name() == name))
}

fn check_pair(slots: &[Slot], filled: &Filled<'_, '_>, pair: Pair) -> Result<()> {
    match pair {
        Pair::Needs(one, other) if filled.is_set(one) && !filled.has(other) => {
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
    format!("must be given with {other}")
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
