//! Reads fixed claims.

use super::strict::{check, members};
use super::tree::{Members, Node};

/// Reads a JSON text, or tells what is wrong without quoting it.
pub(super) fn read(text: &str) -> Result<Node, &'static str> {
    check(text)?;
    node(text)
}

/// What a checked text says. Anything but an object stays as it is.
fn node(text: &str) -> Result<Node, &'static str> {
    let text = text.trim_ascii();
    if !text.starts_with('{') {
        return Ok(Node::Fixed(text.into()));
    }
    let named =
        |(name, value): (String, &serde_json::value::RawValue)| Ok((name, node(value.get())?));
    let list = members(text)?.into_iter().map(named).collect::<Result<_, &'static str>>()?;
    Ok(Node::Object(Members::new(list)))
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
