//! Has nobody ask a store that does not answer, so that nobody waits for it twice.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::clock::nanos_of;

/// Failures in a row that open it.
const OPENS_AT: u32 = 2;
/// How long a store is not asked, in seconds: this at first, doubled with each failure after that.
const FIRST: f64 = 1.0;
const LONGEST: f64 = 15.0;

/// Whether a store is not asked. Takes no lock, so that a forked child can go on with it.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    failures: AtomicU32,
    until: AtomicU64,
}

impl Breaker {
    /// Until when the store is not asked, in nanoseconds since boot. When that is over one call goes through.
    pub(crate) fn open_until(&self, time: u64) -> Option<u64> {
        let until = self.until.load(Ordering::Relaxed);
        if until <= time {
            if self.failures.load(Ordering::Relaxed) < OPENS_AT {
                return None;
            }
            // The first that comes tries; others wait for what it says.
            let next = time.saturating_add(nanos_of(FIRST));
            let is_first = self
                .until
                .compare_exchange(until, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
            return if is_first { None } else { Some(next) };
        }
        Some(until)
    }

    /// The store answered; tells whether it was open.
    pub(crate) fn answered(&self) -> bool {
        if self.failures.load(Ordering::Relaxed) == 0 {
            return false;
        }
        let was_open = self.failures.swap(0, Ordering::Relaxed) >= OPENS_AT;
        self.until.store(0, Ordering::Relaxed);
        was_open
    }

    /// The store failed; tells whether that opened it. `random` is `0.0..1.0`.
    pub(crate) fn failed(&self, random: f64, time: u64) -> bool {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if failures >= OPENS_AT {
            let doublings = (failures - OPENS_AT).min(8).cast_signed();
            let whole = (FIRST * 2_f64.powi(doublings)).min(LONGEST);
            let alone = nanos_of(whole * (0.75 + random / 2.0));
            self.until.store(time.saturating_add(alone), Ordering::Relaxed);
        }
        failures == OPENS_AT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn it_opens_at_the_second_failure_and_lets_one_try_at_a_time() {
        let breaker = Breaker::default();
        assert!(!breaker.failed(0.5, 0));
        assert_eq!(breaker.open_until(0), None);
        assert!(breaker.failed(0.5, 0));
        assert_eq!(breaker.open_until(SECOND - 1), Some(SECOND));
        assert_eq!(breaker.open_until(SECOND), None);
        assert_eq!(breaker.open_until(SECOND), Some(2 * SECOND));
        assert!(!breaker.failed(0.5, SECOND));
        assert_eq!(breaker.open_until(SECOND), Some(3 * SECOND));
        assert!(breaker.answered());
        assert_eq!(breaker.open_until(SECOND), None);
        assert!(!breaker.answered());
    }

    #[test]
    fn it_stays_open_for_15_seconds_at_most() {
        let breaker = Breaker::default();
        for _ in 0..100 {
            breaker.failed(0.5, 0);
        }
        assert_eq!(breaker.open_until(0), Some(15 * SECOND));
    }
}
