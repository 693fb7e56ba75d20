//! Env files, in a dialect of our own, since there are many.
//!
//! `NAME=value` or `export NAME=value`, a line each. Of a line that is none of ours nothing is read. A value ends at
//! ` #` or at the end of the line; one pair of quotes around it is taken off, and then it ends at the second of them.
//! There are no escapes, and `$` is a character like any other.

use std::fs::File;
use std::path::Path;

use zeroize::Zeroizing;

use super::found::{Found, Place};
use super::names::{NEEDED, REGION};
use crate::exit::Failure;
use crate::input::{self, read_small};

/// What an env file holds.
pub(crate) struct EnvFile {
    pub(super) found: Found,
    /// Others may read the file, and so sign with the key.
    pub(crate) is_open_to_others: bool,
    text: Zeroizing<String>,
}

impl EnvFile {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| input::unreadable("--env-file", &error))?;
        let is_open_to_others = input::is_open_to_others(&file);
        let text = read_small("--env-file", file)?;
        let found = parse(&text)?;
        Ok(Self { found, is_open_to_others, text })
    }

    /// Whether a line sets this name, be it one of ours or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.text.lines().any(|line| value_of(name, line).is_some())
    }
}

fn parse(text: &str) -> Result<Found, Failure> {
    let mut found = Found::new(Place::EnvFile);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().enumerate() {
        for name in NEEDED.into_iter().chain([REGION]) {
            let Some(rest) = value_of(name, line) else { continue };
            let wrong = |what: &str| {
                Failure::failed(format!("--env-file: line {}: {name} {what}", index + 1))
            };
            let value = unquoted(rest).map_err(wrong)?;
            if found.has(name) {
                return Err(wrong("is set for the second time"));
            }
            if !value.is_empty() {
                found.set(name, Zeroizing::new(value.to_owned()));
            }
        }
    }
    Ok(found)
}

/// What stands behind `NAME=`, if the line is about this name.
fn value_of<'a>(name: &str, line: &'a str) -> Option<&'a str> {
    let line = line.trim();
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    line.strip_prefix(name)?.strip_prefix('=')
}

fn unquoted(text: &str) -> Result<&str, &'static str> {
    let text = text.trim();
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
        return Ok(text.find(" #").map_or(text, |end| &text[..end]).trim_end());
    };
    let inner = &text[1..];
    let Some((value, rest)) = inner.split_once(quote) else {
        return Err("has a quote that is not closed");
    };
    let rest = rest.trim_start();
    if rest.is_empty() || rest.starts_with('#') {
        Ok(value)
    } else {
        Err("has something behind its closing quote")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_as_it_stands() {
        for (line, expected) in [
            ("abc", "abc"),
            ("  abc  ", "abc"),
            ("abc # the key", "abc"),
            ("a#b", "a#b"),
            ("\"a # b\"", "a # b"),
            ("'a\"b' # c", "a\"b"),
            ("\"a\\n$X\"", "a\\n$X"),
            ("$HOME", "$HOME"),
            ("", ""),
            ("\"\"", ""),
        ] {
            assert_eq!(unquoted(line), Ok(expected), "{line}");
        }
        assert_eq!(unquoted("\"abc"), Err("has a quote that is not closed"));
        assert_eq!(unquoted("'a'b"), Err("has something behind its closing quote"));
    }

    #[test]
    fn only_whole_names_count() {
        let file = "\u{feff}# TWILIO_API_KEY=0\nMY_TWILIO_API_KEY=1\nTWILIO_API_KEYS=2\n\
                    export  TWILIO_API_KEY=3\r\nPORT=80\nnonsense\n";
        let found = parse(file).ok().unwrap();
        assert!(found.has("TWILIO_API_KEY") && !found.has("TWILIO_API_SECRET"));
    }

    #[test]
    fn a_name_stands_once() {
        let twice = parse("A=1\nTWILIO_API_KEY=1\nTWILIO_API_KEY=hunter2\n").err().unwrap();
        assert_eq!(twice.line, "--env-file: line 3: TWILIO_API_KEY is set for the second time");
    }
}
