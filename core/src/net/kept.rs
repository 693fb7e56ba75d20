//! The connections to one place that are kept for the next request: as many as were busy at once lately, and none
//! that was idle for long.
//!
//! Pure: it is told the time, in nanoseconds since boot, and hands out what is to be closed, so that its owner
//! can do that without a lock.

use std::time::Duration;

use crate::clock::nanos;

/// "Lately" is the last two of these at most, and the last one at least.
const HALF: u64 = 30_000_000_000;

/// Idle connections, and how many are busy.
pub(crate) struct Kept<C> {
    /// By when they came; the newest is taken first, so that those too many grow old.
    idle: Vec<(u64, C)>,
    idle_max: u64,
    /// However many were busy.
    most: usize,
    busy: usize,
    lately: Lately,
}

/// How many were busy at once.
#[derive(Default)]
struct Lately {
    /// When the present half began.
    began: u64,
    in_this_half: usize,
    in_the_half_before: usize,
}

impl<C> Kept<C> {
    /// Keeps a connection for so long, and so many at most.
    pub(crate) fn new(idle_max: Duration, most: usize) -> Self {
        let (idle, lately) = (Vec::new(), Lately::default());
        Self { idle, idle_max: nanos(idle_max), most, busy: 0, lately }
    }

    /// One more is busy, until [`Kept::end`].
    pub(crate) fn begin(&mut self, now: u64) {
        self.lately.go_on(now, self.busy);
        self.busy += 1;
        self.lately.note(self.busy);
    }

    /// For the one who began: the connection that was used last, unless all are too old.
    pub(crate) fn take(&mut self, now: u64) -> Option<C> {
        let (came, _) = self.idle.last()?;
        if self.is_old(*came, now) {
            return None;
        }
        self.idle.pop().map(|(_, connection)| connection)
    }

    /// One fewer is busy. Its connection is kept if it can be used once more and is not one too many.
    #[must_use]
    pub(crate) fn end(&mut self, now: u64, connection: Option<C>) -> Vec<C> {
        self.lately.go_on(now, self.busy);
        self.busy = self.busy.saturating_sub(1);
        self.idle.extend(connection.map(|connection| (now, connection)));
        self.discard(now)
    }

    /// Takes out those that are too old, or too many.
    #[must_use]
    pub(crate) fn discard(&mut self, now: u64) -> Vec<C> {
        let old = self.idle.iter().take_while(|(came, _)| self.is_old(*came, now)).count();
        let room = self.lately.most().min(self.most).saturating_sub(self.busy);
        let too_many = self.idle.len().saturating_sub(room);
        self.idle.drain(..old.max(too_many)).map(|(_, connection)| connection).collect()
    }

    /// When the next is too old.
    pub(crate) fn next_end(&self) -> Option<u64> {
        self.idle.first().map(|(came, _)| came.saturating_add(self.idle_max))
    }

    fn is_old(&self, came: u64, now: u64) -> bool {
        now.saturating_sub(came) >= self.idle_max
    }
}

impl Lately {
    /// Halves that are over are; so many were busy since the last change.
    fn go_on(&mut self, now: u64, busy: usize) {
        let halves = now.saturating_sub(self.began) / HALF;
        if halves == 0 {
            return;
        }
        self.in_the_half_before = if halves == 1 { self.in_this_half } else { busy };
        self.in_this_half = busy;
        self.began += halves * HALF;
    }

    fn note(&mut self, busy: usize) {
        self.in_this_half = self.in_this_half.max(busy);
    }

    fn most(&self) -> usize {
        self.in_this_half.max(self.in_the_half_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;

    const IDLE: Duration = Duration::from_secs(4);
    const MOST: usize = 64;

    /// Numbered connections, with a clock that only the test moves.
    struct Bench {
        kept: Kept<usize>,
        clock: ManualClock,
        made: usize,
    }

    impl Bench {
        fn new() -> Self {
            Self { kept: Kept::new(IDLE, MOST), clock: ManualClock::new(Duration::ZERO), made: 0 }
        }

        fn now(&self) -> u64 {
            self.clock.now().boot_nanos()
        }

        fn wait(&self, time: Duration) {
            self.clock.advance(time);
        }

        /// So many requests at once; what they use.
        fn begin(&mut self, count: usize) -> Vec<usize> {
            let now = self.now();
            let begin = || {
                self.kept.begin(now);
                self.kept.take(now).unwrap_or_else(|| {
                    self.made += 1;
                    self.made
                })
            };
            std::iter::repeat_with(begin).take(count).collect()
        }

        /// They are over; what is closed.
        fn end(&mut self, used: Vec<usize>) -> Vec<usize> {
            let now = self.now();
            used.into_iter().flat_map(|one| self.kept.end(now, Some(one))).collect()
        }

        fn at_once(&mut self, count: usize) -> Vec<usize> {
            let used = self.begin(count);
            self.end(used)
        }
    }

    #[test]
    fn as_many_are_kept_as_were_busy_at_once() {
        for count in [1, 3, MOST] {
            let mut bench = Bench::new();
            for _ in 0..5 {
                assert_eq!(bench.at_once(count), [0; 0]);
                bench.wait(IDLE / 2);
                assert_eq!(bench.at_once(1), [0; 0]);
            }
            assert_eq!(bench.made, count);
        }
    }

    #[test]
    fn no_more_than_the_most_are_open_and_idle() {
        let mut bench = Bench::new();
        let used = bench.begin(MOST + 6);
        assert_eq!(bench.end(used).len(), 6);
        assert_eq!(bench.at_once(MOST), [0; 0]);
        assert_eq!(bench.made, MOST + 6, "no other was made");
    }

    #[test]
    fn a_minute_after_a_rush_fewer_are_kept() {
        let mut bench = Bench::new();
        bench.kept.idle_max = u64::MAX;
        bench.at_once(8);
        bench.wait(Duration::from_secs(29));
        assert_eq!(bench.at_once(2), [0; 0]);
        bench.wait(Duration::from_secs(31));
        assert_eq!(bench.at_once(2).len(), 6);
        assert_eq!(bench.at_once(3).len(), 0);
        assert_eq!((bench.kept.idle.len(), bench.made), (3, 9));
    }

    #[test]
    fn after_a_long_silence_only_those_count_that_were_busy_all_the_while() {
        let mut bench = Bench::new();
        let mut used = bench.begin(5);
        bench.end(used.split_off(2));
        bench.wait(Duration::from_secs(600));
        assert_eq!(bench.end(used), [3, 4, 5], "too old");
        assert_eq!(bench.kept.idle.len(), 2);
    }

    #[test]
    fn one_that_was_idle_for_long_is_not_used_and_is_closed() {
        let mut bench = Bench::new();
        let used = bench.begin(2);
        bench.end(used);
        bench.wait(IDLE / 2);
        assert_eq!(bench.begin(1), [2], "the one used last");
        let now = bench.now();
        assert_eq!(bench.kept.end(now, Some(2)), [0; 0]);
        bench.wait(IDLE / 2);
        assert_eq!(bench.kept.next_end(), Some(bench.now()));
        assert_eq!(bench.kept.discard(bench.now()), [1]);
        bench.wait(IDLE / 2);
        assert_eq!(bench.kept.take(bench.now()), None);
        assert_eq!(bench.kept.discard(bench.now()), [2]);
        assert_eq!((bench.kept.next_end(), bench.begin(1)), (None, vec![3]));
    }

    #[test]
    fn one_that_broke_is_not_kept() {
        let mut bench = Bench::new();
        bench.begin(1);
        assert_eq!(bench.kept.end(bench.now(), None), [0; 0]);
        assert_eq!(bench.begin(1), [2]);
    }
}
