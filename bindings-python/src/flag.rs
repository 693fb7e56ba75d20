//! Reads arguments that are True or False.

use pyo3::prelude::*;

use crate::argument::{Argument, Kind};

/// True or False; nothing else is taken for either.
pub(crate) type Flag<'a> = Argument<'a, OfFlag>;

pub(crate) struct OfFlag;

impl Kind for OfFlag {
    type Value<'a> = bool;

    const NEEDED: &'static str = "True or False";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, _: &str) -> PyResult<bool> {
        value.extract()
    }
}

/// Reads the argument `unique`. A function for each name keeps the default in the signature a bool,
/// which is how Python shows it.
pub(crate) fn unique(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Flag::Given(value.as_borrowed()).named("unique")
}

/// Reads the argument `isolated`.
pub(crate) fn isolated(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Flag::Given(value.as_borrowed()).named("isolated")
}

/// Reads the argument `insecure`.
pub(crate) fn insecure(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Flag::Given(value.as_borrowed()).named("insecure")
}

/// Reads the argument `distinct`.
pub(crate) fn distinct(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Flag::Given(value.as_borrowed()).named("distinct")
}

/// Reads the argument `exclusive`.
pub(crate) fn exclusive(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Flag::Given(value.as_borrowed()).named("exclusive")
}

/// Reads the argument `iat`.
pub(crate) fn iat(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Flag::Given(value.as_borrowed()).named("iat")
}

/// Reads the argument `require_exp`.
pub(crate) fn require_exp(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Flag::Given(value.as_borrowed()).named("require_exp")
}

/// Reads the argument `required`.
pub(crate) fn required(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Flag::Given(value.as_borrowed()).named("required")
}
