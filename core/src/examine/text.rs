//! What is shown of a token's own texts: short, and without a character that a terminal would obey.

use serde_json::Value;

/// Characters shown of one text.
const SHOWN: usize = 48;

/// A text between quotation marks.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shown(text))
}

/// The beginning of a text, with escapes for control characters and for those that nobody sees.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// What a value is, with its article.
pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// A JSON pointer. Its names are cut and escaped as other texts are.
pub(super) fn pointer(names: &[&str]) -> String {
    let escaped = |name: &&str| shown(name).replace('~', "~0").replace('/', "~1");
    names.iter().map(|name| format!("/{}", escaped(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shown_is_long_or_moves_a_cursor() {
        assert_eq!(quoted("a b"), "\"a b\"");
        assert_eq!(quoted("a\"\n\u{1b}[31m\u{202e}"), r#""a\"\n\u{1b}[31m\u{202e}""#);
        assert_eq!(shown(&"å".repeat(48)), "å".repeat(48));
        assert_eq!(shown(&"å".repeat(49)), format!("{}…", "å".repeat(48)));
        assert_eq!(pointer(&["grants", "a/b~c"]), "/grants/a~1b~0c");
        assert_eq!(pointer(&[]), "");
    }
}
