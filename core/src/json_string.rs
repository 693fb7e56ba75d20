//! What a JSON string stands for.
//!
//! serde_json reads a string with an escape into memory of its own that nobody wipes, and a playback
//! URL usually has some.

use std::str::Chars;

#[cfg(feature = "http")]
use crate::wiped::WipedString;

/// The text that a JSON string with its quotation marks stands for; none for what is no string.
#[cfg(feature = "http")]
pub(crate) fn unescaped(string: &str) -> Option<WipedString> {
    let mut text = WipedString::with_capacity(string.len());
    unescape(string, |character| text.push(character)).map(|()| text)
}

/// Hands over the characters of a JSON string whose syntax has been checked. Stops at an escape that is
/// one half of a surrogate pair without the other.
pub(crate) fn unescape(string: &str, mut take: impl FnMut(char)) -> Option<()> {
    let mut rest = string.strip_prefix('"')?.strip_suffix('"')?.chars();
    while let Some(character) = rest.next() {
        take(if character == '\\' { escaped(&mut rest)? } else { character });
    }
    Some(())
}

fn escaped(rest: &mut Chars<'_>) -> Option<char> {
    Some(match rest.next()? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return code_point(rest),
        itself => itself,
    })
}

/// The character of one `\u` escape, or of two that are a surrogate pair.
fn code_point(rest: &mut Chars<'_>) -> Option<char> {
    let first = code_unit(rest)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first.into());
    }
    *rest = rest.as_str().strip_prefix("\\u")?.chars();
    char::decode_utf16([first, code_unit(rest)?]).next()?.ok()
}

fn code_unit(rest: &mut Chars<'_>) -> Option<u16> {
    let (digits, after) = rest.as_str().split_at_checked(4)?;
    *rest = after.chars();
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(string: &str) -> Option<String> {
        let mut text = String::new();
        unescape(string, |character| text.push(character)).map(|()| text)
    }

    #[test]
    fn strings_are_read_as_serde_json_reads_them() {
        let every_escape = r#""a\"\\\/\b\f\n\r\t\u0041\u00e5\u2028å""#;
        let pairs = [r#""\ud83d\ude00x""#, r#""\uD83D\uDE00""#, "\"😀\""];
        let halves = [r#""\ud83d""#, r#""\ude00""#, r#""\ud83d\n""#, r#""\ud83d\u0041""#];
        let twice = [r#""\ud83d\ud83d\ude00""#, r#""\ud83dude00""#];
        let one = ["\"\"", every_escape];
        for string in one.into_iter().chain(pairs).chain(halves).chain(twice) {
            assert_eq!(read(string), serde_json::from_str(string).ok(), "{string}");
        }
        assert_eq!(read("1"), None);
    }
}
