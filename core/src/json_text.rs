//! What is looked at in a JSON text itself, as serde_json sees it or not by its features.
//!
//! A host program may turn on `arbitrary_precision` for all crates that it is built from. Numbers are then
//! whatever their digits say, and arrive as objects, which would count as a level.

/// What is to be known of a text whose syntax serde_json has checked or will check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// How many arrays and objects lie within each other.
    pub(crate) depth: usize,
    /// Whether a number is too large for a float: to its readers it is infinite, or no JSON at all.
    pub(crate) has_infinite: bool,
}

impl Shape {
    pub(crate) fn of(text: &str) -> Self {
        let (mut shape, mut level) = (Self { depth: 0, has_infinite: false }, 0_usize);
        let mut rest = text.as_bytes();
        while let [first, behind @ ..] = rest {
            rest = match first {
                b'"' => behind_string(behind),
                b'-' | b'0'..=b'9' => {
                    let end = rest.iter().position(|byte| !is_of_number(*byte));
                    let (number, behind) = rest.split_at(end.unwrap_or(rest.len()));
                    shape.has_infinite |= is_infinite(number);
                    behind
                }
                b'[' | b'{' => {
                    level += 1;
                    shape.depth = shape.depth.max(level);
                    behind
                }
                b']' | b'}' => {
                    level = level.saturating_sub(1);
                    behind
                }
                _ => behind,
            };
        }
        shape
    }
}

fn behind_string(mut rest: &[u8]) -> &[u8] {
    loop {
        rest = match rest {
            [b'\\', _, behind @ ..] => behind,
            [b'"', behind @ ..] => return behind,
            [_, behind @ ..] => behind,
            [] => return rest,
        };
    }
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

fn is_infinite(number: &[u8]) -> bool {
    let value = std::str::from_utf8(number).ok().and_then(|text| text.parse::<f64>().ok());
    value.is_some_and(f64::is_infinite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_levels_are_seen_outside_strings_alone() {
        let of = |text| {
            let Shape { depth, has_infinite } = Shape::of(text);
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
