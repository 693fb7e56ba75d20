//! What a fleet has brought one process, counted.

use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;

/// What a cache's fleet has done for it, since the cache was made or the process forked. Counts only rise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FleetStats {
    /// Grants that another process had fetched.
    pub values: u64,
    /// Times that this process took it upon itself to fetch for all.
    pub leases: u64,
    /// Fetches that waited for another process's.
    pub waits: u64,
    /// Fetches that were not sent because upstream had refused another process's.
    pub pauses: u64,
    /// Fetches that were sent without the right to: the store was in trouble, or who had the right took too long.
    pub alone: u64,
    /// Contents of the store that were not handed out: torn, moved, changed, or sealed with another key.
    pub rejected: u64,
    /// Times that the store failed.
    pub errors: u64,
    /// The store is not asked for some seconds, because it failed.
    pub is_broken: bool,
    /// What was wrong with the store when it failed last.
    pub trouble: Option<String>,
}

#[derive(Default)]
pub(crate) struct Counters {
    values: AtomicU64,
    leases: AtomicU64,
    waits: AtomicU64,
    pauses: AtomicU64,
    alone: AtomicU64,
    rejected: AtomicU64,
    errors: AtomicU64,
    trouble: ArcSwapOption<String>,
}

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Value,
    Lease,
    Wait,
    Pause,
    Alone,
    Rejected,
}

impl Counters {
    pub(crate) fn count(&self, what: Count) {
        let counter = match what {
            Count::Value => &self.values,
            Count::Lease => &self.leases,
            Count::Wait => &self.waits,
            Count::Pause => &self.pauses,
            Count::Alone => &self.alone,
            Count::Rejected => &self.rejected,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn trouble(&self, what: &str) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        self.trouble.store(Some(what.to_owned().into()));
    }

    pub(crate) fn read(&self, is_broken: bool) -> FleetStats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        FleetStats {
            values: get(&self.values),
            leases: get(&self.leases),
            waits: get(&self.waits),
            pauses: get(&self.pauses),
            alone: get(&self.alone),
            rejected: get(&self.rejected),
            errors: get(&self.errors),
            is_broken,
            trouble: self.trouble.load_full().map(|what| what.as_ref().clone()),
        }
    }
}
