//! What slots and claims are filled with.

use grantmint_core::{ClaimPath, Error, ErrorKind, Result, SlotValue};

use crate::arrays;
use crate::str::grantmint_str_t;

/// What a slot takes, and what a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_slot_kind_t {
    /// A text.
    GRANTMINT_SLOT_TEXT = 1,
    /// A whole number of at most 2^53 - 1 either way: what lies beyond, many readers change.
    GRANTMINT_SLOT_INTEGER = 2,
    /// True or false.
    GRANTMINT_SLOT_BOOL = 3,
    /// Any JSON value.
    GRANTMINT_SLOT_JSON = 4,
}

/// The value of a slot or a claim, with its name. Make one with `grantmint_slot_text`,
/// `grantmint_slot_integer`, `grantmint_slot_bool` or `grantmint_slot_json`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_slot_value_t {
    /// The name of the slot, or where the claim stands: its name, or from a `/` on a JSON pointer.
    pub name: grantmint_str_t,
    /// The value, if it is a text or JSON.
    pub text: grantmint_str_t,
    /// The value, if it is a number; 1 for true and 0 for false.
    pub number: i64,
    /// What the value is: a `grantmint_slot_kind_t`.
    pub kind: i32,
    /// Zero.
    pub reserved: u32,
}

impl grantmint_slot_value_t {
    /// # Safety
    ///
    /// [strings]
    #[inline]
    unsafe fn value<'a>(&self) -> Result<SlotValue<'a>> {
        // SAFETY: [strings]
        let text = || unsafe { self.text.text("a value") };
        match (self.kind, self.number) {
            (1, _) => text().map(SlotValue::Text),
            (2, number) => Ok(SlotValue::Integer(number)),
            (3, 0) => Ok(SlotValue::Bool(false)),
            (3, 1) => Ok(SlotValue::Bool(true)),
            (4, _) => text().map(SlotValue::Json),
            _ => Err(self.of_no_kind()),
        }
    }

    #[cold]
    fn of_no_kind(&self) -> Error {
        let what = match self.kind {
            3 => "a value is neither true nor false: number must be 1 or 0",
            _ => "a value is of no grantmint_slot_kind_t",
        };
        Error::new(ErrorKind::InvalidArgument, what)
    }

    /// The name and the value.
    ///
    /// # Safety
    ///
    /// [strings]
    #[inline]
    pub(super) unsafe fn pair<'a>(&self) -> Result<(&'a str, SlotValue<'a>)> {
        // SAFETY: [strings]
        unsafe { Ok((self.name.text("the name of a value")?, self.value()?)) }
    }
}

/// Where a claim stands, as C says it.
pub(super) fn path(text: &str) -> Result<ClaimPath> {
    if text.is_empty() || text.starts_with('/') {
        ClaimPath::pointer(text)
    } else {
        Ok(ClaimPath::from(text))
    }
}

/// Most tokens have no more values.
const FEW: usize = 16;

/// Hands on the values of an array. Allocates nothing for the few that a token has.
///
/// # Safety
///
/// [arrays], [strings]
#[inline]
pub(super) unsafe fn with_values<'a, R>(
    data: *const grantmint_slot_value_t,
    len: usize,
    take: impl FnOnce(&[(&'a str, SlotValue<'a>)]) -> Result<R>,
) -> Result<R> {
    // SAFETY: [arrays]
    let raw = unsafe { arrays::array(data, len, "values")? };
    if len > FEW {
        // SAFETY: [strings]
        let values = raw.iter().map(|each| unsafe { each.pair() }).collect::<Result<Vec<_>>>()?;
        return take(&values);
    }
    let mut few = [("", SlotValue::Bool(false)); FEW];
    for (place, each) in few.iter_mut().zip(raw) {
        // SAFETY: [strings]
        *place = unsafe { each.pair()? };
    }
    take(&few[..len])
}
