//! Options of Python as the JSON that core reads a source from.

use grantmint_core::{ErrorKind, WipedString};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::argument::given;
use crate::json::dumped;
use crate::text::Text;
use crate::time::Ttl;

/// A JSON object that is being written, a member for each option.
pub(super) struct Described(WipedString);

impl Described {
    pub(super) fn new() -> Self {
        Self("{".into())
    }

    /// Adds an option that was given. One that JSON cannot hold is an error that names it.
    pub(super) fn add(&mut self, name: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let Some(value) = value else { return Ok(()) };
        self.push(name, &dumped(value, name, ErrorKind::InvalidArgument)?);
        Ok(())
    }

    /// Adds a text.
    pub(super) fn add_text(&mut self, py: Python<'_>, name: &str, text: &str) -> PyResult<()> {
        self.add(name, Some(PyString::new(py, text).as_any()))
    }

    /// Adds a text that was given.
    pub(super) fn add_text_if(
        &mut self,
        py: Python<'_>,
        name: &str,
        text: Option<Text<'_>>,
    ) -> PyResult<()> {
        given(text, name)?.map_or(Ok(()), |text| self.add_text(py, name, text))
    }

    /// Adds a lifetime that was given.
    pub(super) fn add_seconds(&mut self, name: &str, ttl: Option<Ttl<'_>>) -> PyResult<()> {
        if let Some(seconds) = given(ttl, name)? {
            self.push(name, &seconds.to_string());
        }
        Ok(())
    }

    /// Adds what is JSON already.
    pub(super) fn push(&mut self, name: &str, json: &str) {
        let comma = if self.0.len() > 1 { "," } else { "" };
        for part in [comma, "\"", name, "\":", json] {
            self.0.push_str(part);
        }
    }

    pub(super) fn end(mut self) -> WipedString {
        self.0.push('}');
        self.0
    }
}
