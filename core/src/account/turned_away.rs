//! The keys that were refused for want of room, and how long such a key has to wait.

use std::collections::HashSet;

use crate::clock::seconds;

const SECOND: u64 = 1_000_000_000;
/// A key counts for so long after its last refusal at least, and for twice as long at most.
const TURN: u64 = 30 * SECOND;
/// So many keys are told apart. If there are more, a part of them stands for all.
const KEYS: usize = 4096;
/// Calls are counted over about so many seconds.
const SPAN: f64 = 60.0;
/// Nobody is told to come back later than this, in seconds.
const WAIT_MAX: f64 = 300.0;

/// Counts the keys that were refused lately, and those that got in.
#[derive(Default)]
pub(super) struct TurnedAway {
    /// The hashes of those that were refused in this turn, and in the one before.
    now: HashSet<u64>,
    before: HashSet<u64>,
    /// How many are in both.
    again: usize,
    /// When this turn began, in nanoseconds since boot.
    since: u64,
    /// Only hashes that end in so many zero bits are kept: each stands for two to the power of it.
    zeros: u32,
    admitted: Mean,
    last: Option<u64>,
}

/// A sum of what happened, of which a part is forgotten all the time.
#[derive(Clone, Copy, Default)]
struct Mean {
    sum: f64,
    at: u64,
}

impl TurnedAway {
    /// A cold key got its call.
    pub(super) fn admit(&mut self, time: u64) {
        self.admitted.add(1.0, time);
    }

    /// A key is refused, known by its hash; tells whether it had not been lately. Of very many keys this is
    /// told of some.
    pub(super) fn note(&mut self, key: u64, time: u64) -> bool {
        self.last = Some(time);
        self.forget(time);
        if key.trailing_zeros() < self.zeros || !self.now.insert(key) {
            return false;
        }
        let is_known = self.before.contains(&key);
        self.again += usize::from(is_known);
        while self.now.len() > KEYS {
            self.thin_out();
        }
        !is_known
    }

    /// How many keys are refused, about.
    pub(super) fn keys(&mut self, time: u64) -> f64 {
        self.forget(time);
        let kept = self.now.len() + self.before.len() - self.again;
        #[allow(clippy::cast_precision_loss, reason = "some thousand keys")]
        let kept = kept as f64;
        kept * f64::from(self.zeros).exp2()
    }

    /// Until when a refusal shows that more calls are needed.
    pub(super) fn needs_until(&self) -> u64 {
        self.last.map_or(0, |last| last.saturating_add(SECOND))
    }

    /// How long one of the keys that are refused waits until it gets in, in seconds. So many get in per second,
    /// if that is known; else as many as did lately.
    pub(super) fn wait(&mut self, rate: Option<f64>, time: u64) -> f64 {
        let per_second = rate.unwrap_or_else(|| self.admitted.at(time) / SPAN);
        (self.keys(time) / per_second.max(1e-3)).min(WAIT_MAX)
    }

    fn forget(&mut self, time: u64) {
        let turns = time.saturating_sub(self.since) / TURN;
        if turns == 0 {
            return;
        }
        self.before = std::mem::take(&mut self.now);
        if turns > 1 {
            self.before = HashSet::new();
        }
        (self.again, self.since) = (0, time);
        if self.before.len() < KEYS / 4 {
            self.zeros = self.zeros.saturating_sub(1);
        }
    }

    /// Keeps about half of the keys.
    fn thin_out(&mut self) {
        self.zeros += 1;
        let zeros = self.zeros;
        self.now.retain(|key| key.trailing_zeros() >= zeros);
        self.before.retain(|key| key.trailing_zeros() >= zeros);
        self.again = self.now.intersection(&self.before).count();
    }
}

impl Mean {
    fn at(&self, time: u64) -> f64 {
        self.sum * (-seconds(time.saturating_sub(self.at)) / SPAN).exp()
    }

    fn add(&mut self, count: f64, time: u64) {
        *self = Self { sum: self.at(time) + count, at: time };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 3600 * SECOND;

    #[test]
    fn a_key_counts_once_however_often_it_is_refused() {
        let mut away = TurnedAway::default();
        let noted = |away: &mut TurnedAway, key, second| away.note(key, START + second * SECOND);
        assert!(noted(&mut away, 1, 0) && noted(&mut away, 2, 0));
        assert!(!noted(&mut away, 1, 10) && !noted(&mut away, 1, 40));
        assert_eq!(away.keys(START + 40 * SECOND), 2.0);
        assert!(noted(&mut away, 2, 140));
        assert_eq!(away.keys(START + 140 * SECOND), 1.0);
        assert_eq!(away.needs_until(), START + 141 * SECOND);
        assert_eq!(TurnedAway::default().needs_until(), 0);
    }

    #[test]
    fn of_very_many_keys_a_part_stands_for_all() {
        let mut away = TurnedAway::default();
        // Odd steps of the golden ratio: spread over all numbers.
        for number in 0..100_000u64 {
            away.note(number.wrapping_mul(0x9E37_79B9_7F4A_7C15), START);
        }
        assert!(away.now.len() <= KEYS);
        let keys = away.keys(START);
        assert!((90_000.0..110_000.0).contains(&keys), "{keys}");
    }

    #[test]
    fn as_many_as_are_told_apart_are_counted_to_the_last_and_so_are_few_that_come_after_many() {
        let mut away = TurnedAway::default();
        (0..KEYS as u64).for_each(|key| assert!(away.note(key, START)));
        assert_eq!(away.keys(START), KEYS as f64);
        for key in 0..4 * KEYS as u64 {
            away.note(key, START);
        }
        let later = |turns| START + turns * TURN;
        for turns in 1..10 {
            away.note(1, later(turns));
        }
        assert!(away.note(3, later(9)), "an odd number is told of, too");
        assert_eq!(away.keys(later(9)), 2.0);
    }

    #[test]
    fn who_is_refused_waits_for_all_who_are() {
        let mut away = TurnedAway::default();
        for key in 0..60 {
            away.note(key, START);
        }
        assert_eq!(away.wait(None, START), WAIT_MAX, "nobody gets in");
        (0..60).for_each(|_| away.admit(START));
        assert!((away.wait(None, START) - 60.0).abs() < 1e-6);
        assert!((away.wait(Some(30.0), START) - 2.0).abs() < 1e-6);
    }
}
