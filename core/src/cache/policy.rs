//! When a grant is old, and how long to leave upstream alone after a failure: pure functions of the
//! life of a grant, the outcome and a random number.

use std::time::Duration;

use crate::clock::nanos;
use crate::error::{Error, ErrorKind, Result};

const SECOND: u64 = 1_000_000_000;
const MILLI: u64 = 1_000_000;

/// The least time between the starts of two attempts for one key.
pub(super) const MIN_SPACING: u64 = SECOND;
/// A flight this long past its deadline is dead, whatever its driver does.
pub(super) const DEAD_AFTER: u64 = SECOND;
/// The first step of the transient back-off.
const BACKOFF_BASE: u64 = 250 * MILLI;
/// The first step of the back-off after a 429 that says nothing of when to come back.
const THROTTLE_BASE: u64 = SECOND;
/// Nobody is left alone for longer, whatever upstream asks for.
const ASKED_MAX: u64 = 300 * SECOND;
/// A short-lived grant is refreshed at the latest when this part of its life has been used.
const SOFT_MAX_OF_LIFE: f64 = 0.75;
/// More entries than this are a mistake or an attack.
const MAX_KEYS_MAX: usize = 1_000_000;

/// The windows and limits of a cache. Whatever is not set scales with the life of each grant.
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
    /// Below this remaining life callers wait for the flight in the air. Default 20 s for a life of
    /// 60 s, 5 s for 15 s.
    #[must_use]
    pub fn wait_below(mut self, time: Duration) -> Self {
        self.0.wait_below = Some(time);
        self
    }

    /// At this remaining life a refresh is due; a jitter makes it a little earlier. Default 30 s
    /// for a life of 60 s, 8 s for 15 s.
    #[must_use]
    pub fn soft_point(mut self, time: Duration) -> Self {
        self.0.soft_point = Some(time);
        self
    }

    /// Taken off every life for clocks and transit. Default 2 s for a life of 60 s, 1 s for 15 s.
    #[must_use]
    pub fn safety_margin(mut self, time: Duration) -> Self {
        self.0.safety_margin = Some(time);
        self
    }

    /// How long one fetch may take. Default 4 s for a life of 60 s, 3 s for 15 s.
    #[must_use]
    pub fn fetch_timeout(mut self, time: Duration) -> Self {
        self.0.fetch_timeout = Some(time);
        self
    }

    /// How many keys the cache holds before the one idle longest has to go. Default 10,000.
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
        let invalid = |why: &'static str| Err(Error::new(ErrorKind::InvalidArgument, why));
        let times =
            [policy.wait_below, policy.soft_point, policy.safety_margin, policy.fetch_timeout];
        if times.iter().flatten().any(|t| t.is_zero() || *t > Duration::from_secs(86_400)) {
            return invalid("the times of a policy must be over 0 and at most 24 h");
        }
        if let (Some(wait), Some(soft)) = (policy.wait_below, policy.soft_point)
            && wait > soft
        {
            return invalid("wait_below must not be over soft_point");
        }
        if !(1..=MAX_KEYS_MAX).contains(&policy.max_keys) {
            return invalid("max_keys must be 1 to 1,000,000");
        }
        if policy.jitter.is_some_and(|jitter| !(0.0..=1.0).contains(&jitter)) {
            return invalid("jitter must be 0 to 1");
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
        self.jitter.unwrap_or_else(super::random::unit)
    }

    /// The default promise to callers for grants that are asked for with this life.
    #[must_use]
    pub fn min_remaining(&self, ttl: Duration) -> Duration {
        Duration::from_nanos(scaled(nanos(ttl), Span::MIN_REMAINING))
    }

    /// Every window for a grant of this life, whole nanoseconds.
    pub(crate) fn windows(&self, life: Duration) -> Windows {
        let life = nanos(life);
        let or = |set: Option<Duration>, span| set.map_or_else(|| scaled(life, span), nanos);
        let margin = self.safety_margin.map_or_else(|| margin(life), nanos);
        Windows {
            margin,
            net_life: life.saturating_sub(margin),
            wait_below: or(self.wait_below, Span::WAIT_BELOW),
            soft_point: or(self.soft_point, Span::SOFT_POINT),
            soft_jitter: scaled(life, Span::SOFT_JITTER),
            fetch_timeout: or(self.fetch_timeout, Span::FETCH_TIMEOUT),
            backoff_cap: scaled(life, Span::BACKOFF_CAP),
            throttle_cap: scaled(life, Span::THROTTLE_CAP),
        }
    }
}

/// A time that depends on the life of a grant: its values at 15 s and 60 s, straight lines between
/// those and zero, and what happens beyond 60 s.
#[derive(Clone, Copy)]
struct Span {
    at_15: u64,
    at_60: u64,
    /// Goes on in proportion to the life, up to this; equal to `at_60` for a time that does not.
    max: u64,
}

impl Span {
    const MARGIN: Self = Self::fixed(1000, 2000);
    const MIN_REMAINING: Self = Self::fixed(2000, 5000);
    const FETCH_TIMEOUT: Self = Self::fixed(3000, 4000);
    const BACKOFF_CAP: Self = Self::fixed(1000, 4000);
    const THROTTLE_CAP: Self = Self::fixed(10_000, 30_000);
    const WAIT_BELOW: Self = Self::growing(5000, 20_000, 60_000);
    const SOFT_POINT: Self = Self::growing(8000, 30_000, 300_000);
    const SOFT_JITTER: Self = Self::growing(1000, 5000, 60_000);

    const fn fixed(at_15_ms: u64, at_60_ms: u64) -> Self {
        Self::growing(at_15_ms, at_60_ms, at_60_ms)
    }

    const fn growing(at_15_ms: u64, at_60_ms: u64, max_ms: u64) -> Self {
        Self { at_15: at_15_ms * MILLI, at_60: at_60_ms * MILLI, max: max_ms * MILLI }
    }
}

/// The margin covers clocks that tell whole seconds, so it is a second even for short lives, down to
/// the point where little would be left.
fn margin(life: u64) -> u64 {
    scaled(life, Span::MARGIN).max(SECOND.min(life / 4))
}

fn scaled(life: u64, span: Span) -> u64 {
    const SHORT: u64 = 15 * SECOND;
    const LONG: u64 = 60 * SECOND;
    // In 128 bits no product below can overflow.
    let part = |value: u64, of: u64, whole: u64| {
        u64::try_from(u128::from(value) * u128::from(of) / u128::from(whole)).unwrap_or(u64::MAX)
    };
    if life <= SHORT {
        part(span.at_15, life, SHORT)
    } else if life <= LONG {
        span.at_15 + part(span.at_60 - span.at_15, life - SHORT, LONG - SHORT)
    } else {
        part(span.at_60, life, LONG).min(span.max)
    }
}

/// The windows for one life, in nanoseconds; remaining times are net of `margin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    pub(crate) margin: u64,
    pub(crate) net_life: u64,
    pub(crate) wait_below: u64,
    pub(crate) soft_point: u64,
    pub(crate) soft_jitter: u64,
    pub(crate) fetch_timeout: u64,
    pub(crate) backoff_cap: u64,
    pub(crate) throttle_cap: u64,
}

impl Windows {
    /// The remaining life at which a refresh is due. The jitter only makes it earlier, and a grant
    /// so short that it would be due at once is left alone for a quarter of its life.
    pub(crate) fn soft(&self, random: f64) -> u64 {
        let soft = self.soft_point.saturating_add(share(self.soft_jitter, random));
        soft.min(share(self.net_life, SOFT_MAX_OF_LIFE))
    }

    /// How long to leave one key alone after its `failures`-th transient failure in a row: full
    /// jitter. `spare` is the life that the grant in the store has above its promise, if there is
    /// one: the less is left, the sooner the next attempt, so that one more fits in.
    pub(crate) fn transient_backoff(&self, failures: u32, spare: Option<u64>, random: f64) -> u64 {
        let step = doubled(BACKOFF_BASE, failures).min(self.backoff_cap);
        share(spare.map_or(step, |spare| step.min(spare / 4)), random)
    }

    /// How long to leave the account alone after its `failures`-th 429 in a row.
    pub(crate) fn cooldown(&self, retry_after: Option<u64>, failures: u32, random: f64) -> u64 {
        match retry_after {
            Some(asked) => asked_for(asked, random),
            None => {
                let step = doubled(THROTTLE_BASE, failures).min(self.throttle_cap);
                step / 2 + share(step / 2, random)
            }
        }
    }
}

/// How long to leave upstream alone that asked for this time: never less; a little more, so that a
/// fleet does not return as one.
pub(super) fn asked_for(asked: u64, random: f64) -> u64 {
    let asked = asked.min(ASKED_MAX);
    asked + share((asked / 4).min(5 * SECOND), random)
}

/// How long an answer that no further try will better is kept.
pub(super) fn negative_ttl(kind: ErrorKind, random: f64) -> u64 {
    match kind {
        ErrorKind::UpstreamNotFound => 5 * SECOND + share(5 * SECOND, random),
        _ => SECOND + share(4 * SECOND, random),
    }
}

/// `base` doubled for every failure after the first.
fn doubled(base: u64, failures: u32) -> u64 {
    base.saturating_mul(1 << failures.saturating_sub(1).min(16))
}

/// A part of a time, rounded down; `part` lies in `0.0..=1.0`.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a part of a time is not longer than the time, and nanoseconds may be rounded"
)]
fn share(time: u64, part: f64) -> u64 {
    (time as f64 * part) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(seconds: u64) -> Windows {
        CachePolicy::default().windows(Duration::from_secs(seconds))
    }

    #[test]
    fn the_documented_windows() {
        let (short, long) = (windows(15), windows(60));
        let ms = |w: Windows| {
            [w.margin, w.wait_below, w.soft_point, w.soft_jitter, w.fetch_timeout, w.backoff_cap]
                .map(|t| t / MILLI)
        };
        assert_eq!(ms(short), [1000, 5000, 8000, 1000, 3000, 1000]);
        assert_eq!(ms(long), [2000, 20_000, 30_000, 5000, 4000, 4000]);
        assert_eq!(long.net_life, 58 * SECOND);
    }

    #[test]
    fn every_life_has_windows_in_order() {
        let policy = CachePolicy::default();
        for ms in (1..200_000).step_by(37) {
            let life = Duration::from_millis(ms);
            let w = policy.windows(life);
            let promise = nanos(policy.min_remaining(life));
            assert!(promise <= w.wait_below && w.wait_below <= w.soft(0.0), "{ms} {w:?}");
            assert!(w.soft(1.0) < w.net_life, "{ms} {w:?}");
        }
    }

    #[test]
    fn a_429_is_never_followed_sooner_than_asked() {
        let w = windows(60);
        for random in [0.0, 0.5, 0.999] {
            let cooldown = w.cooldown(Some(10 * SECOND), 1, random);
            assert!((10 * SECOND..=125 * SECOND / 10).contains(&cooldown));
            assert!(w.cooldown(Some(u64::MAX), 1, random) <= ASKED_MAX + 5 * SECOND);
            assert!(w.cooldown(None, 40, random) <= w.throttle_cap);
            assert!(w.cooldown(None, 1, random) >= SECOND / 2);
        }
    }

    #[test]
    fn back_off_grows_to_its_cap_and_yields_to_the_promise() {
        let w = windows(60);
        let steps: Vec<u64> = (1..=7).map(|n| w.transient_backoff(n, None, 1.0) / MILLI).collect();
        assert_eq!(steps, [250, 500, 1000, 2000, 4000, 4000, 4000]);
        assert_eq!(w.transient_backoff(7, Some(SECOND), 1.0), SECOND / 4);
        assert_eq!(w.transient_backoff(7, None, 0.0), 0);
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
