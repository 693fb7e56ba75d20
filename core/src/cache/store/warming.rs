//! What is asked of the entries that are kept warm.

use std::sync::{Arc, Weak};

use super::entry::{Entry, Retired};
use super::inner::Inner;
use crate::clock::Now;
use crate::watch::Watched;

impl Inner {
    /// Keeps an entry warm for an owner; a time that has passed ends it.
    pub(crate) fn keep_warm(
        &self,
        owner: u64,
        entry: &Arc<Entry>,
        until: u64,
        now: Now,
    ) -> Result<(), Retired> {
        entry.keep_warm(owner, until, now)
    }

    /// Tells by what an owner's are fetched.
    pub(crate) fn warmed_by(&self, owner: u64, watched: Weak<dyn Watched>) {
        self.shards.held().warm.warmed_by(owner, watched);
    }

    /// When the next of an owner's falls due, in nanoseconds since boot; none if none is kept warm.
    pub(crate) fn next_due(&self, owner: u64, now: Now) -> Option<u64> {
        self.end_warm(now);
        self.shards.held().warm.next(owner, now)
    }

    /// Those of an owner's that are due.
    pub(crate) fn due(&self, owner: u64, now: Now) -> Vec<Arc<Entry>> {
        self.end_warm(now);
        self.shards.held().warm.due(owner, now)
    }

    /// One that was due waits for something else first.
    pub(crate) fn is_not_due(&self, entry: &Entry, now: Now) {
        self.shards.held().warm.look_again(entry, now);
    }

    /// Keeps nothing warm any more for an owner.
    pub(crate) fn let_cool(&self, owner: u64) {
        for entry in self.shards.held().warm.let_cool(owner) {
            entry.let_cool();
        }
    }

    /// Ends what was to be kept warm until now.
    fn end_warm(&self, now: Now) {
        for entry in self.shards.held().warm.end(usize::MAX, now) {
            entry.let_cool();
        }
    }
}
