//! The values of one token, each by the number of its slot.

use super::value::{SlotValue, whole};
use crate::limits::SLOTS_MAX;
use crate::token::{Tail, json_len, needs_escape};

/// A set of slots, a bit for each.
pub(super) type SlotSet = u64;

/// Stands for the identity among the indices of values.
const THE_IDENTITY: u8 = u8::MAX;
/// The longest number, `-9007199254740991`.
const NUMBER_LEN: usize = 17;
/// A text of which each byte is escaped as `\u00XX`.
const ESCAPED_LEN: usize = 6;

/// The values of one token, checked. A mint allocates nothing for them.
pub(super) struct Filled<'a, 'v> {
    identity: &'v str,
    values: &'a [(&'v str, SlotValue<'v>)],
    /// Which value each slot has, if it has one.
    by_slot: [u8; SLOTS_MAX],
    slots: SlotSet,
    escaped: SlotSet,
    len: usize,
}

impl<'a, 'v> Filled<'a, 'v> {
    /// Nothing yet. There must be no more values than slots can be.
    #[inline]
    pub(super) fn new(identity: &'v str, values: &'a [(&'v str, SlotValue<'v>)]) -> Self {
        Self { identity, values, by_slot: [0; SLOTS_MAX], slots: 0, escaped: 0, len: 0 }
    }

    /// Gives a slot the value of an index, behind a name of so many bytes.
    #[inline]
    pub(super) fn put(&mut self, slot: usize, name_len: usize, index: usize) {
        self.len += name_len;
        self.put_value(slot, u8::try_from(index).unwrap_or(THE_IDENTITY), self.values[index].1);
    }

    #[inline]
    pub(super) fn put_identity(&mut self, slot: usize, name_len: usize) {
        self.len += name_len;
        self.put_value(slot, THE_IDENTITY, SlotValue::Text(self.identity));
    }

    #[inline]
    fn put_value(&mut self, slot: usize, index: u8, value: SlotValue<'v>) {
        self.by_slot[slot] = index;
        self.slots |= 1 << slot;
        self.len += match value {
            SlotValue::Text(text) if needs_escape(text) => {
                self.escaped |= 1 << slot;
                2 + text.len() * ESCAPED_LEN
            }
            SlotValue::Text(text) => 2 + text.len(),
            SlotValue::Integer(_) | SlotValue::Float(_) => NUMBER_LEN,
            SlotValue::Bool(_) => "false".len(),
            SlotValue::Json(json) => json.len(),
        };
    }

    #[inline]
    pub(super) fn has(&self, slot: usize) -> bool {
        self.has_any(1 << slot)
    }

    #[inline]
    pub(super) fn has_any(&self, slots: SlotSet) -> bool {
        self.slots & slots != 0
    }

    /// Those of the slots that have no value.
    #[inline]
    pub(super) fn lacking(&self, slots: SlotSet) -> SlotSet {
        slots & !self.slots
    }

    /// How many slots directly behind one have no value.
    #[inline]
    pub(super) fn lacking_behind(&self, slot: usize) -> usize {
        (self.slots >> slot >> 1).trailing_zeros() as usize
    }

    /// The most bytes that all values take, with their names.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// As [`Filled::len`], with what escapes really take: for values that are too large for a guess.
    #[cold]
    pub(super) fn exact_len(&self) -> usize {
        let all = (0..SLOTS_MAX).filter(|slot| self.escaped & 1 << slot != 0);
        let guessed_too_much = all.map(|slot| match self.value(slot) {
            SlotValue::Text(text) => 2 + text.len() * ESCAPED_LEN - json_len(text),
            _ => 0,
        });
        self.len - guessed_too_much.sum::<usize>()
    }

    /// Whether the slot has a value that says something: neither `false` nor an empty text.
    pub(super) fn is_set(&self, slot: usize) -> bool {
        self.has(slot) && !matches!(self.value(slot), SlotValue::Bool(false) | SlotValue::Text(""))
    }

    /// Writes the value of a slot that has one.
    #[inline]
    pub(super) fn push(&self, slot: usize, tail: &mut Tail<'_>) {
        match self.value(slot) {
            SlotValue::Text(text) if self.escaped & 1 << slot != 0 => tail.push_json(text),
            SlotValue::Text(text) => tail.push_plain(text),
            SlotValue::Integer(number) => tail.push_number(number),
            SlotValue::Float(number) => tail.push_number(whole(number)),
            SlotValue::Bool(true) => tail.push(b"true"),
            SlotValue::Bool(false) => tail.push(b"false"),
            SlotValue::Json(json) => tail.push(json.as_bytes()),
        }
    }

    #[inline]
    fn value(&self, slot: usize) -> SlotValue<'v> {
        match self.by_slot[slot] {
            THE_IDENTITY => SlotValue::Text(self.identity),
            index => self.values[usize::from(index)].1,
        }
    }
}
