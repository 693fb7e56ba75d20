//! What a request carries: a form, or JSON.

use super::encoding::Encoding;
use super::json::Json;
use super::options::Pair;
use super::slots::{Place, Slots, refused};
use super::template::{Fields, Late, Values};
use crate::error::Result;
use crate::upstream::{FORM, form};
use crate::wiped::WipedString;

pub(super) enum Body {
    Nothing,
    Form(Fields),
    Json(Json),
}

impl Body {
    /// Its kind and its text in one request.
    pub(super) fn filled(&self, values: &Values<'_>) -> (&'static str, WipedString) {
        match self {
            Self::Nothing => (FORM, WipedString::new()),
            Self::Form(fields) => (FORM, encoded(fields, values)),
            Self::Json(json) => {
                let mut text = WipedString::new();
                json.write(values, &mut text);
                ("application/json", text)
            }
        }
    }

    pub(super) fn encode(&self, encoding: &mut Encoding) {
        match self {
            Self::Nothing => encoding.text("none"),
            Self::Form(fields) => {
                encoding.text("form");
                encoding.fields(fields);
            }
            Self::Json(json) => {
                encoding.text("json");
                json.encode(encoding);
            }
        }
    }

    pub(super) fn has(&self, late: Late) -> bool {
        match self {
            Self::Nothing => false,
            Self::Form(fields) => fields.iter().any(|(_, value)| value.has(late)),
            Self::Json(json) => json.has(late),
        }
    }
}

/// The fields of a form or a query in one request.
pub(super) fn encoded(fields: &Fields, values: &Values<'_>) -> WipedString {
    let filled: Vec<_> = fields.iter().map(|(name, value)| (name, value.filled(values))).collect();
    form(filled.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// The fields that an argument gives, each with a name of its own.
pub(super) fn fields(argument: &str, pairs: &[Pair], slots: &mut Slots) -> Result<Fields> {
    let mut fields = Fields::new();
    for (name, value) in pairs {
        if name.is_empty()
            || name.contains(['{', '}'])
            || fields.iter().any(|(other, _)| other == name)
        {
            return Err(refused(argument, "must have names without slots, each once"));
        }
        fields.push((name.clone(), slots.fill(argument, value, Place::Encoded)?));
    }
    Ok(fields)
}
