//! Text with slots: `{name}` stands for a value, `{{` and `}}` for the braces themselves.

use crate::error::{Error, ErrorKind, Result};
use crate::wiped::WipedString;

/// What stands in a text, before its slots have values.
pub(super) enum Part {
    Text(WipedString),
    /// A slot, and whether it is `{name:int}`.
    Slot(String, bool),
}

/// What a slot stands for that has its value only when a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Late {
    Key,
    Ttl,
    Now,
    NowMs,
}

impl Late {
    pub(super) const ALL: [Self; 4] = [Self::Key, Self::Ttl, Self::Now, Self::NowMs];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|late| late.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Ttl => "ttl",
            Self::Now => "now",
            Self::NowMs => "now_ms",
        }
    }
}

/// A text whose slots that have their values are filled in.
pub(super) struct Template(pub(super) Vec<Piece>);

/// Texts by their names.
pub(super) type Fields = Vec<(String, Template)>;

pub(super) enum Piece {
    Text(WipedString),
    Late(Late),
}

/// What the late slots stand for in one request.
pub(super) struct Values<'a> {
    pub(super) key: &'a str,
    pub(super) ttl: String,
    pub(super) now: String,
    pub(super) now_ms: String,
}

impl Template {
    /// The text, with what becomes of each late value before it is put in.
    pub(super) fn filled_by(
        &self,
        values: &Values<'_>,
        push: impl Fn(&mut WipedString, &str),
    ) -> WipedString {
        let mut text = WipedString::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Late(late) => push(&mut text, values.of(*late)),
            }
        }
        text
    }

    pub(super) fn filled(&self, values: &Values<'_>) -> WipedString {
        self.filled_by(values, WipedString::push_str)
    }

    pub(super) fn has(&self, late: Late) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Late(other) if *other == late))
    }
}

impl Values<'_> {
    /// None is known yet.
    pub(super) fn none() -> Self {
        Self { key: "", ttl: String::new(), now: String::new(), now_ms: String::new() }
    }

    pub(super) fn of(&self, late: Late) -> &str {
        match late {
            Late::Key => self.key,
            Late::Ttl => &self.ttl,
            Late::Now => &self.now,
            Late::NowMs => &self.now_ms,
        }
    }
}

/// The parts of a text that an argument holds. What is wrong with it is said without a word of it.
pub(super) fn parts(argument: &str, text: &str) -> Result<Vec<Part>> {
    let lonely = || {
        let what = "has a brace without its other half: write {{ and }} for braces";
        Error::of_argument(ErrorKind::InvalidArgument, argument, what)
    };
    let (mut parts, mut plain, mut rest) = (Vec::new(), WipedString::new(), text);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, behind) = rest.split_at(at);
        plain.push_str(before);
        let brace = &behind[..1];
        if behind[1..].starts_with(brace) {
            plain.push_str(brace);
            rest = &behind[2..];
            continue;
        }
        let (slot, after) =
            behind.strip_prefix('{').ok_or_else(lonely)?.split_once('}').ok_or_else(lonely)?;
        if !plain.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut plain)));
        }
        let (name, is_number) =
            slot.strip_suffix(":int").map_or((slot, false), |name| (name, true));
        parts.push(Part::Slot(name.to_owned(), is_number));
        rest = after;
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<Vec<String>> {
        let show = |part: &Part| match part {
            Part::Text(text) => text.as_str().to_owned(),
            Part::Slot(name, is_number) => format!("<{name}{}>", if *is_number { "#" } else { "" }),
        };
        parts("url", text).map(|parts| parts.iter().map(show).collect())
    }

    #[test]
    fn slots_and_braces_are_told_apart() {
        for (text, expected) in [
            ("", &[] as &[&str]),
            ("plain", &["plain"]),
            ("{a}", &["<a>"]),
            ("x{a}{b:int}y", &["x", "<a>", "<b#>", "y"]),
            ("{{a}}", &["{a}"]),
            ("{{{a}}}", &["{", "<a>", "}"]),
        ] {
            assert_eq!(shown(text).unwrap(), expected, "{text}");
        }
        for text in ["{", "}", "a}", "{a", "{a}}", "}}}"] {
            let error = shown(text).unwrap_err();
            assert_eq!((error.kind().number(), error.argument()), (100, Some("url")), "{text}");
        }
    }
}
