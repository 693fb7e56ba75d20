//! JSON of claims that all readers take for the same: no name is repeated at any level, and no number too large.

use std::fmt;

use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::json::check_json;
use crate::limits::GRANTS_JSON_MAX_BYTES;

/// Checks a JSON text, or tells what is wrong without quoting it.
pub(super) fn check(text: &str) -> Result<(), &'static str> {
    if text.len() > GRANTS_JSON_MAX_BYTES {
        return Err("is over 64 KiB");
    }
    if check_json(text)?.has_large_integer {
        return Err(
            "has a number beyond 2^53 - 1, where many readers change it: give it as a text",
        );
    }
    check_names(text.trim_ascii())
}

/// The members of a JSON object in their order, or that a name is repeated.
pub(super) fn members(object: &str) -> Result<Vec<(String, &RawValue)>, &'static str> {
    let mut json = serde_json::Deserializer::from_str(object);
    let members = json.deserialize_map(Pairs).map_err(|_| "is not valid JSON")?;
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).any(|two| two[0] == two[1]) {
        true => Err("repeats the name of a member"),
        false => Ok(members),
    }
}

fn check_names(text: &str) -> Result<(), &'static str> {
    match text.as_bytes().first() {
        Some(b'{') => {
            members(text)?.into_iter().try_for_each(|(_, value)| check_names(value.get()))
        }
        Some(b'[') => {
            let mut json = serde_json::Deserializer::from_str(text);
            let items = json.deserialize_seq(Items).map_err(|_| "is not valid JSON")?;
            items.into_iter().try_for_each(|item| check_names(item.get()))
        }
        _ => Ok(()),
    }
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = access.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(items)
    }
}
