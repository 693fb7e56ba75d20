//! One of the processes, as the one sees it that has started it.

use std::io::{Read as _, Write as _, stdin};
use std::process::{Child, Command, Stdio, exit};
use std::thread;

use super::Failure;

/// By this first argument a process knows that it is one of them.
pub(super) const MEMBER: &str = "--member";

/// Ends with this, and if this process ends.
pub(super) struct Member(Child);

impl Member {
    /// Starts one that does what those of a run do. It yields to the server, which else has a machine of its own.
    pub(super) fn start(run: &str, arguments: &[String]) -> Result<Self, Failure> {
        let mut command = Command::new("nice");
        command.args(["-n", "10"]).arg(std::env::current_exe()?);
        command.args(["server", MEMBER, run]).args(arguments);
        Ok(Self(command.stdin(Stdio::piped()).spawn()?))
    }

    /// Has it begin.
    pub(super) fn go(&mut self) -> Result<(), Failure> {
        let input = self.0.stdin.as_mut().ok_or("a process has an input")?;
        Ok(input.write_all(b"!")?)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// In a process that was started: waits until it is to begin. From then on it ends when its input does.
pub(super) fn wait() -> Result<(), Failure> {
    stdin().read_exact(&mut [0])?;
    thread::spawn(|| {
        let _ = stdin().read_to_end(&mut Vec::new());
        exit(0);
    });
    Ok(())
}
