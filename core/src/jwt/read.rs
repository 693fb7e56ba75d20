//! Reads fixed claims, in which no name is repeated at any level.

use std::fmt;

use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::tree::{Members, Node};
use crate::json::check_json;
use crate::limits::GRANTS_JSON_MAX_BYTES;

/// Reads a JSON text, or tells what is wrong without quoting it.
pub(super) fn read(text: &str) -> Result<Node, &'static str> {
    if text.len() > GRANTS_JSON_MAX_BYTES {
        return Err("is over 64 KiB");
    }
    if check_json(text)?.has_large_integer {
        return Err(
            "has a number beyond 2^53 - 1, where many readers change it: give it as a text",
        );
    }
    node(text)
}

/// What a checked text says. Anything but an object stays as it is.
fn node(text: &str) -> Result<Node, &'static str> {
    let text = text.trim_ascii();
    match text.as_bytes().first() {
        Some(b'{') => object(text).map(Node::Object),
        Some(b'[') => array(text).map(|()| Node::Fixed(text.into())),
        _ => Ok(Node::Fixed(text.into())),
    }
}

fn object(text: &str) -> Result<Members, &'static str> {
    let mut json = serde_json::Deserializer::from_str(text);
    let pairs = json.deserialize_map(Pairs).map_err(|_| "is not valid JSON")?;
    let mut list: Vec<(String, Node)> = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        if list.iter().any(|(other, _)| *other == name) {
            return Err("repeats the name of a member");
        }
        list.push((name, node(value.get())?));
    }
    Ok(Members::new(list))
}

/// Looks into an array, for the objects in it.
fn array(text: &str) -> Result<(), &'static str> {
    let mut json = serde_json::Deserializer::from_str(text);
    let items = json.deserialize_seq(Items).map_err(|_| "is not valid JSON")?;
    items.into_iter().try_for_each(|item| node(item.get()).map(drop))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wiped::WipedString;

    fn told(text: &str) -> &'static str {
        read(text).err().unwrap()
    }

    #[test]
    fn what_is_read_is_written_again() {
        let object = r#"{"b":{"x":1.50,"\u0061":[ {"c":null} ]},"a":"å\n","c":{}}"#;
        for (text, written) in [
            (object, r#"{"b":{"x":1.50,"a":[ {"c":null} ]},"a":"å\n","c":{}}"#),
            (" true ", "true"),
            ("\"x\"", "\"x\""),
        ] {
            let mut out = WipedString::new();
            read(text).unwrap().write_fixed(&mut out);
            assert_eq!(out.as_str(), written);
        }
    }

    #[test]
    fn what_readers_differ_about_is_refused() {
        let repeats = "repeats the name of a member";
        for twice in [r#"{"a":1,"\u0061":2}"#, r#"{"x":{"a":1,"a":1}}"#, r#"[[{"a":1,"a":1}]]"#] {
            assert_eq!(told(twice), repeats, "{twice}");
        }
        for wrong in ["", "NaN", "{\"a\":\"\\ud800\"}", "{", "{}{}", "1e999"] {
            assert_eq!(told(wrong), "is not valid JSON", "{wrong}");
        }
        assert!(told("{\"a\":[9007199254740993]}").starts_with("has a number beyond 2^53"));
        assert_eq!(told(&("[".repeat(65) + &"]".repeat(65))), "nests over 64 levels");
        assert_eq!(told(&format!("\"{}\"", "x".repeat(65_536))), "is over 64 KiB");
    }
}
