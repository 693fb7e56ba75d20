//! The clock of a store. That of a machine's processes is the clock since boot, which all of them share; a server
//! has one of its own, of which only is known what it showed between a question and its answer.

/// How far the clock of a store is ahead of the clock since boot, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoreClock {
    least: u64,
    most: u64,
}

impl StoreClock {
    /// The clock since boot itself.
    pub(crate) const BOOT: Self = Self { least: 0, most: 0 };

    /// The clock showed `shown` at some time between the question and the answer to it.
    #[cfg(feature = "fleet-redis")]
    pub(crate) fn between(shown: u64, asked: u64, answered: u64) -> Self {
        Self { least: shown.saturating_sub(answered), most: shown.saturating_sub(asked) }
    }

    /// A time since boot as the store has it, or a little earlier.
    pub(crate) fn in_store(self, since_boot: u64) -> u64 {
        since_boot.saturating_add(self.least)
    }

    /// A time of the store as this machine has it, or a little earlier.
    pub(crate) fn since_boot(self, in_store: u64) -> u64 {
        in_store.saturating_sub(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_since_boot_changes_nothing() {
        assert_eq!(StoreClock::BOOT.in_store(7), 7);
        assert_eq!(StoreClock::BOOT.since_boot(u64::MAX), u64::MAX);
    }

    #[cfg(feature = "fleet-redis")]
    #[test]
    fn what_lasts_until_a_time_never_lasts_longer_for_who_reads_it() {
        let ahead = 1_700_000_000_000_000_000;
        // It showed so 3 after it was asked, and 5 before it was answered.
        let clock = |boot: u64| StoreClock::between(ahead + boot, boot - 3, boot + 5);
        let end = clock(1_000).in_store(2_000);
        assert_eq!(end, ahead + 1_995);
        assert_eq!(clock(1_500).since_boot(end), 1_992);
    }
}
