//! JSON objects in which no name is repeated.
//!
//! Readers differ in which of two equal names they believe, so a token with both could mean one
//! thing to the one that checks it and another to the one that acts on it.

use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::json_text::Shape;
use crate::limits::TOKEN_JSON_MAX_DEPTH;

/// Reads a text that must be exactly one object, or tells what is wrong without quoting it.
///
/// Names are compared as they read, so that an escape cannot hide a repetition.
pub(super) fn object(text: &str) -> Result<Map<String, Value>, &'static str> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = json.deserialize_map(UniqueNames).and_then(|read| json.end().map(|()| read));
    match read {
        Ok(Some(members)) if !members.values().all(is_finite) => Err("is not valid JSON"),
        Ok(Some(members)) => Ok(members),
        Ok(None) => Err("repeats the name of a member"),
        Err(error) if error.classify() == Category::Data => Err("is not a JSON object"),
        Err(_) if Shape::of(text).depth > TOKEN_JSON_MAX_DEPTH => Err("nests over 127 levels"),
        Err(_) => Err("is not valid JSON"),
    }
}

/// Whether all numbers fit into a float. Those that do not are no JSON to most readers, but to
/// serde_json they are if a host program asks for it: see [`crate::json_text`].
fn is_finite(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_f64().is_some_and(f64::is_finite),
        Value::Array(items) => items.iter().all(is_finite),
        Value::Object(members) => members.values().all(is_finite),
        _ => true,
    }
}

struct UniqueNames;

impl<'de> Visitor<'de> for UniqueNames {
    /// Nothing, if a name is repeated.
    type Value = Option<Map<String, Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        let mut repeated = false;
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            repeated |= members.insert(name, value).is_some();
        }
        Ok((!repeated).then_some(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_and_all_else_is_told_apart() {
        assert_eq!(object(" {\"a\":1,\"b\":{\"a\":1,\"a\":2}} ").unwrap().len(), 2);
        assert_eq!(object("{}").unwrap().len(), 0);
        for repeated in ["{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"\\u0061\":1}"] {
            assert_eq!(object(repeated), Err("repeats the name of a member"));
        }
        for other in ["[]", "null", "1", "\"{}\"", "[\"a\"]"] {
            assert_eq!(object(other), Err("is not a JSON object"), "{other}");
        }
        let half_a_pair = "{\"a\":\"\\ud800\"}";
        let infinite = "{\"a\":[{\"b\":1e999}]}";
        for broken in ["", "{", "{}{}", "{a:1}", "{\"a\":NaN}", half_a_pair, infinite] {
            assert_eq!(object(broken), Err("is not valid JSON"), "{broken}");
        }
    }

    #[test]
    fn the_deepest_object_has_127_levels() {
        let nested =
            |levels| format!("{{\"a\":{}1{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(object(&nested(TOKEN_JSON_MAX_DEPTH)).is_ok());
        for levels in [TOKEN_JSON_MAX_DEPTH + 1, 5000] {
            assert_eq!(object(&nested(levels)), Err("nests over 127 levels"));
        }
    }
}
