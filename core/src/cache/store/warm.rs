//! Which entries are refreshed without being read, for whom, and until when.

use std::collections::HashMap;
use std::sync::Arc;

use super::entry::{Entry, Retired};
use crate::clock::Now;
use crate::sync::Mutex;

/// The entries that are kept warm, by the number of their owner. Only the owner is given them to fetch.
#[derive(Default)]
pub(crate) struct Warm(Mutex<HashMap<u64, Vec<Kept>>>);

struct Kept {
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
        remove(&mut all, owner, |kept| Arc::ptr_eq(&kept.entry, entry));
        // It is looked for among those of others only if its time may become shorter.
        let longest = match until < entry.warm_until() {
            true => longest(&all, entry),
            false => until,
        };
        entry.keep_warm_until(until.max(longest))?;
        if until > now.boot_nanos() {
            all.entry(owner).or_default().push(Kept { entry: Arc::clone(entry), until });
        }
        Ok(())
    }

    /// The entries to keep warm for an owner, without those whose time is over or that have left the map.
    pub(crate) fn of(&self, owner: u64, now: Now) -> Vec<Arc<Entry>> {
        let mut all = self.0.lock();
        let is_over = |kept: &Kept| kept.until <= now.boot_nanos() || kept.entry.state().retired;
        remove(&mut all, owner, is_over);
        let own = all.get(&owner).into_iter().flatten();
        own.map(|kept| Arc::clone(&kept.entry)).collect()
    }

    /// Keeps nothing warm any more for an owner.
    pub(crate) fn let_cool(&self, owner: u64) {
        let mut all = self.0.lock();
        for gone in all.remove(&owner).unwrap_or_default() {
            gone.entry.let_cool_until(longest(&all, &gone.entry));
        }
    }
}

/// Removes some of an owner's, and the owner with the last.
fn remove(all: &mut HashMap<u64, Vec<Kept>>, owner: u64, is_meant: impl Fn(&Kept) -> bool) {
    let Some(own) = all.get_mut(&owner) else { return };
    own.retain(|kept| !is_meant(kept));
    if own.is_empty() {
        all.remove(&owner);
    }
}

/// Until when an entry is kept warm for anybody; 0 if for nobody.
fn longest(all: &HashMap<u64, Vec<Kept>>, entry: &Arc<Entry>) -> u64 {
    let kept = all.values().flatten().filter(|kept| Arc::ptr_eq(&kept.entry, entry));
    kept.map(|kept| kept.until).max().unwrap_or(0)
}
