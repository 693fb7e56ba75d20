//! What falls due without a caller: refreshes of the keys that are kept warm, and the ends of fetches
//! that are overdue.

use std::sync::Arc;

use super::ticket::Ticket;
use crate::cache::store::{Entry, Inner, Requester};
use crate::clock::Now;

impl Inner {
    /// When there is something to do next, in nanoseconds since boot.
    pub(crate) fn next_wakeup(&self, who: &Requester, now: Now) -> Option<u64> {
        let time = now.boot_nanos();
        let warm = self.warm.of(who.id, now);
        let dues = warm.iter().filter_map(|entry| self.due_at(who, entry, now)).min();
        self.fetches.next_overdue().into_iter().chain(dues).map(|at| at.max(time)).min()
    }

    /// Ends the fetches that are overdue; returns the tickets of the keys that are kept warm for a
    /// user and are due.
    pub(crate) fn poll(self: &Arc<Self>, who: &Requester, now: Now) -> Vec<Ticket> {
        self.time_out_overdue(now);
        let warm = self.warm.of(who.id, now);
        warm.iter().filter_map(|entry| self.fetch_if_due(who, entry, now)).collect()
    }

    /// When an entry that is kept warm falls due; none while its fetch is in flight.
    fn due_at(&self, who: &Requester, entry: &Entry, now: Now) -> Option<u64> {
        let state = entry.state();
        if state.live_fetch(now).is_some() {
            return None;
        }
        // One nanosecond after the soft point, and not a moment later once that has passed.
        let age = state
            .value
            .as_ref()
            .map_or(0, |value| (value.remaining(now) + 1).saturating_sub(value.soft));
        let due = now.boot_nanos().saturating_add(age).max(state.past.next);
        Some(self.block(who, now).map_or(due, |block| due.max(block.until)))
    }
}
