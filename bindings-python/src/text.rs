//! Reads texts of Python, which may hold lone surrogates and so not be UTF-8.

use std::path::PathBuf;

use grantmint_core::{ErrorKind, WipedString};
use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::argument::{Argument, Kind, given, named};
use crate::error::invalid;

/// A text argument, borrowed. A text with a lone surrogate is refused.
pub(crate) type Text<'a> = Argument<'a, OfText>;

pub(crate) struct OfText;

impl Kind for OfText {
    type Value<'a> = &'a str;

    const NEEDED: &'static str = "a str";

    #[inline]
    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<&'a str> {
        value.extract().map_err(|error| ill_formed(error, value.py(), name))
    }

    fn advice(value: Borrowed<'_, '_, PyAny>, name: &str) -> &'static str {
        match name {
            "account_sid" if value.is_none() => ": is TWILIO_ACCOUNT_SID set?",
            "key_sid" if value.is_none() => ": is TWILIO_API_KEY set?",
            "secret" if value.is_none() => ": is TWILIO_API_SECRET set?",
            _ if value.is_instance_of::<PyBytes>() => ": write ….decode()",
            "identity" if !value.is_none() => ": write str(…)",
            _ => "",
        }
    }
}

/// A text argument that may be left out, copied.
pub(crate) fn owned(text: Option<Text<'_>>, name: &str) -> PyResult<Option<String>> {
    Ok(given(text, name)?.map(str::to_owned))
}

/// Python's copy of a text that is a secret. Ours is wiped.
#[inline]
pub(crate) fn handed_over(py: Python<'_>, text: String) -> Bound<'_, PyString> {
    PyString::new(py, &WipedString::from(text))
}

/// The path of a file.
pub(crate) type FilePath<'a> = Argument<'a, OfFilePath>;

pub(crate) struct OfFilePath;

impl Kind for OfFilePath {
    type Value<'a> = PathBuf;

    const NEEDED: &'static str = "a path (str, bytes or os.PathLike)";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, name: &str) -> PyResult<PathBuf> {
        value.extract().map_err(|error| ill_formed(error, value.py(), name))
    }
}

/// The error for a text of this name that Python could not hand out.
#[cold]
pub(crate) fn unreadable(error: PyErr, value: Borrowed<'_, '_, PyAny>, name: &str) -> PyErr {
    named::<OfText>(ill_formed(error, value.py(), name), value, name)
}

/// Replaces the error for a lone surrogate by one that names the argument. Python's own carries the
/// whole text, which may be a secret; it is dropped, as even the context of ours would show it.
#[cold]
fn ill_formed(error: PyErr, py: Python<'_>, name: &str) -> PyErr {
    if !error.is_instance_of::<PyUnicodeEncodeError>(py) {
        return error;
    }
    invalid(ErrorKind::InvalidUtf8, name, "holds a lone surrogate, which is not valid UTF-8")
}
