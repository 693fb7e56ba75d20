//! Reads numbers of Python, which have no bounds.

use grantmint_core::ErrorKind;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::error::invalid;

/// Any number but a bool. One that is too large for a float becomes infinite, which core refuses.
#[derive(Clone, Copy)]
pub(crate) struct Number(pub(crate) f64);

impl<'a, 'py> FromPyObject<'a, 'py> for Number {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        refuse_bool(value, ErrorKind::InvalidArgument)?;
        match value.extract::<f64>() {
            Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
                Ok(Self(if value.lt(0)? { f64::NEG_INFINITY } else { f64::INFINITY }))
            }
            extracted => extracted.map(Self),
        }
    }
}

/// A count: a whole number, 0 or more.
#[derive(Clone, Copy)]
pub(crate) struct Count(pub(crate) u64);

impl<'a, 'py> FromPyObject<'a, 'py> for Count {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let count = whole(value, ErrorKind::InvalidArgument)?;
        let negative = || invalid(ErrorKind::InvalidArgument, "this number must not be negative");
        count.map(Self).ok_or_else(negative)
    }
}

/// A whole number; none if it is negative. One that is too large becomes `u64::MAX`, which core
/// refuses.
pub(crate) fn whole(value: Borrowed<'_, '_, PyAny>, kind: ErrorKind) -> PyResult<Option<u64>> {
    refuse_bool(value, kind)?;
    match value.extract::<u64>() {
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => {
            Ok((!value.lt(0)?).then_some(u64::MAX))
        }
        extracted => extracted.map(Some),
    }
}

/// To Python a bool is a number. As an argument here it is a mistake.
fn refuse_bool(value: Borrowed<'_, '_, PyAny>, kind: ErrorKind) -> PyResult<()> {
    if value.is_instance_of::<PyBool>() {
        return Err(invalid(kind, "a number is needed here, not a bool"));
    }
    Ok(())
}
