//! What the slots of a source stand for, and where each may stand.

use super::template::{Late, Part, Piece, Template, Values, parts};
use crate::error::{Error, ErrorKind, Result};
use crate::upstream::push_path_encoded;
use crate::wiped::WipedString;

/// A value is no document.
const VALUE_MAX_BYTES: usize = 8192;
const NAME_MAX_BYTES: usize = 64;

/// Where a text stands, and so what may be in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The host and port of the URL.
    Host,
    /// The path of the URL.
    Path,
    /// The value of a header.
    Header,
    /// What is encoded later, whatever is in it.
    Encoded,
}

/// The values that a source was given.
pub(super) struct Slots {
    named: Vec<Named>,
    has_ttl: bool,
}

struct Named {
    name: String,
    value: WipedString,
    is_secret: bool,
    is_used: bool,
}

impl Slots {
    /// Checks names and values. Of those that are `arguments` by themselves, errors say so.
    pub(super) fn new(
        vars: &[(String, WipedString)],
        secrets: &[(String, WipedString)],
        arguments: &[&'static str],
        has_ttl: bool,
    ) -> Result<Self> {
        let mut named: Vec<Named> = Vec::new();
        for (argument, pairs) in [("vars", vars), ("secrets", secrets)] {
            for (name, value) in pairs {
                let wrong = |what: &str| refused(argument, what);
                if !is_name(name) || Late::named(name).is_some() {
                    return Err(wrong(
                        "must have names of letters, digits and _, other than key, ttl, now and now_ms",
                    ));
                }
                if named.iter().any(|other| other.name == *name) {
                    return Err(wrong(
                        "must not have one name twice, nor one that is in vars and secrets",
                    ));
                }
                if value.is_empty()
                    || value.len() > VALUE_MAX_BYTES
                    || value.chars().any(char::is_control)
                {
                    return Err(match arguments.iter().find(|own| *own == name) {
                        Some(own) => {
                            refused(own, "must have 1 to 8,192 bytes without control characters")
                        }
                        None => {
                            wrong("must have texts of 1 to 8,192 bytes without control characters")
                        }
                    });
                }
                let value = WipedString::from(value.as_str().to_owned());
                let is_secret = argument == "secrets";
                named.push(Named { name: name.clone(), value, is_secret, is_used: false });
            }
        }
        Ok(Self { named, has_ttl })
    }

    /// A text with the slots filled in that have their values.
    pub(super) fn fill(&mut self, argument: &str, text: &str, place: Place) -> Result<Template> {
        let mut pieces = Vec::new();
        for part in parts(argument, text)? {
            pieces.push(match part {
                Part::Text(text) => Piece::Text(text),
                Part::Slot(_, true) => {
                    return Err(refused(
                        argument,
                        "may have a slot such as {ttl:int} only alone, as a value of json",
                    ));
                }
                Part::Slot(name, false) => self.slot(argument, &name, place)?,
            });
        }
        let template = Template(pieces);
        if place == Place::Header {
            check_header(argument, &template)?;
        }
        Ok(template)
    }

    /// A text of which all is known when the source is made.
    pub(super) fn known(&mut self, argument: &str, text: &str) -> Result<WipedString> {
        let template = self.fill(argument, text, Place::Encoded)?;
        if Late::ALL.iter().any(|late| template.has(*late)) {
            return Err(not_known(argument));
        }
        let filled = template.filled(&Values::none());
        match filled.is_empty() || filled.chars().any(char::is_control) {
            true => Err(refused(
                argument,
                "must have texts without control characters, none of them empty",
            )),
            false => Ok(filled),
        }
    }

    /// The number that a text in a JSON body stands for, if it is a slot such as `{ttl:int}` alone.
    pub(super) fn number(&self, argument: &str, text: &str) -> Result<Option<Late>> {
        match &parts(argument, text)?[..] {
            [Part::Slot(name, true)] => match self.late(argument, name)? {
                Some(Late::Key) | None => {
                    Err(refused(argument, "may have numbers of ttl, now and now_ms only"))
                }
                number => Ok(number),
            },
            _ => Ok(None),
        }
    }

    fn slot(&mut self, argument: &str, name: &str, place: Place) -> Result<Piece> {
        if let Some(late) = self.late(argument, name)? {
            if place == Place::Host {
                return Err(refused(argument, "may have slots of vars only in its host"));
            }
            return Ok(Piece::Late(late));
        }
        let Some(named) = self.named.iter_mut().find(|named| named.name == name) else {
            return Err(refused(
                argument,
                "has a slot that is not known: give it in vars or secrets",
            ));
        };
        named.is_used = true;
        if named.is_secret && matches!(place, Place::Host | Place::Path) {
            return Err(refused(
                argument,
                "must not have a secret in it: URLs are written to logs",
            ));
        }
        let mut value = WipedString::new();
        match place {
            Place::Path => push_path_encoded(&mut value, &named.value),
            _ => value.push_str(&named.value),
        }
        let is_of_host = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
        if place == Place::Host && !value.bytes().all(is_of_host) {
            return Err(refused(
                argument,
                "may have a-z, 0-9, . and - only in the slots of its host",
            ));
        }
        Ok(Piece::Text(value))
    }

    fn late(&self, argument: &str, name: &str) -> Result<Option<Late>> {
        match Late::named(name) {
            Some(Late::Ttl) if !self.has_ttl => {
                Err(refused(argument, "has the slot {ttl}, which needs ttl"))
            }
            found => Ok(found),
        }
    }

    /// Refuses a value that no text has a slot for.
    pub(super) fn check_used(&self) -> Result<()> {
        match self.named.iter().find(|named| !named.is_used) {
            None => Ok(()),
            Some(named) => {
                let argument = if named.is_secret { "secrets" } else { "vars" };
                Err(refused(argument, "has a value that nothing has a slot for"))
            }
        }
    }
}

fn check_header(argument: &str, template: &Template) -> Result<()> {
    let is_plain = |piece: &Piece| match piece {
        Piece::Text(text) => is_of_header(text),
        Piece::Late(_) => true,
    };
    let text = |piece: Option<&Piece>| match piece {
        Some(Piece::Text(text)) => text.as_str().to_owned(),
        _ => "x".to_owned(),
    };
    let (first, last) = (text(template.0.first()), text(template.0.last()));
    if template.0.iter().all(is_plain) && !first.starts_with(' ') && !last.ends_with(' ') {
        return Ok(());
    }
    Err(refused(argument, "must have visible ASCII characters, and no space at its ends"))
}

/// Whether a text may stand in a header.
pub(super) fn is_of_header(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn is_name(name: &str) -> bool {
    let fits = (1..=NAME_MAX_BYTES).contains(&name.len());
    fits && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Where there is no request yet.
pub(super) fn not_known(argument: &str) -> Error {
    refused(argument, "must have slots of vars and secrets only")
}

pub(super) fn refused(argument: &str, what: &str) -> Error {
    Error::of_argument(ErrorKind::InvalidArgument, argument, what)
}
