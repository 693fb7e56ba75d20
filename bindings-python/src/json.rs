//! Turns Python's objects into JSON texts, and back.

use grantmint_core::{ErrorKind, Json, WipedString};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::error::{OrRaise as _, invalid};
use crate::imported::{DUMPS, LOADS};
use crate::python_code;
use crate::text::Text;

/// What is wrong with an object that JSON cannot hold. What it holds is not said: it may be a secret.
const NOT_JSON: &str =
    "cannot be written as JSON: it may hold dict, list, str, bool, None and finite numbers";

/// The JSON of an argument: text or bytes, which are kept byte for byte, or an object to write as
/// JSON. Errors name the argument.
pub(crate) fn to_json(value: &Bound<'_, PyAny>, name: &str) -> PyResult<Json> {
    let json = match value.cast::<PyBytes>() {
        Ok(bytes) => Json::from_bytes(bytes.as_bytes()),
        Err(_) => Json::parse(&to_text(value, name, ErrorKind::InvalidGrant)?),
    };
    json.map_err(|error| error.with_argument(name)).or_raise()
}

/// As [`to_json`], without a check that the text is JSON. An object that cannot be written as JSON is
/// an error of the kind.
pub(crate) fn to_text(
    value: &Bound<'_, PyAny>,
    name: &str,
    kind: ErrorKind,
) -> PyResult<WipedString> {
    if value.is_instance_of::<PyString>() {
        return Ok(value.extract::<Text<'_>>()?.named(name)?.into());
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        let text = std::str::from_utf8(bytes.as_bytes());
        let text = text.map_err(|_| invalid(kind, name, "must be JSON in UTF-8"))?;
        return Ok(text.into());
    }
    dumped(value, name, kind)
}

/// The JSON of an object: also of a text, which is a JSON string then.
pub(crate) fn dumped(
    value: &Bound<'_, PyAny>,
    name: &str,
    kind: ErrorKind,
) -> PyResult<WipedString> {
    let py = value.py();
    let options = PyDict::new(py);
    options.set_item("ensure_ascii", false)?;
    options.set_item("allow_nan", false)?;
    options.set_item("separators", (",", ":"))?;
    match python_code::call(DUMPS.get(py)?, (value,), Some(&options)) {
        Ok(text) => Ok(text.extract::<Text<'_>>()?.named(name)?.into()),
        Err(cause) => {
            let error = invalid(kind, name, NOT_JSON);
            error.set_cause(py, Some(cause));
            Err(error)
        }
    }
}

/// The object that a JSON text describes.
pub(crate) fn from_text<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    LOADS.call(py, (text,))
}
