//! A forked child: runs a function, and tells by its status how that ended.

#![allow(unsafe_code, reason = "fork, _exit, alarm and waitpid have no safe interface")]

use std::io::{Read as _, Write as _, pipe};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A child that takes longer is ended by a signal.
const SECONDS: u32 = 20;

/// A child process; its end is waited for by [`Child::said`].
#[must_use]
pub(crate) struct Child {
    pid: libc::pid_t,
    answer: std::io::PipeReader,
}

/// Forks; the child runs a function and says what it returns.
pub(crate) fn fork(run: impl FnOnce() -> String) -> Child {
    let (answer, mut say) = pipe().unwrap();
    // SAFETY: the child goes on with one thread among locks of threads that are gone. What it then
    // does is the subject of these tests; an alarm ends it if it hangs, and it leaves by _exit, so
    // that no destructor of its parent's runs.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork: {}", std::io::Error::last_os_error());
    if pid > 0 {
        drop(say);
        return Child { pid, answer };
    }
    // SAFETY: alarm takes a number and cannot fail; its signal ends the process by default.
    unsafe { libc::alarm(SECONDS) };
    let said = catch_unwind(AssertUnwindSafe(run));
    let status = match said {
        Ok(text) if say.write_all(text.as_bytes()).is_ok() => 0,
        _ => 1,
    };
    drop(say);
    // SAFETY: _exit ends the process at once and does not return.
    unsafe { libc::_exit(status) }
}

impl Child {
    /// What the child said, once it has ended well.
    pub(crate) fn said(mut self) -> String {
        let mut text = String::new();
        self.answer.read_to_string(&mut text).unwrap();
        let mut status = 0;
        // SAFETY: the pid is that of a child of this process that was not waited for before, and
        // `status` is valid for writing.
        let waited = unsafe { libc::waitpid(self.pid, &raw mut status, 0) };
        assert_eq!(waited, self.pid);
        assert!(libc::WIFEXITED(status), "a child hung: signal {}", libc::WTERMSIG(status));
        assert_eq!(libc::WEXITSTATUS(status), 0, "a child failed");
        text
    }
}
