//! Ends a server whose test was killed.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A shell that waits for a line. If its input ends without one, the test is gone, and the server is to go, too. What Ctrl-C
/// ends is the test.
#[derive(Debug)]
pub(crate) struct Guard {
    shell: Child,
    input: ChildStdin,
}

impl Guard {
    /// Watches over a process and its folder.
    pub(crate) fn over(process: u32, folder: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"trap '' INT HUP; read -r _ || { kill -9 "$0"; rm -rf "$1"; }"#]);
        shell.arg(process.to_string()).arg(folder);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut shell = shell.spawn().expect("a shell");
        let input = shell.stdin.take().expect("its input");
        Self { shell, input }
    }

    /// The server is stopped by who started it.
    pub(crate) fn dismiss(mut self) {
        let _ = self.input.write_all(b"\n");
        drop(self.input);
        let _ = self.shell.wait();
    }
}
