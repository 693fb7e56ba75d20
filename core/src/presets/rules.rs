//! What services say of JSON and texts, where length and type do not say it all.

use serde_json::{Map, Value};

/// A JSON object.
pub(super) fn is_object(json: &str) -> Result<(), &'static str> {
    read::<Map<String, Value>>(json).map(drop).ok_or("must be an object")
}

/// An object whose values are texts.
pub(super) fn is_map_of_texts(json: &str) -> Result<(), &'static str> {
    let map = read::<Map<String, Value>>(json);
    let texts = map.filter(|map| map.values().all(Value::is_string));
    texts.map(drop).ok_or("must be an object whose values are texts")
}

/// The texts of a JSON array.
pub(super) fn texts(json: &str) -> Option<Vec<String>> {
    read(json)
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

/// The text that a JSON string stands for.
pub(super) fn text_of(json: &str) -> Option<String> {
    read(json)
}
