//! The fetches that one caller waits for, one after the other: a fetch that was dropped is begun
//! again, twice at most and within the caller's time.

use super::beginner::Beginner;
use super::options::{BeginOptions, DEFAULT_TIMEOUT};
use crate::clock::Now;
use crate::error::{Error, ErrorKind};

/// A dropped fetch is begun again this many times for one caller.
const BEGIN_AGAIN: u32 = 2;

/// What one caller has left: of its time, and of the fetches that it begins again.
#[derive(Clone, Copy)]
pub(crate) struct Rounds {
    options: BeginOptions,
    start: Now,
    dropped: u32,
}

impl Rounds {
    pub(crate) fn new(from: &impl Beginner, options: BeginOptions) -> Self {
        Self { options, start: from.clock().now(), dropped: 0 }
    }

    /// Whether the caller polls again by itself.
    pub(crate) fn looks_again(&self) -> bool {
        self.options.looks_again
    }

    /// What the caller asked for, with the time that is left of it.
    pub(crate) fn options(&self, from: &impl Beginner) -> BeginOptions {
        let spent = from.clock().now().boot().saturating_sub(self.start.boot());
        let timeout = self.options.timeout.unwrap_or(DEFAULT_TIMEOUT).saturating_sub(spent);
        BeginOptions { timeout: Some(timeout), ..self.options }
    }

    /// Whether a caller who is told this begins again. After a refusal of another's credential always:
    /// each is refused once, and then held back.
    pub(crate) fn goes_on_after(&mut self, told: &Error) -> bool {
        told.is_of_another() || self.goes_on(told.kind())
    }

    /// The same for a caller whose fetches are all made with its own credential.
    pub(crate) fn goes_on(&mut self, told: ErrorKind) -> bool {
        let again = told == ErrorKind::Abandoned && self.dropped < BEGIN_AGAIN;
        self.dropped += u32::from(again);
        again
    }
}
