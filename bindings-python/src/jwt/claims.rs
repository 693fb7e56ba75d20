//! The claims of a minter, among which slots stand: what is fixed, and the slots with their places.

use grantmint_core::{ErrorKind, JwtMinterBuilder};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::slot::Slot;
use crate::argument::wrong_type;
use crate::error::invalid;
use crate::json::dumped;
use crate::text::Text;

/// Dicts within dicts. Core allows slots less deep, and other claims as deep.
const DEPTH_MAX: usize = 64;

/// Adds the claims of a `claims=` argument.
pub(super) fn add(
    builder: JwtMinterBuilder,
    claims: &Bound<'_, PyAny>,
) -> PyResult<JwtMinterBuilder> {
    let mut found = Found::default();
    let fixed = found.fixed(&dict(claims, "claims")?, &mut Vec::new())?;
    let json = dumped(fixed.as_any(), "claims", ErrorKind::InvalidArgument)?;
    let builder = builder.claims(&json);
    Ok(found.slots.into_iter().fold(builder, JwtMinterBuilder::slot))
}

#[derive(Default)]
struct Found {
    slots: Vec<grantmint_core::Slot>,
}

impl Found {
    /// A copy of a dict without the slots in it, and without dicts that have only slots in them.
    fn fixed<'py>(
        &mut self,
        claims: &Bound<'py, PyDict>,
        path: &mut Vec<String>,
    ) -> PyResult<Bound<'py, PyDict>> {
        if path.len() >= DEPTH_MAX {
            return Err(invalid(ErrorKind::InvalidArgument, "claims", "nests over 64 levels"));
        }
        let fixed = PyDict::new(claims.py());
        for (name, value) in claims {
            path.push(Text::Given(name.as_borrowed()).named("a name in claims")?.to_owned());
            if let Ok(slot) = value.cast::<Slot>() {
                self.slots.push(slot.get().at(path.clone()));
            } else if let Ok(within) = value.cast::<PyDict>() {
                let slots = self.slots.len();
                let within = self.fixed(within, path)?;
                if self.slots.len() == slots || !within.is_empty() {
                    fixed.set_item(name, within)?;
                }
            } else {
                fixed.set_item(name, value)?;
            }
            path.pop();
        }
        Ok(fixed)
    }
}

/// The dict that an argument is.
pub(super) fn dict<'py>(value: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyDict>> {
    let refused = |_| wrong_type(value.as_borrowed(), name, "a dict", "");
    value.cast::<PyDict>().cloned().map_err(refused)
}
