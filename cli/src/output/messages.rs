//! What is said on stderr.

use std::io::{self, Write as _};

use crate::args::{Level, MessageArgs};

/// Messages for people, by how important they are. Nobody may read them, so that they never fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Messages {
    level: Level,
}

impl Messages {
    pub(crate) fn new(args: &MessageArgs) -> Self {
        Self { level: args.level() }
    }

    pub(crate) fn debug(self, line: impl AsRef<str>) {
        self.say(Level::Debug, "", line.as_ref());
    }

    pub(crate) fn info(self, line: impl AsRef<str>) {
        self.say(Level::Info, "", line.as_ref());
    }

    pub(crate) fn warn(self, line: impl AsRef<str>) {
        self.say(Level::Warn, "warning: ", line.as_ref());
    }

    pub(crate) fn error(self, line: impl AsRef<str>) {
        self.say(Level::Error, "", line.as_ref());
    }

    pub(crate) fn shows(self, level: Level) -> bool {
        level >= self.level
    }

    fn say(self, level: Level, kind: &str, line: &str) {
        if self.shows(level) {
            let _ = io::stderr().write_all(format!("grantmint: {kind}{line}\n").as_bytes());
        }
    }
}

/// Before the command line is read, everything that is wrong is said.
impl Default for Messages {
    fn default() -> Self {
        Self { level: Level::Info }
    }
}
