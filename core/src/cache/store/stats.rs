//! What a cache has done: the public snapshot of its counters.

use std::time::Duration;

use crate::error::ErrorKind;
use crate::fleet::FleetStats;

/// What a cache has done since it was made, or since the process forked. Counts only rise.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Grants handed out at once with no refresh due.
    pub hits_fresh: u64,
    /// Grants handed out at once with a refresh due or in flight.
    pub hits_refreshing: u64,
    /// Grants handed out because no better one could be had.
    pub hits_degraded: u64,
    /// Calls that had to wait for a fetch, the one that sent it included.
    pub waits: u64,
    /// Calls refused at once with a cached error.
    pub refusals: u64,
    /// Those of them that were refused because the account's rate leaves no room for their request.
    pub no_room: u64,
    /// Fetches sent upstream.
    pub fetches: u64,
    /// Those of them that refreshed a grant which was still good.
    pub refreshes: u64,
    /// Fetches that failed, by kind, without the kinds that never occurred.
    pub errors: Vec<(ErrorKind, u64)>,
    /// Fetches answered with a 429.
    pub throttled: u64,
    /// Entries that were evicted for others.
    pub evictions: u64,
    /// Entries now in the cache.
    pub keys: usize,
    /// Fetches now in flight.
    pub in_flight: usize,
    /// What is left of the account's cool-down.
    pub cooldown_left: Duration,
    /// Calls per second that the account may make now; none without a limit.
    pub calls_per_second: Option<f64>,
    /// Fetches that wait for their turn.
    pub waiting: usize,
    /// Keys that were refused for want of room within the last minute, about.
    pub keys_refused: usize,
    /// How far the clock of upstream is ahead of the local one, in milliseconds, as its last answer
    /// showed.
    pub clock_offset_ms: Option<i64>,
    /// Grants that came with a `Date` of another clock than upstream's, such as a proxy's. It was left
    /// out of account.
    pub implausible_dates: u64,
    /// How long fetches took.
    pub fetch_latency: LatencyHistogram,
    /// What other processes have brought; none for a cache that shares with none.
    pub fleet: Option<FleetStats>,
}

impl Stats {
    /// All grants handed out at once.
    #[must_use]
    pub fn hits(&self) -> u64 {
        self.hits_fresh + self.hits_refreshing + self.hits_degraded
    }
}

/// How many fetches took how long.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LatencyHistogram {
    /// Upper bounds and the number of fetches that took no longer than that, cumulative.
    pub buckets: Vec<(Duration, u64)>,
    /// All fetches, those above the last bound too.
    pub count: u64,
    /// The time of all fetches together.
    pub sum: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_that_is_handed_out_at_once_is_a_hit_however_good_it_is() {
        let stats =
            Stats { hits_fresh: 1, hits_refreshing: 20, hits_degraded: 300, ..Stats::default() };
        assert_eq!(stats.hits(), 321);
    }
}
