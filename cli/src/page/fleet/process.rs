//! A process of the fleet view, as its parent sees it.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use super::again::Again;
use super::member::{Doing, Orders, Report};

/// No member says more in its whole time.
const SAID_MAX_BYTES: u64 = 1024 * 1024 * 1024;

/// A child of this program, killed when it is dropped.
pub(super) struct Process {
    child: Child,
    /// When this is closed the child ends.
    _stdin: Option<ChildStdin>,
    heard: Arc<Mutex<Heard>>,
    is_killed: bool,
}

/// What was heard of a process.
#[derive(Clone, Default)]
pub(super) struct Heard {
    pub(super) report: Report,
    /// What it has been doing, and since when, as milliseconds of the view.
    pub(super) spells: Vec<Spell>,
    pub(super) ended_ms: Option<u64>,
}

/// Some time of doing one thing.
#[derive(Clone, Copy, serde::Serialize)]
pub(super) struct Spell {
    pub(super) doing: Doing,
    pub(super) from_ms: u64,
}

/// A process keeps the newest of them.
const SPELLS_MAX: usize = 120;

impl Process {
    /// Starts this program again as a member. `began` is when the view's time began.
    pub(super) fn start(again: &Again, orders: &Orders, began: Instant) -> io::Result<Self> {
        let mut child = again
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let heard = Arc::new(Mutex::new(Heard::default()));
        let mut process = Self { child, _stdin: None, heard, is_killed: false };
        let mut stdin = stdin.ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(stdin, "{}", serde_json::to_string(orders)?)?;
        process._stdin = Some(stdin);
        process.listen(stdout.ok_or(io::ErrorKind::BrokenPipe)?, began)?;
        Ok(process)
    }

    fn listen(&self, stdout: ChildStdout, began: Instant) -> io::Result<()> {
        let heard = Arc::clone(&self.heard);
        let listen = move || {
            for line in BufReader::new(stdout.take(SAID_MAX_BYTES)).lines().map_while(Result::ok) {
                let Ok(report) = serde_json::from_str(&line) else { break };
                heard.lock().unwrap_or_else(PoisonError::into_inner).add(report, millis(began));
            }
            heard.lock().unwrap_or_else(PoisonError::into_inner).ended_ms = Some(millis(began));
        };
        thread::Builder::new().name("fleet-member".to_owned()).spawn(listen).map(drop)
    }

    pub(super) fn heard(&self) -> Heard {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it fetches at this moment.
    pub(super) fn fetches(&self) -> bool {
        let heard = self.heard();
        self.is_alive() && heard.report.doing == Doing::Fetches
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.is_killed && self.heard().ended_ms.is_none()
    }

    pub(super) fn is_killed(&self) -> bool {
        self.is_killed
    }

    /// Ends it as `kill -9` does. It has not been waited for, so the number is still its own.
    pub(super) fn kill(&mut self) {
        self.is_killed = true;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Milliseconds since the view began.
pub(super) fn millis(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Heard {
    fn add(&mut self, report: Report, now_ms: u64) {
        if self.spells.last().is_none_or(|last| last.doing != report.doing) {
            if self.spells.len() == SPELLS_MAX {
                self.spells.remove(0);
            }
            self.spells.push(Spell { doing: report.doing, from_ms: now_ms });
        }
        self.report = report;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_are_kept_within_a_bound() {
        let mut heard = Heard::default();
        for round in 0..300 {
            let doing = if round % 2 == 0 { Doing::Serves } else { Doing::Waits };
            heard.add(Report { doing, ..Report::default() }, round);
            heard.add(Report { doing, ..Report::default() }, round);
        }
        assert_eq!(heard.spells.len(), SPELLS_MAX);
        assert_eq!(heard.spells.last().map(|spell| spell.from_ms), Some(299));
    }
}
