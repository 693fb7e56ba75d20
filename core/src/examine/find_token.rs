//! The token in a text that somebody has copied from a log, a header, an answer or a terminal.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::COPIED_TEXT_MAX_BYTES;

/// Finds the one token in a text: bare, in quotes, behind `Bearer`, in an `Authorization` header, in a JSON text
/// such as `[{"jwt": "…"}]`, in a line of an env file, or broken into lines by a terminal.
///
/// What is found need not be a good token: that says [`examine`](crate::examine).
///
/// # Errors
///
/// [`ErrorKind::TokenMalformed`] if there is none, [`ErrorKind::InvalidArgument`] if there are different ones,
/// [`ErrorKind::LimitExceeded`] for a text over 160 KiB. None repeats the text.
///
/// # Example: the header of a request
///
/// ```
/// use grantmint_core::find_token;
///
/// assert_eq!(find_token("Authorization: Bearer eyJh.eyJq.c2ln\r\n")?, "eyJh.eyJq.c2ln");
/// assert_eq!(find_token(r#"[{"jwt": "eyJh.eyJq.c2ln"}]"#)?, "eyJh.eyJq.c2ln");
/// # Ok::<(), grantmint_core::Error>(())
/// ```
pub fn find_token(text: &str) -> Result<String> {
    if text.len() > COPIED_TEXT_MAX_BYTES {
        return Err(Error::of_argument(ErrorKind::LimitExceeded, "text", "is over 160 KiB"));
    }
    let mut found = in_json(text).unwrap_or_else(|| in_text(text));
    match (found.pop_first(), found.is_empty()) {
        (Some(token), true) => Ok(token),
        (Some(_), false) => {
            let what = "has different tokens in it: give one";
            Err(Error::of_argument(ErrorKind::InvalidArgument, "text", what))
        }
        (None, _) => {
            let what = "has no token in it: a token begins with eyJ and has two dots";
            Err(Error::of_argument(ErrorKind::TokenMalformed, "text", what))
        }
    }
}

/// Tokens that are strings of a JSON text, if it is one. A terminal may have broken it.
fn in_json(text: &str) -> Option<BTreeSet<String>> {
    let text = text.trim();
    if !text.starts_with(['{', '[', '"']) {
        return None;
    }
    let unbroken = || text.lines().map(str::trim_start).collect::<String>();
    let json = serde_json::from_str(text).or_else(|_| serde_json::from_str(&unbroken())).ok()?;
    let mut found = BTreeSet::new();
    collect(&json, &mut found);
    Some(found)
}

fn collect(json: &Value, found: &mut BTreeSet<String>) {
    match json {
        // A token within a longer text, as in a playback URL, is another one than is looked for.
        Value::String(text) => found.extend(alone(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => members.values().for_each(|member| collect(member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Tokens in any other text: the whole of it, else its words.
fn in_text(text: &str) -> BTreeSet<String> {
    if let Some(token) = alone(text) {
        return BTreeSet::from([token]);
    }
    let is_between = |c: char| !(c.is_ascii_alphanumeric() || "-_.+/=".contains(c));
    text.split(is_between)
        .map(behind_name)
        .filter(|word| is_like(word))
        .map(str::to_owned)
        .collect()
}

/// The value of `NAME=value`. What ends in `=` was padded.
fn behind_name(word: &str) -> &str {
    match word.trim_end_matches('=').rsplit_once('=') {
        Some((name, _)) => &word[name.len() + 1..],
        None => word,
    }
}

/// The text as a token, if it is nothing else: without what people copy with it, and in one line.
fn alone(text: &str) -> Option<String> {
    let mut text = bare(text);
    for before in ["authorization:", "bearer"] {
        if text.get(..before.len()).is_some_and(|start| start.eq_ignore_ascii_case(before)) {
            text = bare(&text[before.len()..]);
        }
    }
    let token: String = text.split_whitespace().collect();
    (is_like(&token) && token.matches('.').count() <= 2 && token.bytes().all(is_of_token))
        .then_some(token)
}

fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || "\"'`,;".contains(c))
}

fn is_of_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.+/=".contains(&byte)
}

/// Whether a word may be meant as a token: it has parts, and the first is the base64 of what begins with a brace and a
/// quotation mark, or with a brace and white space.
fn is_like(word: &str) -> bool {
    (word.starts_with("ey") || word.starts_with("ew")) && word.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJncmFudHMiOnt9fQ.c2ln-_";

    fn broken(columns: usize) -> String {
        let pieces = TOKEN.as_bytes().chunks(columns);
        let lines = pieces.map(|piece| str::from_utf8(piece).unwrap().to_owned());
        lines.collect::<Vec<_>>().join("\r\n  ")
    }

    #[test]
    fn the_token_is_found_whatever_was_copied_with_it() {
        for text in [
            TOKEN.to_owned(),
            format!("  {TOKEN}\n"),
            format!("\"{TOKEN}\""),
            format!("'{TOKEN}',"),
            format!("Bearer {TOKEN}"),
            format!("bearer   {TOKEN}"),
            format!("Authorization: Bearer {TOKEN}\r\n"),
            format!("\"authorization\": \"Bearer {TOKEN}\","),
            format!("GET / HTTP/1.1\r\nhost: a.b.c\r\nauthorization: Bearer {TOKEN}\r\n"),
            format!("TWILIO_TOKEN={TOKEN}"),
            format!("curl -H 'Authorization: Bearer {TOKEN}' https://www.example.com/"),
            format!("[\n  {{\n    \"jwt\": \"{TOKEN}\"\n  }}\n]"),
            format!("{{\"a\": [{{\"b\": \"Bearer {TOKEN}\"}}], \"c\": \"{TOKEN}\"}}"),
            format!("{{\"t\": \"{TOKEN}\", \"u\": \"https://a/?token=eyJ.eyJ.x\"}}"),
            broken(20),
            format!("Bearer {}", broken(7)),
            format!("[{{\"jwt\": \"{}\"}}]", broken(20)),
            format!("{TOKEN}\n{TOKEN}"),
        ] {
            assert_eq!(find_token(&text).as_deref(), Ok(TOKEN), "{text}");
        }
    }

    #[test]
    fn a_bad_token_is_found_too() {
        for token in ["eyJh.eyJq", "eyJh.eyJq.c2ln==", "eyJh..", "ewog.eyJq.c2ln"] {
            assert_eq!(find_token(token).as_deref(), Ok(token));
        }
    }

    #[test]
    fn none_several_and_too_much_are_told_apart() {
        let kind = |text: &str| find_token(text).unwrap_err().kind();
        for none in [
            "",
            " ",
            "hush",
            "www.example.com",
            "{}",
            "[\"hush\"]",
            "eyJh",
            "{\"eyJ.a.b\":1}",
            "ключ доступа",
        ] {
            assert_eq!(kind(none), ErrorKind::TokenMalformed, "{none}");
        }
        let two = format!("{TOKEN} {}x", TOKEN);
        assert_eq!(kind(&two), ErrorKind::InvalidArgument);
        let lines = format!("{TOKEN}\n{}x", TOKEN);
        assert_eq!(kind(&lines), ErrorKind::InvalidArgument);
        assert_eq!(kind(&format!("[\"{TOKEN}\",\"{TOKEN}x\"]")), ErrorKind::InvalidArgument);
        assert_eq!(kind(&"x".repeat(163_841)), ErrorKind::LimitExceeded);
        for text in [two.as_str(), "hush hush"] {
            let error = find_token(text).unwrap_err().to_string();
            assert!(!error.contains("hush") && !error.contains("eyJhb"), "{error}");
        }
    }
}
