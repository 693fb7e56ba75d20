//! When a folder was last looked through for what is over, and what was found.

use std::sync::atomic::{AtomicU64, Ordering};

/// Between two sweeps, in nanoseconds.
pub(super) const MINUTE: u64 = 60_000_000_000;

/// What one process knows of sweeps.
#[derive(Default)]
pub(super) struct Sweeps {
    /// Not before this.
    next: AtomicU64,
    /// How many values there are.
    values: AtomicU64,
}

impl Sweeps {
    /// Whether there may be one more value.
    pub(super) fn may_add(&self, most: u64) -> bool {
        self.values.fetch_add(1, Ordering::Relaxed) < most
    }

    /// Takes note of the last sweep.
    pub(super) fn were(&self, last: Swept) {
        self.next.store(last.at.saturating_add(MINUTE), Ordering::Relaxed);
        self.values.store(last.values, Ordering::Relaxed);
    }

    /// Whether it is time; then it is not until a minute later.
    pub(super) fn is_due(&self, time: u64) -> bool {
        let next = self.next.load(Ordering::Relaxed);
        let later = time.saturating_add(MINUTE);
        let is_due = time >= next || next > later;
        is_due
            && (self.next)
                .compare_exchange(next, later, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

/// The last sweep, as it is left in the folder.
#[derive(Clone, Copy, Default)]
pub(super) struct Swept {
    pub(super) at: u64,
    pub(super) values: u64,
    /// Counts the sweeps.
    pub(super) round: u64,
}

impl Swept {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (numbers, rest) = bytes.as_chunks::<8>();
        match (numbers, rest) {
            ([at, values, round], []) => {
                let [at, values, round] = [at, values, round].map(|part| u64::from_le_bytes(*part));
                Some(Self { at, values, round })
            }
            _ => None,
        }
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        [self.at, self.values, self.round].into_iter().flat_map(u64::to_le_bytes).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: u64 = 60 * MINUTE;

    #[test]
    fn one_who_asks_each_minute_sweeps_unless_another_process_has() {
        let sweeps = Sweeps::default();
        assert!(sweeps.is_due(TIME));
        assert!(!sweeps.is_due(TIME) && !sweeps.is_due(TIME + MINUTE - 1));
        assert!(sweeps.is_due(TIME + MINUTE));
        sweeps.were(Swept { at: TIME + MINUTE + 5, ..Swept::default() });
        assert!(!sweeps.is_due(TIME + 2 * MINUTE) && sweeps.is_due(TIME + 2 * MINUTE + 5));
    }

    #[test]
    fn what_a_clock_that_was_ahead_has_left_holds_up_nobody() {
        let sweeps = Sweeps::default();
        sweeps.were(Swept { at: TIME + MINUTE, ..Swept::default() });
        assert!(sweeps.is_due(TIME));
    }

    #[test]
    fn values_are_added_up_to_the_most_counted_from_what_the_last_sweep_found() {
        let sweeps = Sweeps::default();
        sweeps.were(Swept { values: 8, ..Swept::default() });
        assert_eq!([(); 3].map(|()| sweeps.may_add(10)), [true, true, false]);
        sweeps.were(Swept::default());
        assert!(sweeps.may_add(10));
    }
}
