//! Writes the JSON object of a grant, without the members that are not set.

use crate::error::Result;
use crate::sid::{Sid, SidKind};
use crate::wiped::WipedString;

/// An object in the making. The grant's key goes into error messages only.
pub(crate) struct ObjectWriter<'a> {
    key: &'static str,
    out: &'a mut WipedString,
    empty: bool,
}

impl<'a> ObjectWriter<'a> {
    pub(crate) fn new(key: &'static str, out: &'a mut WipedString) -> Self {
        out.push('{');
        Self { key, out, empty: true }
    }

    /// A text, left out if empty.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.name(name);
            write_json_string(self.out, text);
        }
    }

    /// A SID of the right shape, left out if empty.
    pub(crate) fn sid(&mut self, kind: SidKind, name: &str, sid: &str) -> Result<()> {
        if !sid.is_empty() {
            Sid::parse(kind, &format!("{}.{name}", self.key), sid)?;
            self.text(name, sid);
        }
        Ok(())
    }

    /// A JSON text as it is.
    pub(crate) fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.out.push_str(json);
    }

    pub(crate) fn end(self) {
        self.out.push('}');
    }

    fn name(&mut self, name: &str) {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        write_json_string(self.out, name);
        self.out.push(':');
    }
}

/// Appends a text with its quotation marks and escapes.
pub(crate) fn write_json_string(out: &mut WipedString, text: &str) {
    serde_json::to_writer(out, text).expect("a text is written whole, and memory takes it");
}
