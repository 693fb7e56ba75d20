//! Many tokens in one run: in order, as fast as they are read, and in little memory.

use grantmint_core::ErrorKind;

use super::identities::Identities;
use super::mint::Mint;
use crate::exit::{Exit, Failure};
use crate::interrupt::{self, CtrlC};
use crate::output::{Messages, Progress, Results};

/// So many lines that are passed over are named.
const NAMED_MAX: u64 = 10;

pub(super) struct Bulk<'a> {
    pub(super) mint: &'a Mint,
    pub(super) results: Results,
    pub(super) messages: Messages,
    /// Goes on after a line that is no identity.
    pub(super) skips_bad: bool,
}

/// A line or number that no token came of.
struct Bad {
    number: u64,
    what: String,
    exit: Exit,
    /// It is the line's own fault.
    is_line: bool,
}

pub(super) fn run(mut bulk: Bulk<'_>, mut identities: Identities<'_>) -> Result<Exit, Failure> {
    let _ctrl_c = CtrlC::noted();
    let mut progress = Progress::new(bulk.messages);
    let (mut last, mut skipped) = (None, 0);
    let place = identities.place();
    while !interrupt::is_pressed() {
        match bulk.next(&mut identities)? {
            Ok(None) => break,
            Ok(Some(number)) => last = Some(number),
            Err(bad) if bad.is_line && bulk.skips_bad => {
                skipped += 1;
                if skipped <= NAMED_MAX {
                    bulk.messages.warn(format!("{place} {}: {}; skipped", bad.number, bad.what));
                }
                last = Some(bad.number);
            }
            Err(bad) => return Err(bulk.stopped(place, &bad)),
        }
        progress.at(bulk.results.written());
    }
    drop(progress);
    bulk.results.end()?;
    let written = bulk.results.written();
    if interrupt::is_pressed() {
        let next = last.map_or(1, |last: u64| last.saturating_add(1));
        let line = format!("Ctrl-C: {written} tokens written; --from-line {next} goes on");
        return Err(Failure::new(Exit::Interrupted, line));
    }
    if skipped > 0 {
        bulk.messages.warn(format!("tokens written: {written}, lines skipped: {skipped}"));
    }
    Ok(Exit::Good)
}

impl Bulk<'_> {
    /// Writes the next token, and says of which line or number it is.
    fn next(
        &mut self,
        identities: &mut Identities<'_>,
    ) -> Result<Result<Option<u64>, Bad>, Failure> {
        let Some(line) = identities.next(|| self.results.flush())? else { return Ok(Ok(None)) };
        let number = line.number;
        let identity = match line.identity {
            Ok(identity) => identity,
            Err(what) => {
                let what = format!("the identity {what}");
                return Ok(Err(Bad { number, what, exit: Exit::Failed, is_line: true }));
            }
        };
        match self.mint.mint(identity, |parts| self.results.token(identity, parts)) {
            Ok(written) => written.map(|()| Ok(Some(number))),
            Err(error) => {
                let is_line = error.kind() == ErrorKind::InvalidIdentity;
                let failure = Failure::from(if is_line {
                    error.with_argument("the identity")
                } else {
                    error
                });
                Ok(Err(Bad { number, what: failure.line, exit: failure.exit, is_line }))
            }
        }
    }

    /// What was written stays; what is to be done with the rest.
    fn stopped(mut self, place: &str, bad: &Bad) -> Failure {
        let written = self.results.written();
        if written > 0
            && let Err(failure) = self.results.end()
        {
            return failure;
        }
        let mend = if bad.is_line { "mend it, then " } else { "" };
        let Bad { number, what, .. } = bad;
        let line = format!(
            "{place} {number}: {what}. {written} tokens written; {mend}--from-line {number}"
        );
        Failure::new(bad.exit, line)
    }
}
