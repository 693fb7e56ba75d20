//! How good a grant is, by name.

use grantmint_core::Freshness;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The freshness that a pickle names.
pub(crate) fn named(name: &str) -> PyResult<Freshness> {
    [Freshness::Fresh, Freshness::Refreshing, Freshness::Degraded]
        .into_iter()
        .find(|known| known.as_str() == name)
        .ok_or_else(|| PyValueError::new_err("this pickle is of another version of grantmint"))
}
