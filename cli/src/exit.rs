//! How a run ends: a number for scripts, a line for people.

use grantmint_core::Error;

/// What the program's exit code says. Scripts rest on these numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Good = 0,
    /// What was given is bad, or what was tried has failed.
    Failed = 1,
    /// The command line is not one of ours.
    Usage = 2,
    /// A token was read, but there was no key to verify it with.
    NotVerified = 3,
    /// The same command may succeed later.
    TryLater = 4,
    /// Ctrl-C.
    Interrupted = 130,
}

/// Why a run ends before it is done. The line never holds what the user gave: it may be a secret in
/// the wrong place.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Empty if there is nothing to say.
    pub(crate) line: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, line: impl Into<String>) -> Self {
        Self { exit, line: line.into() }
    }

    /// What was given is bad, or what was tried has failed.
    pub(crate) fn failed(line: impl Into<String>) -> Self {
        Self::new(Exit::Failed, line)
    }

    /// The command line is not one of ours.
    pub(crate) fn usage(line: impl Into<String>) -> Self {
        Self::new(Exit::Usage, line)
    }

    /// Whoever read stdout has seen enough, as in `| head -1`.
    pub(crate) fn reader_gone() -> Self {
        Self::new(Exit::Good, "")
    }
}

/// Errors of core say what to do and hold nothing of the user's.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if !error.is_retryable() {
            return Self::failed(error.message());
        }
        let line = match error.retry_after() {
            Some(time) => {
                format!("{}; try again in {} s", error.message(), time.as_secs_f64().ceil())
            }
            None => error.message().to_owned(),
        };
        Self::new(Exit::TryLater, line)
    }
}
