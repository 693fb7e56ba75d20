//! Timing by turns: whatever slows the machine down for a while slows all contestants alike.

use std::hint::black_box;
use std::thread;
use std::time::Instant;

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Turns that each contestant gets.
    pub rounds: usize,
    /// Calls in one turn.
    pub calls: usize,
}

impl Effort {
    /// Enough for medians to settle.
    pub const FULL: Self = Self { rounds: 61, calls: 20_480 };
    /// Enough to see that everything runs.
    pub const SMOKE: Self = Self { rounds: 3, calls: 1_024 };
}

/// Something to measure: makes so many calls, one per identity in turn.
pub type Contestant<'a> = Box<dyn FnMut(&[String], usize) + 'a>;

/// A contestant from one call.
pub fn contestant<'a, R>(mut call: impl FnMut(&str) -> R + 'a) -> Contestant<'a> {
    Box::new(move |identities, calls| {
        for identity in identities.iter().cycle().take(calls) {
            black_box(call(black_box(identity)));
        }
    })
}

/// A contestant whose calls are made on two threads at once, each with an object of its own or both
/// with the same one.
pub fn on_two_threads<'a, T: Sync, R>(
    objects: [&'a T; 2],
    call: impl Fn(&T, &str) -> R + Copy + Send + 'a,
) -> Contestant<'a> {
    Box::new(move |identities, calls| {
        thread::scope(|scope| {
            for object in objects {
                scope.spawn(move || contestant(|id| call(object, id))(identities, calls));
            }
        });
    })
}

/// The nanoseconds a call of each contestant took, round by round.
#[derive(Debug)]
pub struct Times(Vec<Vec<f64>>);

impl Times {
    /// Lets all contestants run in turn, round by round, after one round to warm up.
    pub fn measure(
        effort: Effort,
        identities: &[String],
        contestants: &mut [Contestant<'_>],
    ) -> Self {
        let mut turn = |contestant: &mut Contestant<'_>| {
            let start = Instant::now();
            contestant(identities, effort.calls);
            start.elapsed().as_secs_f64() * 1e9 / effort.calls as f64
        };
        let mut rounds: Vec<Vec<f64>> =
            (0..=effort.rounds).map(|_| contestants.iter_mut().map(&mut turn).collect()).collect();
        rounds.remove(0);
        Self(rounds)
    }

    /// The median time of one contestant.
    #[must_use]
    pub fn median(&self, contestant: usize) -> f64 {
        self.median_of(|round| round[contestant])
    }

    /// The median over the rounds of something computed within each.
    #[must_use]
    pub fn median_of(&self, compute: impl Fn(&[f64]) -> f64) -> f64 {
        let mut values: Vec<f64> = self.0.iter().map(|round| compute(round)).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_a_round() {
        let times = Times(vec![vec![1.0, 2.0], vec![10.0, 30.0], vec![5.0, 20.0]]);
        assert_eq!(times.median(0), 5.0);
        assert_eq!(times.median_of(|round| round[1] / round[0]), 3.0);
    }
}
