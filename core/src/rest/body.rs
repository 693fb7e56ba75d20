//! What a request carries: a form, or JSON.

use serde_json::Value;

use super::options::Pair;
use super::slots::{Place, Slots, refused};
use super::template::{Late, Template, Values};
use crate::error::Result;
use crate::upstream::{FORM, form};
use crate::wiped::WipedString;

/// No body is larger before its slots are filled in.
const JSON_MAX_BYTES: usize = 64 * 1024;

pub(super) type Fields = Vec<(String, Template)>;

pub(super) enum Body {
    Nothing,
    Form(Fields),
    Json(Json),
}

/// JSON whose texts may have slots.
pub(super) enum Json {
    /// As it is.
    Plain(String),
    Text(Template),
    Number(Late),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
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

impl Json {
    pub(super) fn new(value: &Value, slots: &mut Slots) -> Result<Self> {
        if value.to_string().len() > JSON_MAX_BYTES {
            return Err(refused("json", "must have 64 KiB at most"));
        }
        Self::part(value, slots)
    }

    fn part(value: &Value, slots: &mut Slots) -> Result<Self> {
        Ok(match value {
            Value::String(text) => match slots.number("json", text)? {
                Some(number) => Self::Number(number),
                None => Self::Text(slots.fill("json", text, Place::Encoded)?),
            },
            Value::Array(items) => Self::Array(
                items.iter().map(|item| Self::part(item, slots)).collect::<Result<_>>()?,
            ),
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| {
                    if name.contains(['{', '}']) {
                        return Err(refused(
                            "json",
                            "may have slots in its values only, not in names",
                        ));
                    }
                    Ok((quoted(name), Self::part(value, slots)?))
                };
                Self::Object(members.iter().map(member).collect::<Result<_>>()?)
            }
            plain => Self::Plain(plain.to_string()),
        })
    }

    fn write(&self, values: &Values<'_>, text: &mut WipedString) {
        match self {
            Self::Plain(plain) => text.push_str(plain),
            Self::Number(late) => text.push_str(values.of(*late)),
            Self::Text(template) => push_quoted(text, &template.filled(values)),
            Self::Array(items) => {
                list(text, ['[', ']'], items, |text, item| item.write(values, text));
            }
            Self::Object(members) => list(text, ['{', '}'], members, |text, (name, value)| {
                text.push_str(name);
                text.push(':');
                value.write(values, text);
            }),
        }
    }

    fn has(&self, late: Late) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Number(number) => *number == late,
            Self::Text(template) => template.has(late),
            Self::Array(items) => items.iter().any(|item| item.has(late)),
            Self::Object(members) => members.iter().any(|(_, value)| value.has(late)),
        }
    }
}

fn list<T>(
    text: &mut WipedString,
    ends: [char; 2],
    items: &[T],
    write: impl Fn(&mut WipedString, &T),
) {
    text.push(ends[0]);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        write(text, item);
    }
    text.push(ends[1]);
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Appends a text as a JSON string, leaving no copy of it.
pub(super) fn push_quoted(text: &mut WipedString, plain: &str) {
    let written = serde_json::to_writer(text, plain);
    debug_assert!(written.is_ok(), "it grows");
}
