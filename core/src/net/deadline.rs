//! By when something must be done. Every step on the way has the same deadline, so that no number of steps makes
//! the way longer.

use std::io;
use std::time::{Duration, Instant};

/// No deadline is later.
const LATEST: Duration = Duration::from_secs(3600);

/// A point in time. It stands still while the machine sleeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// So much later than now, an hour at most.
    pub(crate) fn after(time: Duration) -> Self {
        Self(Instant::now() + time.min(LATEST))
    }

    /// This one, or so much later than now if that is sooner.
    pub(crate) fn or_after(self, time: Duration) -> Self {
        Self(self.0.min(Self::after(time).0))
    }

    /// How long until then.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::TimedOut`] once it has passed.
    pub(crate) fn left(self) -> io::Result<Duration> {
        let left = self.0.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sooner_one_counts_and_what_has_passed_is_over() {
        let (hour, over) = (Deadline::after(Duration::MAX), Deadline::after(Duration::ZERO));
        assert!(hour.left().unwrap() <= LATEST);
        assert!(hour.or_after(Duration::from_secs(1)).left().unwrap() <= Duration::from_secs(1));
        for over in [over, over.or_after(LATEST), hour.or_after(Duration::ZERO)] {
            assert_eq!(over.left().unwrap_err().kind(), io::ErrorKind::TimedOut);
        }
    }
}
