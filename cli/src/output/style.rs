//! Colours, where a terminal shows them.

use std::env;
use std::io::IsTerminal;

/// Whether a stream shows colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    has_colours: bool,
}

/// What a line of a report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Good,
    Bad,
    Warning,
    Unknown,
}

impl Style {
    /// `NO_COLOR` is stronger than `CLICOLOR_FORCE`, and both than what the stream is.
    pub(crate) fn of(stream: &impl IsTerminal) -> Self {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let is_forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let is_dumb = set("TERM").is_none_or(|term| term == "dumb");
        let has_colours = match set("NO_COLOR") {
            Some(_) => false,
            None => is_forced || (stream.is_terminal() && !is_dumb),
        };
        Self { has_colours }
    }

    pub(crate) fn mark(self, mark: Mark) -> String {
        let (sign, colour) = match mark {
            Mark::Good => ("✓", 32),
            Mark::Bad => ("✗", 31),
            Mark::Warning => ("!", 33),
            Mark::Unknown => ("–", 2),
        };
        if self.has_colours { format!("\x1b[{colour}m{sign}\x1b[0m") } else { sign.to_owned() }
    }
}
