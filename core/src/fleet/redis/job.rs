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
    /// Where it goes if another server should have it; once.
    follows: Option<Follows>,
    has_followed: AtomicBool,
    /// The server that it was redirected to is to answer though it does not have these keys for good.
    pub(super) is_asking: AtomicBool,
    pub(super) done: Completion<Done>,
}

/// Sends a command where a server has said.
pub(super) type Follows = Arc<dyn Fn(&Arc<Job>, &Redirect) -> Result<(), Trouble> + Send + Sync>;

/// Who has the key of a command instead, as the server said that was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Redirect {
    pub(super) is_for_good: bool,
    /// The part of the keys that it is about.
    pub(super) part: u16,
    /// Host and port.
    pub(super) address: String,
}

impl Redirect {
    /// Reads the error that says so.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let is_for_good = match words.next()? {
            "MOVED" => true,
            "ASK" => false,
            _ => return None,
        };
        let part = words.next()?.parse().ok()?;
        let address = words.next().filter(|address| address.len() <= 300)?.to_owned();
        Some(Self { is_for_good, part, address })
    }
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
    pub(super) fn new(
        command: Command,
        asked: u64,
        until: u64,
        follows: Option<Follows>,
    ) -> Arc<Self> {
        let [has_gone_twice, has_followed, is_asking] = [false; 3].map(AtomicBool::new);
        let done = Completion::default();
        Arc::new(Self {
            command,
            asked,
            until,
            has_gone_twice,
            follows,
            has_followed,
            is_asking,
            done,
        })
    }

    /// Sends it where a server has said, if that is a way that it goes; what is wrong if not.
    pub(super) fn follow(self: &Arc<Self>, to: &Redirect) -> Option<Result<(), Trouble>> {
        let follows = self.follows.as_ref()?;
        if self.has_followed.swap(true, Ordering::Relaxed) {
            return None;
        }
        self.is_asking.store(!to.is_for_good, Ordering::Relaxed);
        Some(follows(self, to))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_who_has_a_key() {
        let read = |text| Redirect::read(text).map(|to| (to.is_for_good, to.part, to.address));
        assert_eq!(read("MOVED 3999 127.0.0.1:6381"), Some((true, 3999, "127.0.0.1:6381".into())));
        assert_eq!(read("ASK 16383 ::1:6381"), Some((false, 16383, "::1:6381".into())));
        for text in ["", "MOVED", "MOVED x 127.0.0.1:1", "MOVED 1", "ERR MOVED 1 127.0.0.1:1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
