//! JSON objects in which no name is repeated.
//!
//! Readers differ in which of two equal names they believe, so a token with both could mean one
//! thing to the one that checks it and another to the one that acts on it.

use std::fmt;

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

/// Reads a text that must be exactly one object, or tells what is wrong without quoting it.
///
/// Names are compared as they read, so that an escape cannot hide a repetition.
pub(super) fn object(text: &str) -> Result<Map<String, Value>, &'static str> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = json.deserialize_map(UniqueNames).and_then(|read| json.end().map(|()| read));
    match read {
        Ok(Some(members)) => Ok(members),
        Ok(None) => Err("repeats the name of a member"),
        Err(error) if error.classify() == Category::Data => Err("is not a JSON object"),
        Err(_) => Err("is not valid JSON"),
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
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        for broken in ["", "{", "{}{}", "{a:1}", "{\"a\":NaN}", "{\"a\":\"\\ud800\"}", &deep] {
            assert_eq!(object(broken), Err("is not valid JSON"), "{broken}");
        }
    }
}
