//! A report of several findings: a line each, and one outcome.

use std::io;

use crate::exit::{Exit, Failure};
use crate::output::{Mark, Stdout, Style};

/// What a check has found.
#[derive(Default)]
pub(crate) struct Report {
    lines: Vec<(Mark, &'static str, String)>,
    exit: Option<Exit>,
}

impl Report {
    pub(crate) fn good(&mut self, what: &'static str, how: impl Into<String>) {
        self.lines.push((Mark::Good, what, how.into()));
    }

    pub(crate) fn unknown(&mut self, what: &'static str, why: impl Into<String>) {
        self.lines.push((Mark::Unknown, what, why.into()));
    }

    pub(crate) fn warning(&mut self, what: &'static str, how: impl Into<String>) {
        self.lines.push((Mark::Warning, what, how.into()));
    }

    /// What is at fault. The first such line is what the exit code tells.
    pub(crate) fn bad(&mut self, what: &'static str, failure: Failure) {
        self.lines.push((Mark::Bad, what, failure.line));
        self.exit.get_or_insert(failure.exit);
    }

    /// Prints it, unless only the exit code is wanted.
    pub(crate) fn end(self, is_silent: bool) -> Result<Exit, Failure> {
        let style = Style::of(&io::stdout());
        let mut stdout = Stdout::open()?;
        for (mark, what, how) in self.lines.iter().filter(|_| !is_silent) {
            stdout.line([&*format!("{} {what:<8} {how}", style.mark(*mark))])?;
        }
        stdout.flush()?;
        Ok(self.exit.unwrap_or(Exit::Good))
    }
}
