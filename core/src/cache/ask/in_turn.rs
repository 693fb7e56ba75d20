//! A ticket that is handed to a host program's own function only if that is needed: no other process of the fleet has
//! the grant, and none fetches it.

use std::time::Duration;

use super::ticket::{Start, Ticket};
use crate::clock::nanos;
use crate::thread::boot_nanos;

impl Ticket {
    /// Whether other processes are still to be asked.
    pub(crate) fn asks_others(&self) -> bool {
        self.claims_for.is_some()
    }

    /// Looks once, without waiting, whether another process has the grant. None if the fetch has ended.
    pub(crate) fn unless_served(mut self) -> Option<Self> {
        if !self.asks_others() {
            return Some(self);
        }
        match self.ask(None, false) {
            Start::Go(_) | Start::Later(_) => Some(self),
            Start::Refused(_) | Start::Served => None,
        }
    }

    /// Waits on this thread, at most for a time, until it is clear whether this process has to fetch, and hands the
    /// ticket to `fetch` then. Gives it back when the time is over first.
    pub(crate) fn hand_in_turn(mut self, time: Duration, fetch: &impl Fn(Self)) -> Option<Self> {
        let end = boot_nanos().saturating_add(nanos(time));
        loop {
            match self.ask(None, false) {
                Start::Go(_) => {
                    fetch(self);
                    return None;
                }
                Start::Refused(_) | Start::Served => return None,
                Start::Later(after) => {
                    let left = Duration::from_nanos(end.saturating_sub(boot_nanos()));
                    if left.is_zero() {
                        return Some(self);
                    }
                    std::thread::sleep(after.min(left));
                }
            }
        }
    }
}
