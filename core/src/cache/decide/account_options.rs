//! What the host knows of an account's limits, and what holds when its minters say different things.

use std::fmt::Display;

use crate::error::{Error, ErrorKind, Result};

/// Calls per second that an account may grow to, unless its minters say less.
const RATE_MAX: f64 = 2000.0;
/// Calls at once, unless its minters say otherwise.
const BURST: u32 = 20;
const BURST_MAX: u32 = 1000;
/// Fetches at once, unless its minters say otherwise.
const FETCHES: usize = 64;
const FETCHES_MAX: usize = 1024;

/// What is known of an account's limits. What is not known the library finds out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct AccountOptions {
    /// Calls per second that the account has, above 0 and up to 2,000. The library starts with 10 a second, and
    /// goes up to this as far as calls are needed and upstream does not refuse.
    pub calls_per_second: Option<f64>,
    /// Calls at once after a quiet time: 20 unless said, 1 to 1,000.
    pub burst: Option<u32>,
    /// Fetches at once that the library's own threads make for the account: 64 unless said, 1 to 1,024. What
    /// a source of the host does on threads or tasks of its own does not count.
    pub max_fetches: Option<usize>,
}

impl AccountOptions {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the calls per second that the account has.
    #[must_use]
    pub fn calls_per_second(mut self, calls: f64) -> Self {
        self.calls_per_second = Some(calls);
        self
    }

    /// Sets the calls at once after a quiet time.
    #[must_use]
    pub fn burst(mut self, calls: u32) -> Self {
        self.burst = Some(calls);
        self
    }

    /// Sets the fetches at once of the library's own threads.
    #[must_use]
    pub fn max_fetches(mut self, fetches: usize) -> Self {
        self.max_fetches = Some(fetches);
        self
    }

    /// Refuses what is no limit.
    pub(crate) fn check(&self) -> Result<()> {
        check("calls_per_second", self.calls_per_second, "over 0 and at most 2,000", |rate| {
            rate > 0.0 && rate <= RATE_MAX
        })?;
        check("burst", self.burst, "1 to 1,000", |burst| (1..=BURST_MAX).contains(&burst))?;
        check("max_fetches", self.max_fetches, "1 to 1,024", |fetches| {
            (1..=FETCHES_MAX).contains(&fetches)
        })
    }

    /// The name of the first that is known.
    pub(crate) fn first_given(&self) -> Option<&'static str> {
        let all = [
            ("calls_per_second", self.calls_per_second.is_some()),
            ("burst", self.burst.is_some()),
            ("max_fetches", self.max_fetches.is_some()),
        ];
        all.into_iter().find_map(|(name, is_given)| is_given.then_some(name))
    }

    /// What holds of these and those of another minter: of each the lower. Tells whether one of both is not
    /// as its minter said.
    pub(crate) fn agreed(&self, other: &Self) -> (Self, bool) {
        let mut differ = false;
        let agreed = Self {
            calls_per_second: lower(self.calls_per_second, other.calls_per_second, &mut differ),
            burst: lower(self.burst, other.burst, &mut differ),
            max_fetches: lower(self.max_fetches, other.max_fetches, &mut differ),
        };
        (agreed, differ)
    }

    pub(crate) fn rate_max(&self) -> f64 {
        self.calls_per_second.unwrap_or(RATE_MAX)
    }

    pub(crate) fn burst_max(&self) -> f64 {
        f64::from(self.burst.unwrap_or(BURST))
    }

    pub(crate) fn fetches_max(&self) -> usize {
        self.max_fetches.unwrap_or(FETCHES)
    }
}

/// Refuses a limit that is given and is none.
fn check<T: Copy + Display>(
    name: &str,
    given: Option<T>,
    range: &str,
    is_in_range: impl Fn(T) -> bool,
) -> Result<()> {
    match given {
        Some(limit) if !is_in_range(limit) => {
            let what = format!("must be {range}, not {limit}");
            Err(Error::of_argument(ErrorKind::InvalidArgument, name, what))
        }
        _ => Ok(()),
    }
}

fn lower<T: PartialOrd + Copy>(one: Option<T>, other: Option<T>, differ: &mut bool) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => {
            *differ |= one != other;
            Some(if other < one { other } else { one })
        }
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_limit_is_refused() {
        for rate in [0.0, -1.0, f64::NAN, f64::INFINITY, 2000.5] {
            assert!(AccountOptions::new().calls_per_second(rate).check().is_err(), "{rate}");
        }
        for burst in [0, 1001] {
            assert!(AccountOptions::new().burst(burst).check().is_err());
        }
        for fetches in [0, 1025] {
            assert!(AccountOptions::new().max_fetches(fetches).check().is_err());
        }
        let options = AccountOptions::new().calls_per_second(0.1).burst(1).max_fetches(1);
        assert!(options.check().is_ok());
    }

    #[test]
    fn the_lower_limit_holds_and_silence_is_no_limit() {
        let (slow, fast) = (AccountOptions::new().calls_per_second(5.0), AccountOptions::new());
        assert_eq!(slow.agreed(&fast), (slow, false));
        assert_eq!(fast.agreed(&slow), (slow, false));
        let faster = AccountOptions::new().calls_per_second(50.0);
        assert_eq!(faster.agreed(&slow), (slow, true));
        assert_eq!(slow.agreed(&slow), (slow, false));
    }
}
