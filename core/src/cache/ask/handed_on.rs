//! A ticket that is handed on to an event loop or a thread of the host, which may stall: its request counts as sent
//! when that starts it.

use std::time::Duration;

use super::ticket::{Start, Ticket};
use crate::cache::decide::not_sent_in_time;
use crate::fork::Reborn as _;

impl Ticket {
    /// The ticket, whose turn has come, is handed on to who starts it. Returns how long it may wait for that: callers
    /// with a good grant do not.
    pub(crate) fn hand_on(&mut self) -> Duration {
        let (now, timeout) = (self.inner.clock.now(), self.fetch_timeout());
        self.inner.handed_on(&self.fetch, now.boot_nanos().saturating_add(timeout));
        Duration::from_nanos(timeout)
    }

    /// Starts a ticket that was handed on, and says how long the request has. None if that may not be sent now, or
    /// would be of no use: then the fetch has ended.
    pub(crate) fn start_now(&mut self) -> Option<Duration> {
        if self.is_of_no_use() {
            // Its waiters begin again.
            if let Some(inner) = self.end() {
                inner.dropped(&self.ended());
            }
            return None;
        }
        match self.start() {
            Start::Go(timeout) => Some(timeout),
            Start::Later(after) => {
                // A 429 came after its turn had. A caller that comes now is told the same.
                let now = self.inner.clock.now();
                let block = self.entry.realm.limiter.block(now);
                let error = block.map(|block| block.refusal(now));
                self.refused(error.unwrap_or_else(|| not_sent_in_time(after)));
                None
            }
            Start::Refused(_) | Start::Served => None,
        }
    }

    /// Whether what it would bring is not stored, since its key was invalidated before the request was sent.
    fn is_of_no_use(&self) -> bool {
        let is_awaited = self.entry.state().awaits(&self.fetch);
        // What is overdue is not awaited either. Looked at after that, as time passes before anybody acts on it.
        let is_overdue = self.fetch.is_overdue(self.inner.clock.now());
        self.sent.is_none() && !self.inner.is_foreign() && !is_awaited && !is_overdue
    }
}
