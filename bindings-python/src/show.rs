//! Writes the `repr` of objects whose fields are optional texts.

use pyo3::prelude::*;
use pyo3::types::PyString;

/// By convention it holds the user's identity.
const PERSONAL: &str = "endpoint_id";

/// `Name(field='text', …)`, without the fields that are not set, and without the text of one that may
/// name a person.
pub(crate) fn call(
    py: Python<'_>,
    name: &str,
    fields: &[(&str, &Option<String>)],
) -> PyResult<String> {
    let mut shown = Vec::new();
    for (field, text) in fields {
        match text {
            Some(_) if *field == PERSONAL => shown.push(format!("{field}=..")),
            Some(text) => shown.push(format!("{field}={}", PyString::new(py, text).repr()?)),
            None => {}
        }
    }
    Ok(format!("{name}({})", shown.join(", ")))
}
