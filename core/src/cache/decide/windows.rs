//! The times that decide, and how they scale with the lifetime of a grant.

const SECOND: u64 = 1_000_000_000;
const MILLI: u64 = 1_000_000;

/// The least time between the starts of two fetches for one key, in nanoseconds; less only where grants
/// live so short that they could not be renewed in time.
pub(super) const SPACING: u64 = SECOND;
/// A short-lived grant is refreshed at the latest when this part of its lifetime has been used.
const SOFT_MAX_OF_LIFETIME: f64 = 0.75;

/// The windows for one lifetime, in nanoseconds; remaining times are net of `margin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Windows {
    /// Between the starts of two fetches for one key.
    pub(crate) spacing: u64,
    pub(crate) margin: u64,
    pub(crate) net_lifetime: u64,
    pub(crate) wait_below: u64,
    pub(crate) soft_point: u64,
    pub(crate) soft_jitter: u64,
    pub(crate) fetch_timeout: u64,
    pub(crate) backoff_cap: u64,
}

impl Windows {
    /// The windows that hold unless a policy says otherwise, for a lifetime in nanoseconds.
    pub(super) fn of(lifetime: u64) -> Self {
        let margin = margin(lifetime);
        let net_lifetime = lifetime.saturating_sub(margin);
        Self {
            spacing: SPACING.min(lifetime / 4),
            margin,
            net_lifetime,
            wait_below: scaled(lifetime, Span::WAIT_BELOW),
            soft_point: scaled(lifetime, Span::SOFT_POINT),
            soft_jitter: scaled(lifetime, Span::SOFT_JITTER),
            fetch_timeout: fetch_timeout(lifetime, net_lifetime),
            backoff_cap: scaled(lifetime, Span::BACKOFF_CAP),
        }
    }

    /// The remaining lifetime at which a refresh is due. The jitter only makes it earlier, and a grant
    /// so short that it would be due right away is not refreshed in the first quarter of its lifetime.
    pub(crate) fn soft(&self, random: f64) -> u64 {
        let soft = self.soft_point.saturating_add(share(self.soft_jitter, random));
        soft.min(share(self.net_lifetime, SOFT_MAX_OF_LIFETIME))
    }
}

/// What callers are promised who do not say, for a lifetime in nanoseconds.
pub(super) fn default_min_remaining(lifetime: u64) -> u64 {
    scaled(lifetime, Span::MIN_REMAINING)
}

/// A time that depends on the lifetime of a grant: its values at 15 s and 60 s, straight lines between
/// those and zero, and what happens beyond 60 s.
#[derive(Clone, Copy)]
struct Span {
    at_15: u64,
    at_60: u64,
    /// Goes on in proportion to the lifetime, up to this; equal to `at_60` for a time that does not.
    max: u64,
}

impl Span {
    const MARGIN: Self = Self::fixed(1000, 2000);
    const MIN_REMAINING: Self = Self::fixed(2000, 5000);
    const FETCH_TIMEOUT: Self = Self::fixed(3000, 4000);
    const BACKOFF_CAP: Self = Self::fixed(1000, 4000);
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
fn margin(lifetime: u64) -> u64 {
    scaled(lifetime, Span::MARGIN).max(SECOND.min(lifetime / 4))
}

/// A short lifetime leaves a fetch as long as its grant is of use, up to what longer ones leave.
fn fetch_timeout(lifetime: u64, net_lifetime: u64) -> u64 {
    let of_use = net_lifetime.saturating_sub(default_min_remaining(lifetime));
    scaled(lifetime, Span::FETCH_TIMEOUT).max(of_use.min(Span::FETCH_TIMEOUT.at_15))
}

fn scaled(lifetime: u64, span: Span) -> u64 {
    const SHORT: u64 = 15 * SECOND;
    const LONG: u64 = 60 * SECOND;
    // In 128 bits no product below can overflow.
    let part = |value: u64, of: u64, whole: u64| {
        u64::try_from(u128::from(value) * u128::from(of) / u128::from(whole)).unwrap_or(u64::MAX)
    };
    if lifetime <= SHORT {
        part(span.at_15, lifetime, SHORT)
    } else if lifetime <= LONG {
        span.at_15 + part(span.at_60 - span.at_15, lifetime - SHORT, LONG - SHORT)
    } else {
        part(span.at_60, lifetime, LONG).min(span.max)
    }
}

/// A part of a time, rounded down; `part` lies in `0.0..=1.0`.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a part of a time is not longer than the time, and nanoseconds may be rounded"
)]
pub(super) fn share(time: u64, part: f64) -> u64 {
    (time as f64 * part) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_windows() {
        let (short, long) = (Windows::of(15 * SECOND), Windows::of(60 * SECOND));
        let ms = |w: Windows| {
            [w.margin, w.wait_below, w.soft_point, w.soft_jitter, w.fetch_timeout, w.backoff_cap]
                .map(|t| t / MILLI)
        };
        assert_eq!(ms(short), [1000, 5000, 8000, 1000, 3000, 1000]);
        assert_eq!(ms(long), [2000, 20_000, 30_000, 5000, 4000, 4000]);
        assert_eq!(long.net_lifetime, 58 * SECOND);
    }
}
