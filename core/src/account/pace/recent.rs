//! How many calls there were lately, to within a hundredth of a second.

const STEP: u64 = 10_000_000;
const STEPS: usize = 100;

/// Counts what happened within the last second.
pub(super) struct Recent {
    counts: [u16; STEPS],
    /// The number of the step that is counted now.
    step: u64,
}

impl Default for Recent {
    fn default() -> Self {
        Self { counts: [0; STEPS], step: 0 }
    }
}

impl Recent {
    /// Counts one at a time, in nanoseconds since boot.
    pub(super) fn note(&mut self, time: u64) {
        self.advance(time);
        let count = &mut self.counts[index(self.step)];
        *count = count.saturating_add(1);
    }

    /// How many a second there were, looking back so many seconds, one at most.
    pub(super) fn per_second(&mut self, seconds: f64, time: u64) -> f64 {
        self.advance(time);
        let steps = steps(seconds);
        let last = (0..steps).map(|back| self.counts[index(self.step.saturating_sub(back))]);
        last.map(f64::from).sum::<f64>() / seconds
    }

    /// Forgets what is over a second ago.
    fn advance(&mut self, time: u64) {
        let step = time / STEP;
        if step.saturating_sub(self.step) >= STEPS as u64 {
            self.counts = [0; STEPS];
        } else {
            (self.step + 1..=step).for_each(|over| self.counts[index(over)] = 0);
        }
        self.step = self.step.max(step);
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a part of a second has at most a hundred steps"
)]
fn steps(seconds: f64) -> u64 {
    (seconds.clamp(0.0, 1.0) * STEPS as f64).ceil() as u64
}

#[allow(clippy::cast_possible_truncation, reason = "a remainder is small")]
fn index(step: u64) -> usize {
    (step % STEPS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_a_second_ago_is_forgotten() {
        let (mut recent, start) = (Recent::default(), 7_000 * STEP);
        (0..100).for_each(|step| recent.note(start + step * STEP));
        let end = start + 99 * STEP;
        assert_eq!(recent.per_second(1.0, end), 100.0);
        assert_eq!(recent.per_second(0.2, end), 100.0);
        assert_eq!(recent.per_second(1.0, end + 50 * STEP), 50.0);
        assert_eq!(recent.per_second(0.2, end + 50 * STEP), 0.0);
        assert_eq!(recent.per_second(1.0, end + 500 * STEP), 0.0);
    }
}
