//! How far a long run is, for those who watch.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use super::messages::Messages;
use crate::args::Level;

const STEP: u64 = 1 << 16;
const PAUSE: Duration = Duration::from_millis(200);

/// A line on a terminal that is written anew, while stdout goes elsewhere.
pub(crate) struct Progress {
    is_watched: bool,
    said: Instant,
    has_said: bool,
}

impl Progress {
    pub(crate) fn new(messages: Messages) -> Self {
        let is_watched = messages.shows(Level::Info)
            && io::stderr().is_terminal()
            && !io::stdout().is_terminal();
        Self { is_watched, said: Instant::now(), has_said: false }
    }

    pub(crate) fn at(&mut self, tokens: u64) {
        if self.is_watched && tokens.is_multiple_of(STEP) && self.said.elapsed() >= PAUSE {
            let _ = io::stderr().write_all(format!("\r{tokens} tokens").as_bytes());
            self.said = Instant::now();
            self.has_said = true;
        }
    }
}

/// What is said next begins a line.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.has_said {
            let _ = io::stderr().write_all(b"\r\x1b[K");
        }
    }
}
