//! Whom tokens are for: one, so many, or one for each line.

use super::lines::{Line, Lines};
use crate::args::{BulkArgs, TokenArgs};
use crate::exit::Failure;

/// Where `--identity` counts.
const NUMBER: &str = "{n}";

pub(super) enum Identities<'a> {
    One(&'a str),
    Count(Count<'a>),
    Lines(Lines),
}

/// Identities that differ in their number, if at all.
pub(super) struct Count<'a> {
    pattern: &'a str,
    next: u64,
    left: u64,
    made: String,
}

impl<'a> Identities<'a> {
    pub(super) fn of(args: &'a TokenArgs) -> Result<Self, Failure> {
        let bulk = &args.bulk;
        match (&bulk.identities, bulk.count, args.identity.as_deref()) {
            (Some(path), ..) => {
                let is_stdin = path.as_os_str() == "-";
                if is_stdin && args.credentials.secret_stdin {
                    let line =
                        "--identities - and --secret-stdin both read stdin: use --secret-file";
                    return Err(Failure::usage(line));
                }
                let lines = if is_stdin { Lines::of_stdin() } else { Lines::of_file(path) };
                Ok(Self::Lines(lines?.from(bulk.from_line)))
            }
            (None, Some(count), Some(pattern)) => {
                if count > 1 && !args.unique && !pattern.contains(NUMBER) {
                    let line = "--count: all tokens would be the same; put {n} into --identity, or add --unique";
                    return Err(Failure::usage(line));
                }
                Ok(Self::Count(Count::new(pattern, bulk.from_line, count)))
            }
            (.., identity) => {
                refuse_bulk(bulk)?;
                Ok(Self::One(identity.unwrap_or_default()))
            }
        }
    }

    /// What a place in the input is called.
    pub(super) fn place(&self) -> &'static str {
        if matches!(self, Self::Lines(_)) { "line" } else { "number" }
    }

    /// The next one with its line or number; none at the end, or after Ctrl-C. `before_wait` runs before it waits for
    /// input.
    pub(super) fn next(
        &mut self,
        before_wait: impl FnMut() -> Result<(), Failure>,
    ) -> Result<Option<Line<'_>>, Failure> {
        match self {
            // It needs no loop.
            Self::One(_) => Ok(None),
            Self::Count(count) => Ok(count.next()),
            Self::Lines(lines) => lines.next(before_wait),
        }
    }
}

/// What means something for many tokens only.
fn refuse_bulk(bulk: &BulkArgs) -> Result<(), Failure> {
    if bulk.skip_bad {
        return Err(Failure::usage("--skip-bad: has no effect without --identities"));
    }
    if bulk.from_line != 1 {
        return Err(Failure::usage("--from-line: has no effect without --identities or --count"));
    }
    Ok(())
}

impl<'a> Count<'a> {
    fn new(pattern: &'a str, first: u64, count: u64) -> Self {
        let left = count.saturating_sub(first - 1);
        Self { pattern, next: first, left, made: String::new() }
    }

    fn next(&mut self) -> Option<Line<'_>> {
        self.left = self.left.checked_sub(1)?;
        let number = self.next;
        self.next = number.saturating_add(1);
        self.made = self.pattern.replace(NUMBER, &number.to_string());
        Some(Line { number, identity: Ok(&self.made) })
    }
}
