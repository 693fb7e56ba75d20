//! Writes the `repr` of objects whose fields are optional texts.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// `Name(field='text', …)`, without the fields that are not set.
pub(crate) fn call(
    py: Python<'_>,
    name: &str,
    fields: &[(&str, &Option<String>)],
) -> PyResult<String> {
    let mut shown = Vec::new();
    for (field, text) in fields {
        if let Some(text) = text {
            shown.push(format!("{field}={}", PyString::new(py, text).repr()?));
        }
    }
    Ok(format!("{name}({})", shown.join(", ")))
}
