//! Options of minters that only they have.

use grantmint_core::{NotBefore, Slot as CoreSlot};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyList, PyString, PyTuple};

use super::slot::Slot;
use crate::argument::Kind;
use crate::text::{OfText, Text};
use crate::time::OfUnixSeconds;

/// The value of an `identity=` argument: where the identity stands.
pub(super) struct OfIdentity;

impl Kind for OfIdentity {
    type Value<'a> = CoreSlot;

    const NEEDED: &'static str = "the name of a claim (str), a tuple of names, a Slot or None";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<CoreSlot> {
        if let Ok(slot) = value.cast::<Slot>() {
            return Ok(slot.get().at(slot.get().name()));
        }
        let required = CoreSlot::text("identity").required();
        if value.is_instance_of::<PyTuple>() || value.is_instance_of::<PyList>() {
            let names: PyResult<Vec<String>> = value
                .try_iter()?
                .enumerate()
                .map(|(index, part)| {
                    let part = part?;
                    let named = format!("{name}[{index}]");
                    Ok(Text::Given(part.as_borrowed()).named(&named)?.to_owned())
                })
                .collect();
            return Ok(required.at(names?));
        }
        Ok(required.at(OfText::convert(value, name)?))
    }
}

/// The claim of an identity unless it is said.
pub(super) fn usual_identity() -> CoreSlot {
    CoreSlot::text("identity").required().at("sub")
}

/// The value of an `nbf=` argument: whether and from when on tokens are valid.
pub(super) struct OfNotBefore;

impl Kind for OfNotBefore {
    type Value<'a> = NotBefore;

    const NEEDED: &'static str = "True, False, Unix seconds (int) or a datetime with a time zone";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<NotBefore> {
        if value.is_instance_of::<PyBool>() {
            return Ok(value.extract::<bool>()?.into());
        }
        if value.is_instance_of::<PyString>() {
            return Err(pyo3::exceptions::PyTypeError::new_err(""));
        }
        OfUnixSeconds::convert(value, name).map(Into::into)
    }
}
