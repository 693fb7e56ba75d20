//! Reads the name of a freshness, as pickles hold it.

use grantmint_core::Freshness;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// The freshness of this name.
pub(crate) fn named(name: &str) -> PyResult<Freshness> {
    [Freshness::Fresh, Freshness::Refreshing, Freshness::Degraded]
        .into_iter()
        .find(|known| known.as_str() == name)
        .ok_or_else(|| PyValueError::new_err("this pickle is of another version of grantmint"))
}
