//! What a slot is filled with.

use std::fmt;

use super::kind::SlotKind;
use crate::json::Json;
use crate::token::write_json_string;
use crate::wiped::WipedString;

/// The value of a slot in one token. Borrowed: it goes into the token as it is.
///
/// # Example: from what a program has at hand
///
/// ```
/// use grantmint_core::SlotValue;
///
/// let values: [SlotValue<'_>; 3] = ["DailyStandup".into(), true.into(), 7.into()];
/// # let _ = values;
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum SlotValue<'a> {
    /// A text, which is escaped where JSON needs it.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number of a language whose numbers are all floats: taken if it is whole.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// JSON, which is checked and goes into the token byte for byte.
    Json(&'a str),
}

impl SlotValue<'_> {
    pub(super) fn kind(self) -> SlotKind {
        match self {
            Self::Text(_) => SlotKind::Text,
            Self::Integer(_) | Self::Float(_) => SlotKind::Integer,
            Self::Bool(_) => SlotKind::Bool,
            Self::Json(_) => SlotKind::Json,
        }
    }

    /// The value as JSON, which is yet to be read if the value has not been checked.
    pub(super) fn to_json(self) -> WipedString {
        let mut json = WipedString::new();
        match self {
            Self::Text(text) => write_json_string(&mut json, text),
            Self::Integer(number) => json.push_str(&number.to_string()),
            // What is no number of JSON is found where the JSON is read.
            Self::Float(number) => json.push_str(&number.to_string()),
            Self::Bool(value) => json.push_str(if value { "true" } else { "false" }),
            Self::Json(text) => json.push_str(text),
        }
        json
    }
}

/// A float that has been found to be whole and not too large.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "it is whole, and within 53 bits")]
pub(super) fn whole(number: f64) -> i64 {
    number as i64
}

impl<'a> From<&'a str> for SlotValue<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for SlotValue<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for SlotValue<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for SlotValue<'_> {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u32> for SlotValue<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<f64> for SlotValue<'_> {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for SlotValue<'_> {
    #[inline]
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a> From<&'a Json> for SlotValue<'a> {
    fn from(json: &'a Json) -> Self {
        Self::Json(json.as_str())
    }
}

impl fmt::Debug for SlotValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(..)", self.kind())
    }
}
