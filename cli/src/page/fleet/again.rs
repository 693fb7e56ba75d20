//! How this program is started once more: the way it was started itself, with another command.
//!
//! The program may be Python or Node.js, which run grantmint as a script or a module, so that the file that the process
//! was made from does not say it. The command line of the process does.

use std::ffi::OsString;
use std::process::Command;

/// The command that this process was started with.
const PAGE: &str = "page";
/// That of a process of the fleet view. It is in no help and no completion: only the page gives it.
const MEMBER: &str = "fleet-member";

/// Whether a command line is that of a member.
pub(crate) fn is_member(args: &[OsString]) -> bool {
    matches!(args, [_, command] if command == MEMBER)
}

/// The words of a command line that starts a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Again(Vec<OsString>);

impl Again {
    /// None if this process was not started by a command line with `page` in it, as when a program calls the command
    /// line as a function.
    pub(super) fn find() -> Option<Self> {
        Self::of(command_line())
    }

    fn of(words: Vec<OsString>) -> Option<Self> {
        let page = words.iter().skip(1).position(|word| word == PAGE)? + 1;
        let mut words = words;
        words.truncate(page);
        words.push(MEMBER.into());
        Some(Self(words))
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.0[0]);
        command.args(&self.0[1..]);
        command
    }
}

#[cfg(target_os = "linux")]
fn command_line() -> Vec<OsString> {
    use std::os::unix::ffi::OsStringExt as _;

    let bytes = std::fs::read("/proc/self/cmdline").unwrap_or_default();
    let words = bytes.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    words.map(|word| OsString::from_vec(word.to_vec())).collect()
}

/// Fleets work on Linux only.
#[cfg(not(target_os = "linux"))]
fn command_line() -> Vec<OsString> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(line: &str) -> Option<String> {
        let found = Again::of(line.split(' ').map(OsString::from).collect())?;
        Some(found.0.join(" ".as_ref()).into_string().unwrap())
    }

    #[test]
    fn everything_before_the_command_is_kept() {
        for (line, expected) in [
            ("grantmint page --demo", "grantmint fleet-member"),
            (
                "/venv/bin/python3 /venv/bin/grantmint page",
                "/venv/bin/python3 /venv/bin/grantmint fleet-member",
            ),
            ("python -I -m grantmint page --no-open", "python -I -m grantmint fleet-member"),
            ("node /app/bin/grantmint.cjs page page", "node /app/bin/grantmint.cjs fleet-member"),
        ] {
            assert_eq!(again(line).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_process_that_was_started_otherwise_is_not_started_again() {
        for line in ["python script.py", "page", "", "gunicorn app:app"] {
            assert_eq!(again(line), None, "{line}");
        }
    }
}
