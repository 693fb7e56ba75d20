//! A caller's way to a grant, step by step, for hosts that wait by means of their own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::ask::{Begin, BeginOptions, Beginner as _, Rounds, SharedCache};
use super::decide::Key;
use super::grant_cache::GrantCache;
use super::store::Requester;
use crate::error::{ErrorKind, Result};

/// One caller's way to one grant, for hosts that wait by means of their own: they begin, and begin
/// again after a fetch that was dropped, by the rules of [`GrantCache::get`]. The caller's time runs
/// from [`GrantCache::ask`] on.
pub struct Asking {
    from: (Arc<SharedCache>, Arc<Requester>, Key),
    rounds: Rounds,
}

impl Asking {
    /// As [`GrantCache::begin`], with the time that is left.
    ///
    /// # Errors
    ///
    /// As [`GrantCache::begin`].
    pub fn begin(&self) -> Result<Begin> {
        self.from.begin(self.rounds.options(&self.from))
    }

    /// What is left of the caller's time.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.rounds.options(&self.from).timeout.unwrap_or_default()
    }

    /// Whether to begin again, now that the waiter has told this: after [`ErrorKind::Abandoned`], at
    /// most twice.
    pub fn goes_on(&mut self, told: ErrorKind) -> bool {
        self.rounds.goes_on(told)
    }
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("key", &self.from.2).finish_non_exhaustive()
    }
}

impl GrantCache {
    /// A caller's way to a grant, step by step. [`GrantCache::get`] and [`GrantCache::get_then`] go the
    /// whole way.
    #[must_use]
    pub fn ask(&self, key: &Key, options: BeginOptions) -> Asking {
        let from = self.beginner(key);
        Asking { rounds: Rounds::new(&from, options), from }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock::ManualClock;

    #[test]
    fn a_dropped_fetch_is_begun_again_twice_within_the_callers_time() {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        let cache = GrantCache::builder().clock(&clock).build();
        let key = Key::new("stream-1", Duration::from_secs(60)).unwrap();
        let options = BeginOptions::new().timeout(Duration::from_secs(5));
        let mut asking = cache.ask(&key, options);
        for (more, left) in [(true, 5), (true, 3), (false, 1)] {
            assert_eq!(asking.time_left(), Duration::from_secs(left));
            let Ok(Begin::Fetch(ticket, waiter)) = asking.begin() else { panic!("nobody fetches") };
            clock.advance(Duration::from_secs(2));
            drop(ticket);
            let told = waiter.wait().unwrap_err().kind();
            assert_eq!((told, asking.goes_on(told)), (ErrorKind::Abandoned, more));
        }
        assert!(!asking.goes_on(ErrorKind::UpstreamStatus));
        let Ok(Begin::Fetch(_ticket, waiter)) = asking.begin() else { panic!("nobody fetches") };
        let told = waiter.wait().unwrap_err().kind();
        assert_eq!(told, ErrorKind::DeadlineExceeded, "six seconds are gone");
    }
}
