//! Reads texts of Python, which may hold lone surrogates and so not be UTF-8.

use std::path::PathBuf;

use grantmint_core::ErrorKind;
use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;

use crate::error::invalid;

/// A text argument, borrowed. [`Text::named`] refuses one with a lone surrogate, and says which
/// argument it is. Python's own error would carry the whole text, which may be a secret.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a>(Option<&'a str>);

impl<'a> Text<'a> {
    /// The default of an argument.
    pub(crate) const fn of(text: &'a str) -> Self {
        Self(Some(text))
    }

    /// The text of the argument of this name.
    #[inline]
    pub(crate) fn named(self, name: &str) -> PyResult<&'a str> {
        self.0.ok_or_else(|| ill_formed(name))
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Text<'a> {
    type Error = PyErr;

    #[inline]
    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        well_formed(value.py(), value.extract()).map(Self)
    }
}

/// The text of an argument that may be left out.
pub(crate) fn named<'a>(text: Option<Text<'a>>, name: &str) -> PyResult<Option<&'a str>> {
    text.map(|text| text.named(name)).transpose()
}

/// As [`named`], copied.
pub(crate) fn owned(text: Option<Text<'_>>, name: &str) -> PyResult<Option<String>> {
    Ok(named(text, name)?.map(str::to_owned))
}

/// The path of a file: `str`, `bytes` or `os.PathLike`.
pub(crate) struct FilePath(Option<PathBuf>);

impl FilePath {
    /// The path of the argument of this name.
    pub(crate) fn named(self, name: &str) -> PyResult<PathBuf> {
        self.0.ok_or_else(|| ill_formed(name))
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for FilePath {
    type Error = PyErr;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        well_formed(value.py(), value.extract()).map(Self)
    }
}

/// None for a text with a lone surrogate. Python's error is dropped: it would become the context of
/// ours, and show the text.
#[inline]
pub(crate) fn well_formed<T>(py: Python<'_>, extracted: PyResult<T>) -> PyResult<Option<T>> {
    match extracted {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.is_instance_of::<PyUnicodeEncodeError>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The error for a text with a lone surrogate.
#[cold]
pub(crate) fn ill_formed(name: &str) -> PyErr {
    let message = format!("{name} holds a lone surrogate, which is not valid UTF-8");
    invalid(ErrorKind::InvalidUtf8, message)
}
