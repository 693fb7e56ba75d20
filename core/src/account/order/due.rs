//! The refreshes that wait, counted by when they must be sent, and what the rate leaves beside them.

use crate::clock::seconds;

/// The width of a slot: half a second.
const SLOT: u64 = 500_000_000;
const SLOTS: usize = 256;
/// A refresh is reckoned to be due this much sooner, for the time that a call takes.
const HEADROOM: u64 = 1_000_000_000;
/// The part of the rate that can be counted on.
const SURE: f64 = 0.95;

/// How many refreshes must be sent in each half second of the next two minutes. What is due later counts
/// in the last of them.
pub(super) struct Due {
    counts: [u32; SLOTS],
    /// The slot of now: its number since boot.
    first: u64,
    /// All that are counted.
    total: u32,
}

/// Where a refresh is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(u64);

/// What is there to send calls with: so many at once, and so many per second.
#[derive(Clone, Copy, Debug)]
pub(in crate::account) struct Supply {
    pub(in crate::account) level: f64,
    pub(in crate::account) rate: f64,
}

/// What is left of the supply when every refresh that waits is sent in its time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::account) struct Surplus {
    /// Calls left at the time when the fewest are.
    pub(in crate::account) least: f64,
    /// From when on at least one call is left.
    pub(in crate::account) free_at: u64,
}

impl Due {
    pub(super) fn new() -> Self {
        Self { counts: [0; SLOTS], first: 0, total: 0 }
    }

    /// Counts a refresh that must be sent by a time.
    pub(super) fn add(&mut self, hard: u64, time: u64) -> Slot {
        self.roll(time);
        let slot = (hard / SLOT).clamp(self.first, self.first + SLOTS as u64 - 1);
        self.counts[index(slot)] += 1;
        self.total += 1;
        Slot(slot)
    }

    /// A refresh waits no longer.
    pub(super) fn remove(&mut self, slot: Slot, time: u64) {
        self.roll(time);
        if slot.0 >= self.first {
            self.counts[index(slot.0)] -= 1;
            self.total -= 1;
        }
    }

    /// What `supply` leaves, after so many other calls.
    pub(super) fn surplus(&mut self, supply: Supply, others: f64, time: u64) -> Surplus {
        self.roll(time);
        let mut surplus = Surplus { least: f64::INFINITY, free_at: time };
        let (mut sum, total) = (0, self.total);
        for slot in self.first..self.first + SLOTS as u64 {
            let count = self.counts[index(slot)];
            if count == 0 {
                continue;
            }
            sum += count;
            let start = (slot * SLOT).max(time + HEADROOM);
            let ahead = seconds(start - HEADROOM - time);
            let left = supply.level + SURE * supply.rate * ahead - f64::from(sum) - others;
            surplus.least = surplus.least.min(left);
            if left < 1.0 {
                surplus.free_at = start - HEADROOM + SLOT;
            }
            if sum == total {
                break;
            }
        }
        surplus
    }

    /// Forgets the slots that have passed.
    fn roll(&mut self, time: u64) {
        let first = (time / SLOT).max(self.first);
        let passed = (first - self.first).min(SLOTS as u64);
        for slot in self.first..self.first + passed {
            self.total -= std::mem::take(&mut self.counts[index(slot)]);
        }
        self.first = first;
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a remainder is small")]
fn index(slot: u64) -> usize {
    (slot % SLOTS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const START: u64 = 3600 * SECOND;

    fn least(due: &mut Due, level: f64, rate: f64, time: u64) -> f64 {
        due.surplus(Supply { level, rate }, 0.0, time).least
    }

    #[test]
    fn refreshes_take_what_they_need_by_their_time() {
        let mut due = Due::new();
        assert_eq!(least(&mut due, 0.0, 10.0, START), f64::INFINITY);
        let slots: Vec<_> = (0..50).map(|_| due.add(START + 11 * SECOND, START)).collect();
        // Ten seconds before the headroom, at 95 % of ten a second, for fifty.
        assert!((least(&mut due, 0.0, 10.0, START) - 45.0).abs() < 1e-6);
        assert!(least(&mut due, 0.0, 4.0, START) < 0.0);
        slots.into_iter().for_each(|slot| due.remove(slot, START));
        assert_eq!(least(&mut due, 0.0, 4.0, START), f64::INFINITY);
    }

    #[test]
    fn a_call_is_free_after_the_last_slot_that_needs_all() {
        let mut due = Due::new();
        for _ in 0..20 {
            due.add(START + 3 * SECOND, START);
        }
        let supply = Supply { level: 0.0, rate: 10.0 };
        let surplus = due.surplus(supply, 0.0, START);
        assert!(surplus.least < 1.0);
        assert_eq!(surplus.free_at, START + 2 * SECOND + SLOT);
    }

    #[test]
    fn what_has_passed_is_forgotten_and_what_is_far_counts_last() {
        let mut due = Due::new();
        let (near, far) = (due.add(START + SECOND, START), due.add(START + 3600 * SECOND, START));
        assert_eq!(due.total, 2);
        let later = START + 20 * SECOND;
        due.remove(near, later);
        assert_eq!(due.total, 1);
        due.remove(far, later);
        assert_eq!(due.total, 0);
        due.add(later, later);
        assert_eq!(least(&mut due, 1.0, 1.0, START * 2), f64::INFINITY);
        assert_eq!(due.total, 0);
    }
}
