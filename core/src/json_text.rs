//! What is looked at in a JSON text itself, as serde_json sees it or not by its features.
//!
//! A host program may turn on `arbitrary_precision` for all crates that it is built from. Numbers are then
//! whatever their digits say, and arrive as objects, which would count as a level.

use crate::json_string::unescape;
use crate::limits::SAFE_INTEGER_MAX;

/// What is to be known of a text whose syntax serde_json has checked or will check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// How many arrays and objects lie within each other.
    pub(crate) depth: usize,
    /// Whether a number is too large for a float: to its readers it is infinite, or no JSON at all.
    pub(crate) has_infinite: bool,
    /// Whether a whole number is so large that many readers, who keep numbers as floats, change it.
    pub(crate) has_large_integer: bool,
    /// Whether an escape in a string stands for one half of a surrogate pair without the other.
    pub(crate) has_half_a_pair: bool,
}

impl Shape {
    /// Looks through a text; copies nothing of it.
    pub(crate) fn of(text: &str) -> Self {
        let mut shape = Self {
            depth: 0,
            has_infinite: false,
            has_large_integer: false,
            has_half_a_pair: false,
        };
        let (mut rest, mut level) = (text, 0_usize);
        while let Some(first) = rest.bytes().next() {
            let len = match first {
                b'"' => string_len(rest),
                b'-' | b'0'..=b'9' => number_len(rest),
                _ => rest.chars().next().map_or(1, char::len_utf8),
            };
            let (part, behind) = rest.split_at(len);
            match first {
                b'"' => shape.has_half_a_pair |= has_half_a_pair(part),
                b'-' | b'0'..=b'9' => {
                    shape.has_infinite |= is_infinite(part);
                    shape.has_large_integer |= is_large_integer(part);
                }
                b'[' | b'{' => {
                    level += 1;
                    shape.depth = shape.depth.max(level);
                }
                b']' | b'}' => level = level.saturating_sub(1),
                _ => {}
            }
            rest = behind;
        }
        shape
    }
}

/// The length of the string at the front, with its quotation marks.
fn string_len(text: &str) -> usize {
    let mut escaped = true; // as the mark in front
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 1)
}

/// The length of the number at the front.
fn number_len(text: &str) -> usize {
    text.bytes().position(|byte| !is_of_number(byte)).unwrap_or(text.len())
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

fn is_infinite(number: &str) -> bool {
    number.parse::<f64>().is_ok_and(f64::is_infinite)
}

fn is_large_integer(number: &str) -> bool {
    let digits = number.trim_start_matches('-');
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.parse::<u64>().map_or(true, |number| number > SAFE_INTEGER_MAX.unsigned_abs())
}

fn has_half_a_pair(string: &str) -> bool {
    string.contains("\\u") && unescape(string, |_| ()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_beyond_a_floats_are_seen() {
        for (text, is_large) in [
            ("9007199254740991", false),
            ("[-9007199254740991]", false),
            ("9007199254740992", true),
            ("{\"a\":-9007199254740993}", true),
            ("\"9007199254740993\"", false),
            ("1e300", false),
            ("123456789012345678901234567890", true),
        ] {
            assert_eq!(Shape::of(text).has_large_integer, is_large, "{text}");
        }
    }

    #[test]
    fn numbers_and_levels_are_seen_outside_strings_alone() {
        let of = |text| {
            let Shape { depth, has_infinite, .. } = Shape::of(text);
            (depth, has_infinite)
        };
        let long = "9".repeat(400);
        for text in ["1e999", "[-1e999]", "{\"a\":1E+400}", "[1,2e308]", &long] {
            assert!(of(text).1, "{text}");
        }
        for text in ["1e308", "\"1e999\"", "{\"1e999\":0}", "\"\\\"1e999\"", "1e-999", "true", "-"]
        {
            assert!(!of(text).1, "{text}");
        }
        for (text, depth) in
            [("1", 0), ("[]", 1), ("[[],{}]", 2), ("{\"[\\\"[\":[1]}", 2), ("]][", 1), ("\"[", 0)]
        {
            assert_eq!(of(text).0, depth, "{text}");
        }
    }
}
