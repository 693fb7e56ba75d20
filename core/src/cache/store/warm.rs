//! Which entries are refreshed without being read, for whom, and until when.

use std::sync::Arc;

use super::entry::{Entry, Retired};
use crate::clock::Now;
use crate::sync::Mutex;

/// The entries that are kept warm. Only the owner of each is given it to fetch.
#[derive(Default)]
pub(crate) struct Warm(Mutex<Vec<Kept>>);

struct Kept {
    owner: u64,
    entry: Arc<Entry>,
    /// In nanoseconds since boot.
    until: u64,
}

impl Warm {
    /// Keeps an entry warm for an owner; a time that has passed ends it.
    pub(crate) fn keep(
        &self,
        owner: u64,
        entry: &Arc<Entry>,
        until: u64,
        now: Now,
    ) -> Result<(), Retired> {
        let mut all = self.0.lock();
        all.retain(|kept| kept.owner != owner || !Arc::ptr_eq(&kept.entry, entry));
        let others = all.iter().filter(|kept| Arc::ptr_eq(&kept.entry, entry));
        let longest = others.map(|kept| kept.until).max().unwrap_or(0);
        entry.keep_warm_until(until.max(longest))?;
        if until > now.boot_nanos() {
            all.push(Kept { owner, entry: Arc::clone(entry), until });
        }
        Ok(())
    }

    /// The entries to keep warm for an owner, without those whose time is over or that have left the map.
    pub(crate) fn of(&self, owner: u64, now: Now) -> Vec<Arc<Entry>> {
        let mut all = self.0.lock();
        all.retain(|kept| kept.until > now.boot_nanos() && !kept.entry.state().retired);
        let own = all.iter().filter(|kept| kept.owner == owner);
        own.map(|kept| Arc::clone(&kept.entry)).collect()
    }

    /// Keeps nothing warm any more for an owner.
    pub(crate) fn let_cool(&self, owner: u64) {
        let mut all = self.0.lock();
        let (own, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut *all).into_iter().partition(|kept| kept.owner == owner);
        *all = others;
        for gone in own {
            let still = all.iter().filter(|kept| Arc::ptr_eq(&kept.entry, &gone.entry));
            gone.entry.let_cool_until(still.map(|kept| kept.until).max().unwrap_or(0));
        }
    }

    /// Keeps nothing warm any more.
    pub(crate) fn let_all_cool(&self) {
        for kept in std::mem::take(&mut *self.0.lock()) {
            kept.entry.let_cool_until(0);
        }
    }
}
