//! The options of a cache: its windows and limits.

use std::time::Duration;

use super::windows::{Windows, default_min_remaining};
use crate::clock::nanos;
use crate::error::{Error, ErrorKind, Result};
use crate::random;

/// More entries than this are a mistake or an attack.
const MAX_KEYS_MAX: usize = 1_000_000;
/// No time of a policy is longer.
const TIME_MAX: Duration = Duration::from_secs(86_400);

/// The windows and limits of a cache. Whatever is not set scales with the lifetime of each grant.
///
/// # Example: callers wait sooner
///
/// ```
/// use std::time::Duration;
/// use grantmint_core::CachePolicy;
///
/// let policy = CachePolicy::builder().wait_below(Duration::from_secs(25)).build()?;
/// assert_ne!(policy, CachePolicy::default());
/// # Ok::<(), grantmint_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CachePolicy {
    wait_below: Option<Duration>,
    soft_point: Option<Duration>,
    safety_margin: Option<Duration>,
    fetch_timeout: Option<Duration>,
    max_keys: usize,
    jitter: Option<f64>,
}

impl Default for CachePolicy {
    fn default() -> Self {
        Self {
            wait_below: None,
            soft_point: None,
            safety_margin: None,
            fetch_timeout: None,
            max_keys: 10_000,
            jitter: None,
        }
    }
}

/// Sets what a [`CachePolicy`] shall not take from its defaults.
#[derive(Clone, Debug, Default)]
pub struct CachePolicyBuilder(CachePolicy);

impl CachePolicyBuilder {
    /// Below this remaining lifetime callers wait for the fetch in flight. Default 20 s for a lifetime of
    /// 60 s, 5 s for 15 s.
    #[must_use]
    pub fn wait_below(mut self, time: Duration) -> Self {
        self.0.wait_below = Some(time);
        self
    }

    /// At this remaining lifetime a refresh is due; a jitter makes it a little earlier. Default 30 s
    /// for a lifetime of 60 s, 8 s for 15 s.
    #[must_use]
    pub fn soft_point(mut self, time: Duration) -> Self {
        self.0.soft_point = Some(time);
        self
    }

    /// Taken off every lifetime for clocks and transit. Default 2 s for a lifetime of 60 s, 1 s for 15 s.
    #[must_use]
    pub fn safety_margin(mut self, time: Duration) -> Self {
        self.0.safety_margin = Some(time);
        self
    }

    /// How long one fetch may take. Default 4 s for a lifetime of 60 s, 3 s for 15 s.
    #[must_use]
    pub fn fetch_timeout(mut self, time: Duration) -> Self {
        self.0.fetch_timeout = Some(time);
        self
    }

    /// How many keys the cache holds before each new one evicts one that is among those idle longest. Default
    /// 10,000.
    #[must_use]
    pub fn max_keys(mut self, keys: usize) -> Self {
        self.0.max_keys = keys;
        self
    }

    /// Fixes every random number to this one, `0.0..=1.0`: for tests.
    #[must_use]
    pub fn jitter(mut self, jitter: f64) -> Self {
        self.0.jitter = Some(jitter);
        self
    }

    /// The policy, checked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidArgument`] for a time that is zero or over 24 h, windows out of order,
    /// `max_keys` outside `1..=1_000_000` or a jitter outside `0.0..=1.0`.
    pub fn build(self) -> Result<CachePolicy> {
        let policy = self.0;
        let invalid = |argument, what: String| {
            Err(Error::of_argument(ErrorKind::InvalidArgument, argument, what))
        };
        let times = [
            ("wait_below", policy.wait_below),
            ("soft_point", policy.soft_point),
            ("safety_margin", policy.safety_margin),
            ("fetch_timeout", policy.fetch_timeout),
        ];
        for (name, time) in times {
            if time.is_some_and(|time| time.is_zero() || time > TIME_MAX) {
                return invalid(name, "must be over 0 and at most 24 h".to_owned());
            }
        }
        if let (Some(wait), Some(soft)) = (policy.wait_below, policy.soft_point)
            && wait > soft
        {
            return invalid("wait_below", "must not be over soft_point".to_owned());
        }
        if !(1..=MAX_KEYS_MAX).contains(&policy.max_keys) {
            return invalid("max_keys", format!("must be 1 to 1,000,000, not {}", policy.max_keys));
        }
        if let Some(jitter) = policy.jitter
            && !(0.0..=1.0).contains(&jitter)
        {
            return invalid("jitter", format!("must be 0 to 1, not {jitter}"));
        }
        Ok(policy)
    }
}

impl CachePolicy {
    /// A builder with all defaults.
    #[must_use]
    pub fn builder() -> CachePolicyBuilder {
        CachePolicyBuilder::default()
    }

    /// The number of keys held at most.
    #[must_use]
    pub fn max_keys(&self) -> usize {
        self.max_keys
    }

    /// A random number in `0.0..1.0`, or the fixed one.
    pub(crate) fn random(&self) -> f64 {
        self.jitter.unwrap_or_else(random::unit)
    }

    /// The default promise to callers for grants that are asked for with this lifetime.
    #[must_use]
    pub fn min_remaining(&self, ttl: Duration) -> Duration {
        Duration::from_nanos(default_min_remaining(nanos(ttl)))
    }

    /// Every window for a grant of this lifetime, whole nanoseconds.
    pub(crate) fn windows(&self, lifetime: Duration) -> Windows {
        let lifetime = nanos(lifetime);
        let default = Windows::of(lifetime);
        let or = |set: Option<Duration>, default| set.map_or(default, nanos);
        let margin = or(self.safety_margin, default.margin);
        Windows {
            margin,
            net_lifetime: lifetime.saturating_sub(margin),
            wait_below: or(self.wait_below, default.wait_below),
            soft_point: or(self.soft_point, default.soft_point),
            fetch_timeout: or(self.fetch_timeout, default.fetch_timeout),
            ..default
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lifetime_has_windows_in_order() {
        let policy = CachePolicy::default();
        for ms in (1..200_000).step_by(37) {
            let lifetime = Duration::from_millis(ms);
            let w = policy.windows(lifetime);
            let promise = nanos(policy.min_remaining(lifetime));
            assert!(promise <= w.wait_below && w.wait_below <= w.soft(0.0), "{ms} {w:?}");
            assert!(w.soft(1.0) < w.net_lifetime, "{ms} {w:?}");
        }
    }

    #[test]
    fn wrong_policies_are_refused() {
        let second = Duration::from_secs(1);
        let wrong = [
            CachePolicy::builder().wait_below(Duration::ZERO),
            CachePolicy::builder().fetch_timeout(Duration::from_secs(86_401)),
            CachePolicy::builder().wait_below(second * 2).soft_point(second),
            CachePolicy::builder().max_keys(0),
            CachePolicy::builder().max_keys(1_000_001),
            CachePolicy::builder().jitter(1.1),
            CachePolicy::builder().jitter(f64::NAN),
        ];
        for builder in wrong {
            assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
    }
}
