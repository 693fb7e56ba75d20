//! A test helper: a ticket is handed on as by a source that does so, in steps that a test's scheduler sees.

use std::task::{Context, Waker};
use std::time::Duration;

use super::ticket::Ticket;

impl Ticket {
    /// Hands the ticket on, whose turn has come; returns whether it had.
    #[doc(hidden)]
    pub fn hand_on_in_turn(&mut self) -> bool {
        let has_come = self.poll_turn(&mut Context::from_waker(Waker::noop())).is_ready();
        has_come && !self.hand_on().is_zero()
    }

    /// Starts a ticket that was handed on.
    #[doc(hidden)]
    pub fn start_handed_on(&mut self) -> Option<Duration> {
        self.start_now()
    }
}
