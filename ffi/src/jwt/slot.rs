//! The slot: a claim that each token has its own value of.

use std::ffi::c_void;

use grantmint_core::{ClaimPath, Error, ErrorKind, LengthUnit, Result, Slot, SlotKind};

use super::slot_value::path;
use crate::arrays;
use crate::str::grantmint_str_t;
use crate::switch::switch;

/// What a service counts when it measures a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_length_unit_t {
    /// Bytes of UTF-8.
    GRANTMINT_BYTES = 0,
    /// Unicode code points.
    GRANTMINT_CHARS = 1,
    /// UTF-16 code units, as JavaScript and Java count.
    GRANTMINT_UTF16 = 2,
}

/// A claim that each token has its own value of, and what is allowed there. A member that is zero is left
/// to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_slot_t {
    /// The name by which a mint gives its value: 1 to 64 bytes; for an identity any.
    pub name: grantmint_str_t,
    /// Where its claim stands: its name, or from a `/` on a JSON pointer (RFC 6901) such as `/video/room`.
    /// By default at the top, under the name of the slot.
    pub path: grantmint_str_t,
    /// The only texts that are allowed; any by default.
    pub one_of: *const grantmint_str_t,
    /// How many of them.
    pub one_of_len: usize,
    /// The longest text or JSON in `unit`: 65,536 by default, and 512 for an identity.
    pub max_length: usize,
    /// The least number that is allowed; any by default.
    pub from: *const i64,
    /// The greatest number that is allowed; any by default.
    pub to: *const i64,
    /// Null.
    pub reserved: *const c_void,
    /// What it takes: a `grantmint_slot_kind_t`, a text by default.
    pub kind: i32,
    /// In what `max_length` is: a `grantmint_length_unit_t`.
    pub unit: i32,
    /// Whether each token must have a value for it, and a text must not be empty: a `grantmint_switch_t`,
    /// off by default.
    pub required: i32,
    /// Zero.
    pub more: u32,
}

impl grantmint_slot_t {
    /// # Safety
    ///
    /// [strings], [arrays]
    pub(super) unsafe fn slot(&self) -> Result<Slot> {
        // SAFETY: [strings], [arrays] and each number is null or can be read.
        let (name, at, one_of, from, to) = unsafe {
            (
                self.name.text("the name of a slot")?,
                self.path.optional("the path of a slot")?,
                arrays::array(self.one_of, self.one_of_len, "one_of")?,
                self.from.as_ref().copied(),
                self.to.as_ref().copied(),
            )
        };
        // SAFETY: [strings]
        let one_of = one_of.iter().map(|text| unsafe { text.text("one_of") });
        let one_of = one_of.collect::<Result<Vec<_>>>()?;
        let at = at.map_or_else(|| Ok(ClaimPath::from(name)), path)?;
        let mut slot = Slot::new(name, self.kind()?).at(at).one_of(one_of);
        if switch(self.required, "required")? == Some(true) {
            slot = slot.required();
        }
        if self.max_length != 0 {
            slot = slot.max_len(self.max_length, self.unit()?);
        }
        if from.is_some() || to.is_some() {
            slot = slot.within(from.unwrap_or(i64::MIN)..=to.unwrap_or(i64::MAX));
        }
        Ok(slot)
    }

    fn kind(&self) -> Result<SlotKind> {
        match self.kind {
            0 | 1 => Ok(SlotKind::Text),
            2 => Ok(SlotKind::Integer),
            3 => Ok(SlotKind::Bool),
            4 => Ok(SlotKind::Json),
            _ => Err(unknown("the kind of a slot is not a grantmint_slot_kind_t")),
        }
    }

    fn unit(&self) -> Result<LengthUnit> {
        match self.unit {
            0 => Ok(LengthUnit::Bytes),
            1 => Ok(LengthUnit::Chars),
            2 => Ok(LengthUnit::Utf16),
            _ => Err(unknown("the unit of a slot is not a grantmint_length_unit_t")),
        }
    }
}

fn unknown(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidArgument, what)
}
