//! JSON pointers (RFC 6901), followed in the text itself: nothing of a secret is copied.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::slots::refused;
use crate::error::Result;

/// No answer is deeper.
const STEPS_MAX: usize = 64;

/// Where something stands in a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer(Vec<String>);

impl Pointer {
    /// Reads `""`, the whole, or steps such as `/a/0`.
    pub(super) fn parse(argument: &str, text: &str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let wrong =
            || refused(argument, "must be a JSON pointer: empty, or steps such as /data/token");
        let steps = text.strip_prefix('/').ok_or_else(wrong)?.split('/').map(step);
        let steps: Vec<String> = steps.collect::<Option<_>>().ok_or_else(wrong)?;
        if steps.len() > STEPS_MAX { Err(wrong()) } else { Ok(Self(steps)) }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    /// What is there in a text that is JSON.
    pub(super) fn find<'a>(&self, json: &'a str) -> Option<&'a str> {
        self.0.iter().try_fold(json.trim_ascii(), |json, step| {
            let found: Option<&RawValue> = match json.as_bytes().first()? {
                b'{' => {
                    serde_json::from_str::<BTreeMap<String, &RawValue>>(json).ok()?.remove(step)
                }
                b'[' => {
                    let items = serde_json::from_str::<Vec<&RawValue>>(json).ok()?;
                    items.get(index(step)?).copied()
                }
                _ => None,
            };
            Some(found?.get())
        })
    }
}

/// A step without its escapes.
fn step(text: &str) -> Option<String> {
    let mut tildes = text.split('~');
    let mut step = tildes.next()?.to_owned();
    for rest in tildes {
        let (escaped, rest) = rest.split_at_checked(1)?;
        step.push(match escaped {
            "0" => '~',
            "1" => '/',
            _ => return None,
        });
        step.push_str(rest);
    }
    Some(step)
}

fn index(step: &str) -> Option<usize> {
    let is_number = step == "0" || !step.starts_with(['0', '+']);
    step.parse().ok().filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_are_found() {
        let json = r#" {"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"k\"l":6," ":7,"m~n":8} "#;
        for (pointer, found) in [
            ("/foo", Some(r#"["bar","baz"]"#)),
            ("/foo/0", Some("\"bar\"")),
            ("/", Some("0")),
            ("/a~1b", Some("1")),
            ("/c%d", Some("2")),
            ("/e^f", Some("3")),
            ("/k\"l", Some("6")),
            ("/ ", Some("7")),
            ("/m~0n", Some("8")),
            ("/foo/2", None),
            ("/foo/00", None),
            ("/foo/-", None),
            ("/bar", None),
            ("/foo/0/x", None),
        ] {
            assert_eq!(Pointer::parse("value", pointer).unwrap().find(json), found, "{pointer}");
        }
        assert_eq!(Pointer::parse("value", "").unwrap().find(json), Some(json.trim()));
    }

    #[test]
    fn what_is_no_pointer_is_refused() {
        let long = "/a".repeat(65);
        for text in ["a", "a/b", "/~", "/~2", "/a~", "#/a", &long] {
            assert!(Pointer::parse("value", text).is_err(), "{text}");
        }
    }
}
