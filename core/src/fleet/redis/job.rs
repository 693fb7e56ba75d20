//! What a server is asked: one command on its way, and its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::command::Command;
use super::reply::Reply;
use crate::completion::Completion;
use crate::fleet::store::Trouble;

/// A command, and whoever waits for what comes of it.
pub(super) struct Job {
    pub(super) command: Command,
    /// When it was asked, and until when the answer is waited for, in nanoseconds since boot.
    pub(super) asked: u64,
    pub(super) until: u64,
    has_gone_twice: AtomicBool,
    pub(super) done: Completion<Done>,
}

/// What came of a command.
pub(super) type Done = Arc<Result<Said, Trouble>>;

/// What the server said.
pub(super) struct Said {
    /// In nanoseconds, by its clock.
    pub(super) time: u64,
    /// When it was read, in nanoseconds since boot.
    pub(super) answered: u64,
    pub(super) rest: Vec<Reply>,
}

impl Job {
    pub(super) fn new(command: Command, asked: u64, until: u64) -> Arc<Self> {
        let (has_gone_twice, done) = (AtomicBool::new(false), Completion::default());
        Arc::new(Self { command, asked, until, has_gone_twice, done })
    }

    pub(super) fn is_over(&self, time: u64) -> bool {
        self.until <= time
    }

    /// Whether it may go once more, after its connection broke. All commands can be sent twice.
    pub(super) fn goes_again(&self, time: u64) -> bool {
        !self.is_over(time) && !self.has_gone_twice.swap(true, Ordering::Relaxed)
    }

    pub(super) fn end(&self, result: Result<Said, Trouble>) {
        self.done.complete(Arc::new(result));
    }
}
