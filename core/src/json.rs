//! JSON handed in by the caller: checked once, then carried as it is.

use std::fmt;

use serde::de::IgnoredAny;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};
use crate::json_text::Shape;
use crate::limits::{GRANT_JSON_MAX_DEPTH, GRANTS_JSON_MAX_BYTES};
use crate::wiped::WipedString;

/// A JSON text that has been checked and is carried into tokens byte for byte.
///
/// At most 64 KiB and 64 levels deep. It may be a grant that lets its holder watch, so its `Debug`
/// does not show it, and it is wiped when dropped.
///
/// # Example: parameters that keep the order of their names
///
/// ```
/// use grantmint_core::Json;
///
/// let params = Json::parse(r#"{"room": 7, "floor": 2}"#)?;
/// assert_eq!(params.as_str(), r#"{"room": 7, "floor": 2}"#);
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Json(Zeroizing<Box<str>>);

impl Json {
    /// Checks a text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidGrant`] if it is not exactly one JSON value, or too large or too deep.
    pub fn parse(text: &str) -> Result<Self> {
        check_size(text.len())?;
        check_json(text).map_err(invalid)?;
        Ok(Self(Zeroizing::new(text.into())))
    }

    /// Checks a text given as bytes.
    ///
    /// # Errors
    ///
    /// As [`Json::parse`]; also if the bytes are not UTF-8.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        check_size(bytes.len())?;
        Self::parse(std::str::from_utf8(bytes).map_err(|_| invalid("is not UTF-8"))?)
    }

    /// Writes a value as text, with no white space.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidGrant`] if it is too large or too deep.
    pub fn from_value(value: &Value) -> Result<Self> {
        let mut text = WipedString::new();
        serde_json::to_writer(&mut text, value).map_err(|_| invalid("is not valid JSON"))?;
        Self::parse(&text)
    }

    /// The text, byte for byte as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the value is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.as_str().trim_ascii_start().starts_with('{')
    }

    /// Whether the value is `null`, an empty string, an empty array or an empty object.
    pub(super) fn is_empty(&self) -> bool {
        let text = self.as_str().trim_ascii();
        let hollow = |open, close| {
            let inner = text.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
            inner.is_some_and(|inner| inner.trim_ascii().is_empty())
        };
        text == "null" || text == "\"\"" || hollow('[', ']') || hollow('{', '}')
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json(..)")
    }
}

/// Checks that a text of bounded size is exactly one JSON value that everybody can read, and tells what it
/// looks like.
pub(crate) fn check_json(text: &str) -> Result<Shape, &'static str> {
    let shape = Shape::of(text);
    if shape.depth > GRANT_JSON_MAX_DEPTH {
        return Err("nests over 64 levels");
    }
    // What serde_json says is dropped: it may quote the text. Nothing is made of the value: to
    // read a string with an escape, it would be copied to memory that nobody wipes.
    serde_json::from_str::<IgnoredAny>(text).map_err(|_| "is not valid JSON")?;
    if shape.has_infinite || shape.has_half_a_pair {
        return Err("is not valid JSON");
    }
    Ok(shape)
}

fn check_size(bytes: usize) -> Result<()> {
    if bytes > GRANTS_JSON_MAX_BYTES { Err(invalid("is over 64 KiB")) } else { Ok(()) }
}

fn invalid(why: &str) -> Error {
    Error::of_argument(ErrorKind::InvalidGrant, "json", why)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_value_is_kept_to_the_byte() {
        let odd = " { \"b\" : 1.50, \"a\":\"\\u00e5\", \"b\":-2 }\n";
        for text in ["{}", odd, "null", "[1]", "\"x\"", "12345678901234567890123"] {
            assert_eq!(Json::parse(text).unwrap().as_str(), text);
            assert_eq!(Json::from_bytes(text.as_bytes()).unwrap().as_str(), text);
        }
        assert_eq!(Json::from_value(&json!({"a": [1, "å"]})).unwrap().as_str(), r#"{"a":[1,"å"]}"#);
    }

    #[test]
    fn anything_else_is_refused_without_being_repeated() {
        let large = format!("\"{}\"", "hush".repeat(20_000));
        let deep = "[".repeat(65) + &"]".repeat(65);
        let abyss = "[".repeat(60_000);
        let not_one_value = ["", " ", "{}x", "{} {}", "\u{feff}{}"];
        let not_json = ["{'hush':1}", "{hush}", "NaN", "1e999", "{\"hush\":[-1e999]}"];
        let half_a_pair = "\"\\ud800\"";
        for text in
            not_one_value.into_iter().chain(not_json).chain([half_a_pair, &large, &deep, &abyss])
        {
            let error = Json::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidGrant);
            assert!(!error.to_string().contains("hush"));
        }
        assert_eq!(Json::from_bytes(b"\"\xff\"").unwrap_err().kind(), ErrorKind::InvalidGrant);
        for deepest in ["", "1", "\"[\"", "1.5"] {
            let text = "[".repeat(64) + deepest + &"]".repeat(64);
            assert!(Json::parse(&text).is_ok(), "{deepest}");
        }
    }

    #[test]
    fn emptiness_and_shape_are_seen_through_white_space() {
        for empty in ["{ }", "[]", "\"\"", "null", "\n{\n}\n"] {
            assert!(Json::parse(empty).unwrap().is_empty(), "{empty:?}");
        }
        for full in ["{\"\":0}", "[[]]", "\" \"", "0", "false"] {
            assert!(!Json::parse(full).unwrap().is_empty(), "{full:?}");
        }
        assert!(Json::parse(" {}").unwrap().is_object());
        assert!(!Json::parse("[{}]").unwrap().is_object());
    }

    #[test]
    fn debug_hides_the_text() {
        assert_eq!(format!("{:?}", Json::parse("\"hush\"").unwrap()), "Json(..)");
    }
}
