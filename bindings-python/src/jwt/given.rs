//! The values of slots, as a caller gives them by name.

use grantmint_core::{ErrorKind, SlotKind, SlotValue, WipedString};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};

use crate::json::dumped;
use crate::text::Text;

/// The names of a minter's slots that take JSON.
#[derive(Clone, Default)]
pub(super) struct JsonSlots(Vec<String>);

impl JsonSlots {
    pub(super) fn of(slots: &[grantmint_core::Slot]) -> Self {
        let json = slots.iter().filter(|slot| slot.kind() == SlotKind::Json);
        Self(json.map(|slot| slot.name().to_owned()).collect())
    }

    #[inline]
    fn have(&self, name: &str) -> bool {
        self.0.iter().any(|other| other == name)
    }
}

/// The values of one token, which keep what core borrows.
pub(super) struct Given<'py> {
    pairs: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    /// What was written as JSON, with the index of its pair, in ascending order.
    written: Vec<(usize, WipedString)>,
}

impl<'py> Given<'py> {
    /// Those of a dict. What is no text, number or truth is written as JSON, and so is all that goes into a slot for it.
    #[inline]
    pub(super) fn new(slots: &Bound<'py, PyDict>, json: &JsonSlots) -> PyResult<Self> {
        let pairs: Vec<_> = slots.iter().collect();
        let mut written = Vec::new();
        for (index, (name, value)) in pairs.iter().enumerate() {
            let name = Text::Given(name.as_borrowed()).named("the name of a slot")?;
            if !is_plain(value) || json.have(name) {
                written.push((index, dumped(value, name, ErrorKind::InvalidArgument)?));
            }
        }
        Ok(Self { pairs, written })
    }

    /// As core takes them.
    #[inline]
    pub(super) fn values(&self) -> PyResult<Vec<(&str, SlotValue<'_>)>> {
        let mut written = self.written.iter().peekable();
        let mut values = Vec::with_capacity(self.pairs.len());
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            let name = Text::Given(name.as_borrowed()).named("the name of a slot")?;
            let value = match written.next_if(|(of, _)| *of == index) {
                Some((_, json)) => SlotValue::Json(json),
                None => plain(value, name)?,
            };
            values.push((name, value));
        }
        Ok(values)
    }
}

/// Whether core has a kind for the value.
#[inline]
fn is_plain(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyString>()
        || value.is_instance_of::<PyInt>()
        || value.is_instance_of::<PyFloat>()
}

/// A value that core has a kind for.
#[inline]
fn plain<'a>(value: &'a Bound<'_, PyAny>, name: &str) -> PyResult<SlotValue<'a>> {
    if value.is_instance_of::<PyString>() {
        return Ok(SlotValue::Text(Text::Given(value.as_borrowed()).named(name)?));
    }
    if value.is_instance_of::<PyBool>() {
        return Ok(SlotValue::Bool(value.extract()?));
    }
    if value.is_instance_of::<PyFloat>() {
        return Ok(SlotValue::Float(value.extract()?));
    }
    match value.extract::<i64>() {
        Ok(number) => Ok(SlotValue::Integer(number)),
        // Core refuses what is that large, and says why.
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            Ok(SlotValue::Integer(if value.lt(0)? { i64::MIN } else { i64::MAX }))
        }
        Err(error) => Err(error),
    }
}
