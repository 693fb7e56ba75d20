//! The keys that were refused for want of room, and how long such a key has to wait.

use super::pace::seconds;

const SECOND: u64 = 1_000_000_000;
/// Means are taken over about this time, in seconds.
const SPAN: f64 = 60.0;
/// So many keys are told apart. When there are more, some count more than once a minute.
const KEYS: usize = 4096;
/// Nobody is told to come back later than this, in seconds.
const WAIT_MAX: f64 = 300.0;

/// Counts the keys that were refused lately, and those that got in.
#[derive(Default)]
pub(super) struct TurnedAway {
    /// When each was last counted, by its hash; empty until there is one.
    seen: Vec<Seen>,
    refused: Mean,
    admitted: Mean,
    last: Option<u64>,
}

#[derive(Clone, Copy, Default)]
struct Seen {
    key: u64,
    at: u64,
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

    /// A key is refused, known by its hash; tells whether it had not been within a minute.
    pub(super) fn note(&mut self, key: u64, time: u64) -> bool {
        self.last = Some(time);
        if self.seen.is_empty() {
            self.seen = vec![Seen::default(); KEYS];
        }
        let seen = &mut self.seen[index(key)];
        let is_known = seen.key == key && seen.at > 0;
        if is_known && seconds(time.saturating_sub(seen.at)) <= SPAN {
            return false;
        }
        *seen = Seen { key, at: time };
        self.refused.add(1.0, time);
        true
    }

    /// How many keys are refused, about.
    pub(super) fn keys(&self, time: u64) -> f64 {
        self.refused.at(time)
    }

    /// Until when a refusal shows that more calls are needed.
    pub(super) fn needs_until(&self) -> u64 {
        self.last.map_or(0, |last| last.saturating_add(SECOND))
    }

    /// How long one of the keys that are refused waits until it gets in, in seconds. So many get in per second,
    /// if that is known; else as many as did lately.
    pub(super) fn wait(&self, rate: Option<f64>, time: u64) -> f64 {
        let per_second = rate.unwrap_or_else(|| self.admitted.at(time) / SPAN);
        (self.refused.at(time) / per_second.max(1e-3)).min(WAIT_MAX)
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

#[allow(clippy::cast_possible_truncation, reason = "a remainder is small")]
fn index(key: u64) -> usize {
    (key % KEYS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 3600 * SECOND;

    #[test]
    fn a_key_counts_once_a_minute() {
        let mut away = TurnedAway::default();
        let noted = |away: &mut TurnedAway, key, second| away.note(key, START + second * SECOND);
        assert!(noted(&mut away, 1, 0) && noted(&mut away, 2, 0));
        assert!(!noted(&mut away, 1, 30) && noted(&mut away, 1, 61));
        assert_eq!(TurnedAway::default().needs_until(), 0);
        assert_eq!(away.needs_until(), START + 62 * SECOND);
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
        assert!(away.keys(START + 600 * SECOND) < 0.01);
    }
}
