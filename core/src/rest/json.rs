//! JSON whose texts may have slots.

use serde_json::Value;

use super::encoding::Encoding;
use super::slots::{Place, Slots, refused};
use super::template::{Late, Template, Values};
use crate::error::Result;
use crate::wiped::WipedString;

/// Nothing is larger before its slots are filled in.
const JSON_MAX_BYTES: usize = 64 * 1024;

pub(super) enum Json {
    /// As it is: a number, true, false or null.
    Plain(Value),
    Text(Template),
    Number(Late),
    Array(Vec<Json>),
    /// By their names.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The JSON that an argument gives.
    pub(super) fn new(argument: &str, value: &Value, slots: &mut Slots) -> Result<Self> {
        if value.to_string().len() > JSON_MAX_BYTES {
            return Err(refused(argument, "must have 64 KiB at most"));
        }
        Self::part(argument, value, slots)
    }

    fn part(argument: &str, value: &Value, slots: &mut Slots) -> Result<Self> {
        Ok(match value {
            Value::String(text) => match slots.number(argument, text)? {
                Some(number) => Self::Number(number),
                None => Self::Text(slots.fill(argument, text, Place::Encoded)?),
            },
            Value::Array(items) => Self::Array(
                items
                    .iter()
                    .map(|item| Self::part(argument, item, slots))
                    .collect::<Result<_>>()?,
            ),
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| {
                    if name.contains(['{', '}']) {
                        return Err(refused(
                            argument,
                            "may have slots in its values only, not in names",
                        ));
                    }
                    Ok((name.clone(), Self::part(argument, value, slots)?))
                };
                Self::Object(members.iter().map(member).collect::<Result<_>>()?)
            }
            plain => Self::Plain(plain.clone()),
        })
    }

    pub(super) fn write(&self, values: &Values<'_>, text: &mut WipedString) {
        match self {
            Self::Plain(plain) => text.push_str(&plain.to_string()),
            Self::Number(late) => text.push_str(values.of(*late)),
            Self::Text(template) => push_quoted(text, &template.filled(values)),
            Self::Array(items) => {
                list(text, ['[', ']'], items, |text, item| item.write(values, text));
            }
            Self::Object(members) => list(text, ['{', '}'], members, |text, (name, value)| {
                push_quoted(text, name);
                text.push(':');
                value.write(values, text);
            }),
        }
    }

    pub(super) fn encode(&self, encoding: &mut Encoding) {
        match self {
            Self::Plain(plain) => encoding.json(plain),
            Self::Number(late) => encoding.number_slot(*late),
            Self::Text(template) => encoding.template(template),
            Self::Array(items) => {
                encoding.count(items.len());
                items.iter().for_each(|item| item.encode(encoding));
            }
            Self::Object(members) => {
                let members = members.iter().map(|(name, value)| (name, value));
                encoding.members(members, |encoding, value| value.encode(encoding));
            }
        }
    }

    pub(super) fn has(&self, late: Late) -> bool {
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

/// Appends a text as a JSON string, leaving no copy of it.
pub(super) fn push_quoted(text: &mut WipedString, plain: &str) {
    let written = serde_json::to_writer(text, plain);
    debug_assert!(written.is_ok(), "it grows");
}
