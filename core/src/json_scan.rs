//! What a JSON text may not be although its syntax is right: nested too deeply, or with a string or a
//! number that readers refuse.

use crate::json_string::unescape;
use crate::limits::GRANT_JSON_MAX_DEPTH;

/// Looks through a text whose syntax has been checked. It copies nothing.
pub(crate) fn check(json: &str) -> Result<(), &'static str> {
    let (mut rest, mut depth) = (json, 0);
    while let Some(first) = rest.bytes().next() {
        let len = match first {
            b'"' => string_len(rest),
            b'-' | b'0'..=b'9' => number_len(rest),
            _ => 1,
        };
        let (token, after) = rest.split_at(len);
        match first {
            b'"' if has_half_a_pair(token) => return Err("is not valid JSON"),
            b'-' | b'0'..=b'9' if is_out_of_range(token) => return Err("is not valid JSON"),
            b'{' | b'[' if depth == GRANT_JSON_MAX_DEPTH => return Err("nests over 64 levels"),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        rest = after;
    }
    Ok(())
}

/// The length of the string at the front, with its quotation marks.
fn string_len(json: &str) -> usize {
    let bytes = json.as_bytes();
    let mut end = 1;
    while end < bytes.len() && bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    end + 1
}

/// The length of the number at the front.
fn number_len(json: &str) -> usize {
    let is_part =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    json.bytes().position(|byte| !is_part(byte)).unwrap_or(json.len())
}

/// Whether an escape stands for one half of a surrogate pair without the other.
fn has_half_a_pair(string: &str) -> bool {
    string.contains("\\u") && unescape(string, |_| ()).is_none()
}

/// Whether readers would take the number for infinite.
fn is_out_of_range(number: &str) -> bool {
    serde_json::from_str::<f64>(number).is_err()
}
