//! The options of a cache: its windows and limits.

use std::time::Duration;

use super::key::TTL_MAX;
use super::usage::Usage;
use super::windows::{MINUTE, Windows, default_min_remaining};
use crate::clock::nanos;
use crate::error::{Error, ErrorKind, Result};
use crate::random;

/// More entries than this are a mistake or an attack.
const MAX_KEYS_MAX: usize = 1_000_000;
/// No time of a policy is longer.
const TIME_MAX: Duration = TTL_MAX;

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
    usage: Usage,
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
            usage: Usage::Request,
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

    /// How many keys the cache holds before each new one evicts one that is among the least recently used. Default
    /// 10,000.
    #[must_use]
    pub fn max_keys(mut self, keys: usize) -> Self {
        self.0.max_keys = keys;
        self
    }

    /// Grants are handed to clients that go on with them for this long, such as a call: half of a grant's lifetime if
    /// `None`, and six tenths of it at most. A refresh is then due earlier, and callers are promised a twelfth of the
    /// lifetime, or as long as a shorter session is. Unless this is set, a grant is used for one request, immediately.
    #[must_use]
    pub fn session(mut self, time: impl Into<Option<Duration>>) -> Self {
        self.0.usage = Usage::Session(time.into().map(nanos));
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
    /// [`ErrorKind::InvalidArgument`] for a time that is zero or over 48 h, windows out of order,
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
            ("session", policy.usage.session()),
        ];
        for (name, time) in times {
            if time.is_some_and(|time| time.is_zero() || time > TIME_MAX) {
                return invalid(name, "must be over 0 and at most 48 h".to_owned());
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

    /// The same policy for grants each of which ends the one before: a refresh is due as late as can be.
    #[cfg(feature = "http")]
    #[must_use]
    pub(crate) fn exclusive(mut self) -> Self {
        self.usage = Usage::Exclusive;
        self
    }

    /// The same policy for grants that clients go on with: see [`CachePolicyBuilder::session`].
    #[cfg(feature = "http")]
    #[must_use]
    pub(crate) fn for_session(mut self, time: Option<Duration>) -> Self {
        self.usage = Usage::Session(time.map(nanos));
        self
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
        Duration::from_nanos(default_min_remaining(nanos(ttl), self.usage))
    }

    /// The lifetime that decides about a key: what its grant has, if that is less than was asked for. That of a
    /// playback grant is always what was asked for.
    pub(crate) fn nominal(&self, ttl: Duration, stored: Option<u64>) -> Duration {
        match stored {
            Some(lifetime) if nanos(ttl) > MINUTE => ttl.min(Duration::from_nanos(lifetime)),
            _ => ttl,
        }
    }

    /// The same, if it is certain. Before one has come, a grant over a minute may live much shorter than was asked for.
    pub(crate) fn known(&self, ttl: Duration, stored: Option<u64>) -> Option<Duration> {
        let is_certain = stored.is_some() || nanos(ttl) <= MINUTE;
        is_certain.then(|| self.nominal(ttl, stored))
    }

    /// Every window for a grant of this lifetime, whole nanoseconds.
    pub(crate) fn windows(&self, lifetime: Duration) -> Windows {
        let lifetime = nanos(lifetime);
        let default = Windows::of(lifetime, self.usage);
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

    fn session(length: Option<Duration>) -> CachePolicy {
        CachePolicy::builder().session(length).build().unwrap()
    }

    fn has_windows_in_order(policy: &CachePolicy, lifetime: Duration) {
        let w = policy.windows(lifetime);
        let promise = nanos(policy.min_remaining(lifetime));
        assert!(promise <= w.wait_below && w.wait_below <= w.soft(0.0), "{lifetime:?} {w:?}");
        assert!(w.soft(0.0) <= w.soft(1.0) && w.soft(1.0) < w.net_lifetime, "{lifetime:?} {w:?}");
        // A caller may ask for as much as it is promised.
        assert!(promise <= nanos(lifetime / 2), "{lifetime:?}");
        // One more fetch fits in between the time at which it is due and the end of the promise.
        let spare = w.soft(0.0) - promise;
        assert!(lifetime < Duration::from_secs(60) || w.fetch_timeout < spare, "{lifetime:?}");
    }

    #[test]
    fn every_short_lifetime_has_windows_in_order() {
        for ms in (1..200_000).step_by(37) {
            has_windows_in_order(&CachePolicy::default(), Duration::from_millis(ms));
        }
    }

    proptest::proptest! {
        #[test]
        fn every_lifetime_has_windows_in_order(
            ms in 2000_u64..=172_800_000,
            length in proptest::option::of(1_u64..=172_800),
            jitter in 0.0..=1.0,
        ) {
            let lifetime = Duration::from_millis(ms);
            let length = length.map(Duration::from_secs);
            for policy in [CachePolicy::default(), session(None), session(length)] {
                has_windows_in_order(&policy, lifetime);
                let (sooner, w) = (policy.windows(lifetime / 2), policy.windows(lifetime));
                // Longer lifetimes have no shorter windows.
                proptest::prop_assert!(sooner.soft(jitter) <= w.soft(jitter));
                proptest::prop_assert!(sooner.margin <= w.margin);
                proptest::prop_assert!(sooner.backoff_cap <= w.backoff_cap);
            }
        }
    }

    #[test]
    fn a_grant_that_lives_shorter_than_was_asked_for_decides_by_its_own_lifetime() {
        let (policy, hour) = (CachePolicy::default(), Duration::from_secs(3600));
        let minute = Duration::from_secs(60);
        assert_eq!(policy.nominal(hour, None), hour);
        assert_eq!(policy.nominal(hour, Some(nanos(minute))), minute);
        assert_eq!(policy.nominal(minute, Some(nanos(hour))), minute);
        assert_eq!(policy.nominal(minute, Some(1)), minute, "a playback grant's windows stay");
    }

    #[test]
    fn wrong_policies_are_refused() {
        let second = Duration::from_secs(1);
        let wrong = [
            CachePolicy::builder().wait_below(Duration::ZERO),
            CachePolicy::builder().fetch_timeout(Duration::from_secs(172_801)),
            CachePolicy::builder().wait_below(second * 2).soft_point(second),
            CachePolicy::builder().max_keys(0),
            CachePolicy::builder().max_keys(1_000_001),
            CachePolicy::builder().session(Duration::ZERO),
            CachePolicy::builder().session(TIME_MAX * 2),
            CachePolicy::builder().jitter(1.1),
            CachePolicy::builder().jitter(f64::NAN),
        ];
        for builder in wrong {
            assert_eq!(builder.build().unwrap_err().kind(), ErrorKind::InvalidArgument);
        }
    }
}
