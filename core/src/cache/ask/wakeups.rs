//! What falls due without a caller: refreshes of the keys that are kept warm, and the ends of fetches
//! that are overdue.

use std::sync::Arc;

use super::ticket::Ticket;
use crate::cache::store::{Entry, Inner, Requester};
use crate::clock::Now;

impl Inner {
    /// When there is something to do next, in nanoseconds since boot.
    pub(crate) fn next_wakeup(&self, who: &Requester, now: Now) -> Option<u64> {
        let overdue = self.fetches.next_overdue().map(|at| at.max(now.boot_nanos()));
        overdue.into_iter().chain(self.next_warm(who, now)).min()
    }

    /// When a key that is kept warm for a user falls due next, in nanoseconds since boot; none if none
    /// is kept warm.
    pub(crate) fn next_warm(&self, who: &Requester, now: Now) -> Option<u64> {
        let next = self.next_due(who.id, now)?.max(now.boot_nanos());
        Some(self.block(who, now).map_or(next, |block| next.max(block.until)))
    }

    /// Ends the fetches that are overdue; returns the tickets of the keys that are kept warm for a
    /// user and are due.
    pub(crate) fn poll(self: &Arc<Self>, who: &Requester, now: Now) -> Vec<Ticket> {
        self.time_out_overdue(now);
        self.poll_warm(who, now)
    }

    /// The tickets of the keys that are kept warm for a user and are due.
    pub(crate) fn poll_warm(self: &Arc<Self>, who: &Requester, now: Now) -> Vec<Ticket> {
        if self.block(who, now).is_some_and(|block| block.until > now.boot_nanos()) {
            // None may be fetched, however many are due.
            return Vec::new();
        }
        let due = self.due(who.id, now);
        due.iter().filter_map(|entry| self.fetch_warm(who, entry, now)).collect()
    }

    fn fetch_warm(
        self: &Arc<Self>,
        who: &Requester,
        entry: &Arc<Entry>,
        now: Now,
    ) -> Option<Ticket> {
        let ticket = self.fetch_if_due(who, entry, now);
        if ticket.is_none() {
            self.is_not_due(entry, now);
        }
        ticket
    }
}
