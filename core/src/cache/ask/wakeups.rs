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
        let warm = self.warm.of(who.id, now);
        let dues = warm.iter().map(|entry| self.due_at(who, entry, now));
        dues.map(|at| at.max(now.boot_nanos())).min()
    }

    /// Ends the fetches that are overdue; returns the tickets of the keys that are kept warm for a
    /// user and are due.
    pub(crate) fn poll(self: &Arc<Self>, who: &Requester, now: Now) -> Vec<Ticket> {
        self.time_out_overdue(now);
        self.poll_warm(who, now)
    }

    /// The tickets of the keys that are kept warm for a user and are due.
    pub(crate) fn poll_warm(self: &Arc<Self>, who: &Requester, now: Now) -> Vec<Ticket> {
        let warm = self.warm.of(who.id, now);
        warm.iter().filter_map(|entry| self.fetch_if_due(who, entry, now)).collect()
    }

    /// When an entry that is kept warm falls due; not before a fetch in flight is over.
    fn due_at(&self, who: &Requester, entry: &Entry, now: Now) -> u64 {
        let state = entry.state();
        if let Some(fetch) = state.live_fetch(now) {
            return fetch.overdue_at();
        }
        // One nanosecond after the soft point, and not a moment later once that has passed.
        let age = state
            .value
            .as_ref()
            .map_or(0, |value| (value.remaining(now) + 1).saturating_sub(value.soft));
        let due = now.boot_nanos().saturating_add(age).max(state.past.next);
        self.block(who, now).map_or(due, |block| due.max(block.until))
    }
}
