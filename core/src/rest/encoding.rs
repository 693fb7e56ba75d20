//! Parts as bytes: the same for the same parts, whatever version of the library writes them. Goes by what a part says,
//! never by how the code has it: not by Debug, not by how JSON writes a number.

use serde_json::{Number, Value};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::template::{Fields, Late, Piece, Template};
use crate::wiped::WipedString;

/// Made from secrets, and so kept as one.
pub(super) type Digest = Zeroizing<[u8; 32]>;

/// What has been written so far. Each part begins with its kind and says how long it is, so that none is taken for two.
pub(super) struct Encoding(Sha256);

impl Encoding {
    /// Begins with what it is of, and the version of its format.
    pub(super) fn new(format: &str) -> Self {
        let mut encoding = Self(Sha256::new());
        encoding.text(format);
        encoding
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.part(b's', bytes.len() as u64);
        self.0.update(bytes);
    }

    pub(super) fn number(&mut self, number: impl Into<u64>) {
        self.part(b'n', number.into());
    }

    pub(super) fn truth(&mut self, truth: bool) {
        self.number(u8::from(truth));
    }

    /// What follows are so many parts.
    pub(super) fn count(&mut self, parts: usize) {
        self.part(b'l', parts as u64);
    }

    /// Texts whose order says nothing.
    pub(super) fn set<'a>(&mut self, texts: impl Iterator<Item = &'a str>) {
        let mut texts: Vec<&str> = texts.collect();
        texts.sort_unstable();
        self.count(texts.len());
        texts.into_iter().for_each(|text| self.text(text));
    }

    pub(super) fn fields(&mut self, fields: &Fields) {
        self.members(fields.iter().map(|(name, value)| (name, value)), Self::template);
    }

    /// What stands between the slots that are filled in later. How many values the rest was made of says nothing.
    pub(super) fn template(&mut self, template: &Template) {
        let mut plain = WipedString::new();
        for piece in &template.0 {
            match piece {
                Piece::Text(text) => plain.push_str(text),
                Piece::Late(late) => {
                    self.text(&std::mem::take(&mut plain));
                    self.slot(b'{', *late);
                }
            }
        }
        self.text(&plain);
    }

    /// A number that is filled in later.
    pub(super) fn number_slot(&mut self, late: Late) {
        self.slot(b'#', late);
    }

    fn slot(&mut self, kind: u8, late: Late) {
        let name = late.name();
        self.part(kind, name.len() as u64);
        self.0.update(name);
    }

    /// Members of objects in the order of their names.
    pub(super) fn json(&mut self, value: &Value) {
        match value {
            Value::Null => self.part(b'z', 0),
            Value::Bool(truth) => self.part(b'b', u64::from(*truth)),
            Value::Number(number) => self.json_number(number),
            Value::String(text) => self.text(text),
            Value::Array(items) => {
                self.count(items.len());
                items.iter().for_each(|item| self.json(item));
            }
            Value::Object(members) => {
                self.members(members.iter(), |encoding, value| encoding.json(value));
            }
        }
    }

    /// Names with what they stand for, whose order says nothing.
    pub(super) fn members<'a, N: AsRef<str> + Ord + 'a, T: 'a>(
        &mut self,
        members: impl Iterator<Item = (&'a N, &'a T)>,
        write: impl Fn(&mut Self, &T),
    ) {
        let mut members: Vec<_> = members.collect();
        members.sort_by_key(|(name, _)| *name);
        self.part(b'o', members.len() as u64);
        for (name, value) in members {
            self.text(name.as_ref());
            write(self, value);
        }
    }

    /// A whole number by its digits, any other by its bits.
    fn json_number(&mut self, number: &Number) {
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => self.part(b'+', number),
            (None, Some(number), _) => self.part(b'-', number.unsigned_abs()),
            (None, None, Some(number)) => self.part(b'f', number.to_bits()),
            (None, None, None) => self.text(&number.to_string()),
        }
    }

    fn part(&mut self, kind: u8, number: u64) {
        self.0.update([kind]);
        self.0.update(number.to_le_bytes());
    }

    pub(super) fn end(self) -> Digest {
        Zeroizing::new(self.0.finalize().into())
    }
}
