//! A connection on which a server is tried, one question at a time.

use std::sync::Arc;
use std::time::Duration;

use super::command::{Command, packed};
use super::job::Redirect;
use super::line::{Broken, Line};
use super::reply::Reply;
use super::scripts::Script;
use super::server::{At, Server};
use super::words::{of_error, of_failure};
use crate::clock::Clock;
use crate::net::{Failure, Tls};
use crate::thread::boot_nanos;

/// How long all questions together may take.
const ALL: Duration = Duration::from_secs(30);

/// An open connection, and to whom.
pub(super) struct Probe {
    pub(super) server: Arc<Server>,
    line: Line,
    has_followed: bool,
}

/// What one look at the server's clock showed.
pub(super) struct Look {
    /// How long the answer took, in nanoseconds.
    pub(super) took: u64,
    /// How far the server's clock is ahead of this machine's, in milliseconds.
    pub(super) ahead_ms: i64,
}

impl Probe {
    pub(super) fn connect(server: &Arc<Server>) -> Result<Self, Failure> {
        let tls = match &server.at {
            At::Network { roots: Some(roots), .. } => Some(Tls::new(roots)),
            _ => None,
        };
        let mut line = Line::connect(server, tls.as_ref())?;
        line.may_take(ALL);
        Ok(Self { server: Arc::clone(server), line, has_followed: false })
    }

    pub(super) fn log_in(&mut self) -> Result<(), Broken> {
        self.line.log_in(&self.server)
    }

    /// Asks, and asks whoever has the key if that is another server of the cluster; once.
    pub(super) fn ask(&mut self, parts: &[&[u8]]) -> Result<Reply, Broken> {
        let question = packed(parts);
        let reply = self.line.reply(&question)?;
        let Reply::Error(text) = &reply else { return Ok(reply) };
        match Redirect::read(text) {
            Some(to) if self.server.is_of_cluster && !self.has_followed => {
                self.follow(&to)?;
                self.line.reply(&question)
            }
            _ => Ok(reply),
        }
    }

    fn follow(&mut self, to: &Redirect) -> Result<(), Broken> {
        let server = self.server.of_cluster(&to.address).map_err(Broken::unsupported)?;
        let probe = Self::connect(&Arc::new(server));
        *self = probe.map_err(|failure| Broken::new(of_failure(&failure)))?;
        self.has_followed = true;
        self.log_in()
    }

    /// Sees whether scripts can read a clock that can be one.
    pub(super) fn look_at_clock(&mut self) -> Result<(), Broken> {
        self.line.look_at_clock(&self.server)
    }

    /// Looks at the clock once more; none if it does not go on as a clock does.
    pub(super) fn look_again(&mut self) -> Result<Option<Look>, Broken> {
        let command = Command::new(Script::Time, vec![], vec![]);
        let wall = Clock::system().now().wall();
        let asked = boot_nanos();
        let reply = self.line.reply(&command.by_digest(&self.server.scripts))?;
        let answered = boot_nanos();
        if let Reply::Error(text) = &reply {
            return Err(Broken::new(of_error(text).0));
        }
        let Ok((shown, _)) = self.line.time(reply, asked, answered) else { return Ok(None) };
        let took = answered.saturating_sub(asked);
        let local = wall.as_millis() + u128::from(took / 2_000_000);
        let ahead_ms = i128::from(shown / 1_000_000) - i128::try_from(local).unwrap_or(i128::MAX);
        Ok(Some(Look { took, ahead_ms: i64::try_from(ahead_ms).unwrap_or(i64::MAX) }))
    }
}
