//! How early each of many processes refreshes what all of them have.

/// As many are early as are late when each draws any time in between. Then the first of many has only just begun to
/// fetch when the next come, and each of these asks in vain. Of those who draw this way few are early: this part of the
/// whole passes, on average, between the first and the second, however many there are.
const BETWEEN: f64 = 0.2;

/// How early a process is, as a part of the most (`0.0..=1.0`), by a random number of the same range.
pub(crate) fn seldom_early(random: f64) -> f64 {
    let all = 1.0 - (-1.0 / BETWEEN).exp();
    (-BETWEEN * (1.0 - random.clamp(0.0, 1.0) * all).ln()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random;

    /// How much earlier the first of so many is than the next, on average.
    fn gap(count: usize, draw: impl Fn(f64) -> f64) -> f64 {
        const TIMES: usize = 400;
        let one = |_| {
            let mut all: Vec<_> = (0..count).map(|_| draw(random::unit())).collect();
            all.sort_by(f64::total_cmp);
            all[count - 1] - all[count - 2]
        };
        (0..TIMES).map(one).sum::<f64>() / TIMES as f64
    }

    #[test]
    fn the_first_of_many_is_well_before_the_second() {
        for count in [2, 8, 64] {
            let gap = gap(count, seldom_early);
            assert!((0.08..0.3).contains(&gap), "of {count}: {gap}");
        }
        assert!(gap(64, |random| random) < 0.03);
    }

    #[test]
    fn nobody_is_earlier_than_may_be_or_late() {
        assert_eq!(seldom_early(0.0), 0.0);
        assert!((seldom_early(1.0) - 1.0).abs() < 1e-9);
        let all: Vec<_> = (0..=1000).map(|part| seldom_early(f64::from(part) / 1000.0)).collect();
        assert!(all.is_sorted() && all.iter().all(|early| (0.0..=1.0).contains(early)));
        assert!(seldom_early(-1.0) == 0.0 && seldom_early(2.0) <= 1.0);
    }
}
