//! In which order claims are written: what all tokens share first, the slots last.

use super::bonds::{Bond, Pair};
use super::filled::{Filled, SlotSet};
use super::slot::{IDENTITY, Slot};
use super::tree::{Members, Node};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::SLOTS_MAX;
use crate::token::{Tail, write_json_string};
use crate::wiped::WipedString;

/// One part of the claims behind the front. Texts begin with a comma, which the first member of an object
/// does without.
#[derive(Clone)]
enum Step {
    /// Members that all tokens have.
    Fixed(WipedString),
    /// An object with slots in it. If `slots` are there, it is left out of a token that fills none of them.
    Open {
        text: WipedString,
        slots: Option<SlotSet>,
        end: usize,
    },
    Close,
    /// A slot, by its number, and the name of its claim. Up to `end` the next slots follow, by their numbers.
    Slot {
        slot: usize,
        text: WipedString,
        end: usize,
    },
}

/// What is written for each token, prepared.
#[derive(Clone)]
pub(super) struct Plan {
    /// What all tokens share, behind the times.
    front: WipedString,
    steps: Vec<Step>,
    /// Whether a member stands before the first step.
    comma: bool,
    /// The bytes of all texts of the steps, but for the names of slots.
    fixed_len: usize,
    slots: Vec<Slot>,
    /// The bytes of each slot's name.
    name_lens: Vec<usize>,
    required: SlotSet,
    identity: Option<usize>,
    pairs: Vec<Pair>,
}

impl Plan {
    pub(super) fn new(members: &Members, bonds: &[Bond]) -> Result<Self> {
        if members.slots_len() > SLOTS_MAX {
            let what = format!("must be at most {SLOTS_MAX}");
            return Err(Error::of_argument(ErrorKind::LimitExceeded, "slots", what));
        }
        let (mut steps, mut slots) = (Vec::new(), Vec::new());
        push_members(members, &mut steps, &mut slots);
        let (front, comma, steps) = split(steps, &slots);
        let (mut fixed_len, mut name_lens) = (0, vec![0; slots.len()]);
        for step in &steps {
            match step {
                Step::Fixed(text) | Step::Open { text, .. } => fixed_len += text.len(),
                Step::Close => fixed_len += 1,
                Step::Slot { slot, text, .. } => name_lens[*slot] = text.len(),
            }
        }
        let numbered = slots.iter().enumerate();
        let required = numbered.clone().filter(|(_, slot)| slot.is_required());
        let required = required.fold(0, |set, (number, _)| set | 1 << number);
        let identity = numbered.clone().find(|(_, slot)| slot.name() == IDENTITY);
        let identity = identity.map(|(number, _)| number);
        let pairs = bonds.iter().filter_map(|bond| bond.between(&slots)).collect();
        Ok(Self { front, steps, comma, fixed_len, slots, name_lens, required, identity, pairs })
    }

    pub(super) fn front(&self) -> &str {
        &self.front
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    pub(super) fn required(&self) -> SlotSet {
        self.required
    }

    pub(super) fn identity(&self) -> Option<usize> {
        self.identity
    }

    pub(super) fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The bytes of the name of a slot's claim and what is around it.
    #[inline]
    pub(super) fn name_len(&self, slot: usize) -> usize {
        self.name_lens[slot]
    }

    /// The most bytes that the steps take, but for slots.
    pub(super) fn fixed_len(&self) -> usize {
        self.fixed_len
    }

    /// Writes one token's part of the claims.
    #[inline]
    pub(super) fn write(&self, values: &Filled<'_, '_>, tail: &mut Tail<'_>) {
        let (mut comma, mut next) = (self.comma, 0);
        while let Some(step) = self.steps.get(next) {
            next += 1;
            match step {
                Step::Slot { slot, text, .. } if values.has(*slot) => {
                    push_text(tail, text, comma);
                    values.push(*slot, tail);
                    comma = true;
                }
                // A service may have dozens of slots, of which a token fills one or two.
                Step::Slot { slot, end, .. } => {
                    next = (next + values.lacking_behind(*slot)).min(*end)
                }
                Step::Open { slots: Some(slots), end, .. } if !values.has_any(*slots) => {
                    next = *end;
                }
                Step::Open { text, .. } => {
                    push_text(tail, text, comma);
                    comma = false;
                }
                Step::Fixed(text) => {
                    push_text(tail, text, comma);
                    comma = true;
                }
                Step::Close => {
                    tail.push(b"}");
                    comma = true;
                }
            }
        }
    }
}

#[inline]
fn push_text(tail: &mut Tail<'_>, text: &str, comma: bool) {
    tail.push(&text.as_bytes()[usize::from(!comma)..]);
}

/// Fixed members first, then objects with slots in them, then slots. What all tokens have comes first among
/// objects and among slots.
fn push_members(members: &Members, steps: &mut Vec<Step>, slots: &mut Vec<Slot>) {
    let mut fixed = WipedString::new();
    for (name, node) in members.list().iter().filter(|(_, node)| node.slots_len() == 0) {
        push_name(&mut fixed, name);
        node.write_fixed(&mut fixed);
    }
    if !fixed.is_empty() {
        steps.push(Step::Fixed(fixed));
    }
    let objects = members.list().iter().filter_map(|(name, node)| match node {
        Node::Object(inner) if node.slots_len() > 0 => Some((name, inner)),
        _ => None,
    });
    let mut objects: Vec<_> = objects.collect();
    objects.sort_by_key(|(_, inner)| !inner.is_always());
    for (name, inner) in objects {
        push_object(name, inner, steps, slots);
    }
    let own = members.list().iter().filter_map(|(name, node)| match node {
        Node::Slot(slot) => Some((name, slot)),
        _ => None,
    });
    let mut own: Vec<_> = own.collect();
    own.sort_by_key(|(_, slot)| !slot.is_required());
    for (name, slot) in own {
        let mut text = WipedString::new();
        push_name(&mut text, name);
        steps.push(Step::Slot { slot: slots.len(), text, end: 0 });
        slots.push(Slot::clone(slot));
    }
}

fn push_object(name: &str, members: &Members, steps: &mut Vec<Step>, slots: &mut Vec<Slot>) {
    let mut text = WipedString::new();
    push_name(&mut text, name);
    text.push('{');
    let (opened, first) = (steps.len(), slots.len());
    steps.push(Step::Open { text, slots: None, end: 0 });
    push_members(members, steps, slots);
    steps.push(Step::Close);
    let behind = steps.len();
    if let Step::Open { slots: set, end, .. } = &mut steps[opened]
        && !members.is_always()
    {
        *set = Some((first..slots.len()).fold(0, |set, slot| set | 1 << slot));
        *end = behind;
    }
}

/// A comma, a name and a colon.
fn push_name(text: &mut WipedString, name: &str) {
    text.push(',');
    write_json_string(text, name);
    text.push(':');
}

/// The text of all steps up to the first that differs between tokens, whether a member stands before that
/// one, and the steps from there on. Objects that the front opens are closed by those. If each token fills the
/// first slot, its name is a part of the front.
fn split(mut steps: Vec<Step>, slots: &[Slot]) -> (WipedString, bool, Vec<Step>) {
    let (mut front, mut comma, mut shared) = (WipedString::new(), true, 0);
    for step in &steps {
        let (text, follows) = match step {
            Step::Fixed(text) => (text, true),
            Step::Open { text, slots: None, .. } => (text, false),
            Step::Open { .. } | Step::Slot { .. } | Step::Close => break,
        };
        front.push_str(&text[usize::from(!comma)..]);
        (comma, shared) = (follows, shared + 1);
    }
    steps.drain(..shared);
    for step in &mut steps {
        if let Step::Open { end, .. } = step {
            *end = end.saturating_sub(shared);
        }
    }
    set_ends(&mut steps);
    if let Some(Step::Slot { slot, text, .. }) = steps.first_mut()
        && slots[*slot].is_required()
    {
        front.push_str(&text[usize::from(!comma)..]);
        (*text, comma) = (WipedString::new(), true);
    }
    (front, comma, steps)
}

/// Notes at each slot where those that follow it directly end.
fn set_ends(steps: &mut [Step]) {
    let mut behind = steps.len();
    for (place, step) in steps.iter_mut().enumerate().rev() {
        match step {
            Step::Slot { end, .. } => *end = behind,
            _ => behind = place,
        }
    }
}
