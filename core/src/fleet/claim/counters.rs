//! What a fleet has brought one process, counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;

/// What a cache's fleet has done for it, since the cache was made or the process forked. Counts only rise.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// Fetches that were sent without the right to, whatever the reason: the sum of the next four.
    pub alone: u64,
    /// Those that were sent because the store failed, or had failed before.
    pub alone_failed: u64,
    /// Those that were sent because the store takes no writes: nobody can get the right there.
    pub alone_nolease: u64,
    /// Those that were sent because who had the right took too long.
    pub alone_late: u64,
    /// Those that were sent because the store had, time after time, what could not be used.
    pub alone_rejected: u64,
    /// Contents of the store that were not handed out: torn, moved, changed, or sealed with another key.
    pub rejected: u64,
    /// Grants that end more than two seconds sooner by this machine's clock than by the store's.
    pub skewed: u64,
    /// Times that the store failed.
    pub errors: u64,
    /// Answers of the store to whether another process has a grant or fetches it.
    pub answers: u64,
    /// How long all of these took together.
    pub answer_time: Duration,
    /// The store is not asked for some seconds, because it failed.
    pub is_broken: bool,
    /// There is a connection to the server now; never with a folder alone. One that nobody uses is closed after a minute.
    pub is_connected: bool,
    /// The server cannot do what a fleet needs: it runs no scripts, or its clock cannot be read or does not go on.
    pub is_unsupported: bool,
    /// Calls per second that the account may make, all processes together, when a fetch of this one was last let
    /// through; none before, and without a limit.
    pub calls_per_second: Option<f64>,
    /// What is left of the account's cool-down, as the store has told this process.
    pub cooldown_left: Duration,
    /// What was wrong with the store when it failed last.
    pub trouble: Option<String>,
}

#[derive(Default)]
pub(crate) struct Counters {
    counts: [AtomicU64; COUNTS],
    /// In nanoseconds.
    answer_time: AtomicU64,
    /// The bits of a number; zero for none.
    rate: AtomicU64,
    /// In nanoseconds since boot.
    cools_until: AtomicU64,
    trouble: ArcSwapOption<String>,
}

const COUNTS: usize = 12;

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Value,
    Lease,
    Wait,
    Pause,
    Alone(Why),
    Rejected,
    Skewed,
    Error,
    Answer,
}

/// Why a process fetches without the right to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    Failed,
    NoLease,
    Late,
    Rejected,
}

impl Count {
    const fn place(self) -> usize {
        match self {
            Self::Value => 0,
            Self::Lease => 1,
            Self::Wait => 2,
            Self::Pause => 3,
            Self::Rejected => 4,
            Self::Skewed => 5,
            Self::Error => 6,
            Self::Answer => 7,
            Self::Alone(Why::Failed) => 8,
            Self::Alone(Why::NoLease) => 9,
            Self::Alone(Why::Late) => 10,
            Self::Alone(Why::Rejected) => COUNTS - 1,
        }
    }
}

impl Counters {
    pub(crate) fn count(&self, what: Count) {
        self.counts[what.place()].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn trouble(&self, what: &str) {
        self.count(Count::Error);
        self.trouble.store(Some(what.to_owned().into()));
    }

    /// The store has answered, after so many nanoseconds.
    pub(crate) fn answered(&self, took: u64) {
        self.count(Count::Answer);
        self.answer_time.fetch_add(took, Ordering::Relaxed);
    }

    /// The account lets a call through, at this rate.
    pub(crate) fn lets_through(&self, rate: f64) {
        self.rate.store(rate.to_bits(), Ordering::Relaxed);
        self.cools_until.store(0, Ordering::Relaxed);
    }

    /// The account cools down until this time, in nanoseconds since boot.
    pub(crate) fn cools(&self, until: u64) {
        self.cools_until.store(until, Ordering::Relaxed);
    }

    /// All that is counted here; `time` is in nanoseconds since boot.
    pub(crate) fn read(&self, time: u64) -> FleetStats {
        let get = |what: Count| self.counts[what.place()].load(Ordering::Relaxed);
        let alone = [Why::Failed, Why::NoLease, Why::Late, Why::Rejected].map(Count::Alone);
        let [alone_failed, alone_nolease, alone_late, alone_rejected] = alone.map(get);
        let rate = f64::from_bits(self.rate.load(Ordering::Relaxed));
        let cools_until = self.cools_until.load(Ordering::Relaxed);
        FleetStats {
            values: get(Count::Value),
            leases: get(Count::Lease),
            waits: get(Count::Wait),
            pauses: get(Count::Pause),
            alone: alone_failed + alone_nolease + alone_late + alone_rejected,
            alone_failed,
            alone_nolease,
            alone_late,
            alone_rejected,
            rejected: get(Count::Rejected),
            skewed: get(Count::Skewed),
            errors: get(Count::Error),
            answers: get(Count::Answer),
            answer_time: Duration::from_nanos(self.answer_time.load(Ordering::Relaxed)),
            calls_per_second: (rate > 0.0).then_some(rate),
            cooldown_left: Duration::from_nanos(cools_until.saturating_sub(time)),
            trouble: self.trouble.load_full().map(|what| what.as_ref().clone()),
            ..FleetStats::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_counted_for_itself() {
        let counters = Counters::default();
        for (times, why) in [Why::Failed, Why::NoLease, Why::Late, Why::Rejected].iter().enumerate()
        {
            (0..=times).for_each(|_| counters.count(Count::Alone(*why)));
        }
        counters.count(Count::Skewed);
        counters.answered(7);
        counters.answered(8);
        counters.lets_through(2.5);
        counters.cools(50);
        let stats = counters.read(20);
        let alone =
            [stats.alone_failed, stats.alone_nolease, stats.alone_late, stats.alone_rejected];
        assert_eq!((stats.alone, alone), (10, [1, 2, 3, 4]));
        assert_eq!((stats.values, stats.skewed, stats.rejected), (0, 1, 0));
        assert_eq!((stats.answers, stats.answer_time), (2, Duration::from_nanos(15)));
        assert_eq!(stats.calls_per_second, Some(2.5));
        assert_eq!(stats.cooldown_left, Duration::from_nanos(30));
        assert_eq!(counters.read(60).cooldown_left, Duration::ZERO);
    }
}
