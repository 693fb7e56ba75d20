//! Processes that go one way, and their upstream.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use grantmint_core::{Error, ErrorKind};
use grantmint_emulator::{Config, Emulator};

use super::{Failure, PROCESSES, Show, WORKER};
use crate::ORIGIN;
use crate::crowd::Crowd;
use crate::report::Report;

pub(super) struct Way {
    name: &'static str,
    stage: Arc<Stage>,
    /// Those that have not begun.
    workers: Vec<Worker>,
    /// Each hears what the viewers of one process are told.
    hearing: Vec<JoinHandle<Crowd>>,
}

/// Where viewers are let in.
struct Stage {
    emulator: Emulator,
    let_in: AtomicUsize,
}

/// One process. It ends when its input does.
struct Worker {
    child: Child,
    input: ChildStdin,
}

impl Way {
    /// Starts the processes: each is told about the show, and what else it has to know.
    pub(super) fn start(
        name: &'static str,
        show: &Show,
        tell: impl Fn(usize) -> Vec<String>,
    ) -> Result<Self, Failure> {
        let emulator = Emulator::start(Config::default())?;
        let start = |process: usize| {
            let mut command = Command::new(std::env::current_exe()?);
            command.args([WORKER, emulator.base_url()]);
            command.args([show.streams.to_string(), show.seconds.to_string(), process.to_string()]);
            Worker::start(command.args(tell(process)))
        };
        let workers = (0..PROCESSES).map(start).collect::<Result<_, _>>()?;
        let stage = Arc::new(Stage { emulator, let_in: AtomicUsize::new(0) });
        Ok(Self { name, stage, workers, hearing: Vec::new() })
    }

    /// Has viewers come.
    pub(super) fn begin(&mut self) -> Result<(), Failure> {
        for worker in &mut self.workers {
            worker.input.write_all(b"go\n")?;
        }
        for worker in self.workers.drain(..) {
            let stage = Arc::clone(&self.stage);
            self.hearing.push(thread::spawn(move || worker.hear(&stage)));
        }
        Ok(())
    }

    pub(super) fn progress(&self) -> String {
        let calls = self.stage.emulator.counters().requests;
        let let_in = self.stage.let_in.load(Ordering::Relaxed);
        format!("{}: {let_in} let in with {calls} calls", self.name)
    }

    /// Waits for the last viewers.
    pub(super) fn end(self, show: &Show) -> Report {
        let mut crowd = Crowd::default();
        for process in self.hearing {
            crowd.take(process.join().expect("nobody panics who hears a process"));
        }
        crowd.waits.sort_unstable();
        crowd.elapsed = Duration::from_secs(show.seconds);
        let let_in = self.stage.let_in.load(Ordering::Relaxed);
        Report::new(self.name, crowd, let_in, &self.stage.emulator.counters())
    }
}

impl Worker {
    fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or("a process has an input")?;
        Ok(Self { child, input })
    }

    /// Shows the tokens of its viewers to the player until it has no more.
    fn hear(mut self, stage: &Stage) -> Crowd {
        let mut crowd = Crowd::default();
        let lines =
            self.child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines());
        for line in lines.map_while(Result::ok) {
            let Some((told, wait)) = line.split_once(' ') else { continue };
            crowd.waits.push(Duration::from_micros(wait.parse().unwrap_or(0)));
            if let Some(kind) = ErrorKind::from_code(told) {
                crowd.errors.push(Error::new(kind, "as a process says"));
                continue;
            }
            let is_let_in = stage.emulator.play(told, Some(ORIGIN)).is_ok();
            stage.let_in.fetch_add(is_let_in.into(), Ordering::Relaxed);
            crowd.tokens.push(told.to_owned());
        }
        crowd
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
