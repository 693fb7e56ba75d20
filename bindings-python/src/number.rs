//! Reads numbers of Python, which have no bounds.

use grantmint_core::ErrorKind;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt};

use crate::argument::{Argument, Kind};
use crate::error::invalid;

/// Any number but a bool. One that is too large for a float becomes infinite, which core refuses.
pub(crate) type Number<'a> = Argument<'a, OfNumber>;

pub(crate) struct OfNumber;

impl Kind for OfNumber {
    type Value<'a> = f64;

    const NEEDED: &'static str = "a number (int or float)";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<f64> {
        refuse_bool(value, name, Self::NEEDED, ErrorKind::InvalidArgument)?;
        float(value)
    }
}

/// A count: a whole number, 0 or more.
pub(crate) type Count<'a> = Argument<'a, OfCount>;

pub(crate) struct OfCount;

impl Kind for OfCount {
    type Value<'a> = u64;

    const NEEDED: &'static str = "a whole number (int)";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<u64> {
        refuse_bool(value, name, Self::NEEDED, ErrorKind::InvalidArgument)?;
        let negative = || format!("must be 0 or more, not {}", shown(value));
        whole(value)?.ok_or_else(|| invalid(ErrorKind::InvalidArgument, name, negative()))
    }
}

/// A number. One that is too large for a float becomes infinite.
pub(crate) fn float(value: Borrowed<'_, '_, PyAny>) -> PyResult<f64> {
    match value.extract::<f64>() {
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            Ok(if value.lt(0)? { f64::NEG_INFINITY } else { f64::INFINITY })
        }
        extracted => extracted,
    }
}

/// A whole number; none if it is negative. One that is too large becomes `u64::MAX`, which core
/// refuses.
pub(crate) fn whole(value: Borrowed<'_, '_, PyAny>) -> PyResult<Option<u64>> {
    match value.extract::<u64>() {
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            Ok((!value.lt(0)?).then_some(u64::MAX))
        }
        extracted => extracted.map(Some),
    }
}

/// A negative number in a message: as Python writes it, unless it is no plain or a long one.
#[cold]
pub(crate) fn shown(value: Borrowed<'_, '_, PyAny>) -> String {
    let text = value.cast_exact::<PyInt>().ok().and_then(|number| number.str().ok());
    let short = text.map(|text| text.to_string()).filter(|text| text.len() <= 20);
    short.unwrap_or_else(|| "a negative number".to_owned())
}

/// To Python a bool is a number. As an argument here it is a mistake.
pub(crate) fn refuse_bool(
    value: Borrowed<'_, '_, PyAny>,
    name: &str,
    needed: &str,
    kind: ErrorKind,
) -> PyResult<()> {
    if value.is_instance_of::<PyBool>() {
        return Err(invalid(kind, name, format!("must be {needed}, not bool")));
    }
    Ok(())
}
