//! The times that decide, and how they scale with the lifetime of a grant.
//!
//! Up to a minute they are those of playback grants. Longer lifetimes leave more time for an outage of upstream:
//! a refresh is due earlier, and is tried again less often.

use super::usage::Usage;

const SECOND: u64 = 1_000_000_000;
const MILLI: u64 = 1_000_000;

/// The least time between the starts of two fetches for one key, in nanoseconds; less only where grants
/// live so short that they could not be renewed in time.
pub(super) const SPACING: u64 = SECOND;
/// A short-lived grant is refreshed at the latest when this part of its lifetime has been used.
const SOFT_MAX_OF_LIFETIME: f64 = 0.75;
/// The longest lifetime whose windows are those of playback grants, in nanoseconds.
pub(crate) const MINUTE: u64 = 60 * SECOND;
/// So long a caller waits for a better grant than the one that is there, which is good for longer than any caller of a
/// playback grant asks for.
const PATIENCE: u64 = SECOND;

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
    pub(super) fn of(lifetime: u64, usage: Usage) -> Self {
        let margin = margin(lifetime);
        let net_lifetime = lifetime.saturating_sub(margin);
        let wishes = Wishes::of(lifetime, usage);
        Self {
            spacing: SPACING.min(lifetime / 4),
            margin,
            net_lifetime,
            wait_below: wishes.wait_below.min(share(net_lifetime, SOFT_MAX_OF_LIFETIME)),
            soft_point: wishes.soft_point,
            soft_jitter: wishes.soft_jitter,
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

/// How long a caller waits for a better grant than one of this lifetime, in nanoseconds.
pub(super) fn patience(lifetime: u64) -> u64 {
    if lifetime > MINUTE { PATIENCE } else { u64::MAX }
}

/// The windows that depend on what grants are for.
struct Wishes {
    wait_below: u64,
    soft_point: u64,
    soft_jitter: u64,
}

impl Wishes {
    fn of(lifetime: u64, usage: Usage) -> Self {
        match usage {
            Usage::Request => Self {
                wait_below: scaled(lifetime, Span::WAIT_BELOW),
                soft_point: scaled(lifetime, Span::SOFT_POINT).max(long(lifetime, 5)),
                soft_jitter: scaled(lifetime, Span::SOFT_JITTER).max(long(lifetime, 40)),
            },
            Usage::Session(length) => {
                let session = length.unwrap_or(lifetime / 2).min(share(lifetime, SESSION_MAX));
                Self {
                    wait_below: session,
                    soft_point: session + lifetime / 10,
                    soft_jitter: lifetime / 20,
                }
            }
            // Each new grant ends the one before, so none is fetched before callers would wait for it.
            Usage::Exclusive => {
                let wait_below = scaled(lifetime, Span::WAIT_BELOW);
                Self { wait_below, soft_point: wait_below, soft_jitter: 0 }
            }
        }
    }
}

/// A session lasts no larger part of its grant's lifetime: the rest is for the refresh.
const SESSION_MAX: f64 = 0.6;

/// What callers are promised who do not say, for a lifetime in nanoseconds.
pub(super) fn default_min_remaining(lifetime: u64, usage: Usage) -> u64 {
    match usage {
        Usage::Request | Usage::Exclusive => scaled(lifetime, Span::MIN_REMAINING),
        Usage::Session(length) => (lifetime / 12).min(length.unwrap_or(u64::MAX)),
    }
}

/// A part of a lifetime over a minute; nothing of one that is not.
fn long(lifetime: u64, part: u64) -> u64 {
    if lifetime > MINUTE { lifetime / part } else { 0 }
}

/// A time that depends on the lifetime of a grant: its values at 15 s and 60 s, straight lines between
/// those and zero, and where it ends that goes on in proportion to the lifetime beyond 60 s.
#[derive(Clone, Copy)]
struct Span {
    at_15: u64,
    at_60: u64,
    max: u64,
}

impl Span {
    const MARGIN: Self = Self::growing(1000, 2000, 30_000);
    const MIN_REMAINING: Self = Self::growing(2000, 5000, 30_000);
    const FETCH_TIMEOUT: Self = Self::growing(3000, 4000, 10_000);
    const BACKOFF_CAP: Self = Self::growing(1000, 4000, 60_000);
    const WAIT_BELOW: Self = Self::growing(5000, 20_000, 60_000);
    const SOFT_POINT: Self = Self::growing(8000, 30_000, 300_000);
    const SOFT_JITTER: Self = Self::growing(1000, 5000, 60_000);

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
    let of_use = net_lifetime.saturating_sub(scaled(lifetime, Span::MIN_REMAINING));
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

    /// In milliseconds.
    fn of(seconds: u64, usage: Usage) -> [u64; 6] {
        let w = Windows::of(seconds * SECOND, usage);
        [w.margin, w.wait_below, w.soft_point, w.soft_jitter, w.fetch_timeout, w.backoff_cap]
            .map(|t| t / MILLI)
    }

    #[test]
    fn the_documented_windows() {
        assert_eq!(of(15, Usage::Request), [1000, 5000, 8000, 1000, 3000, 1000]);
        assert_eq!(of(60, Usage::Request), [2000, 20_000, 30_000, 5000, 4000, 4000]);
        assert_eq!(Windows::of(60 * SECOND, Usage::Request).net_lifetime, 58 * SECOND);
    }

    #[test]
    fn longer_lifetimes_leave_more_time() {
        let hour = [30_000, 60_000, 720_000, 90_000, 10_000, 60_000];
        assert_eq!(of(600, Usage::Request), [20_000, 60_000, 300_000, 50_000, 10_000, 40_000]);
        assert_eq!(of(3600, Usage::Request), hour);
        assert_eq!(of(86_400, Usage::Request)[1..4], [60_000, 17_280_000, 2_160_000]);
        let session = Usage::Session(None);
        assert_eq!(of(3600, session)[1..4], [1_800_000, 2_160_000, 180_000]);
        assert_eq!(of(86_400, session)[1..4], [43_200_000, 51_840_000, 4_320_000]);
        assert_eq!(of(3600, Usage::Session(Some(600 * SECOND)))[1..3], [600_000, 960_000]);
        let longest = of(3600, Usage::Session(Some(u64::MAX)));
        assert_eq!(longest[1..3], [2_160_000, 2_520_000]);
        assert_eq!(of(3600, Usage::Exclusive)[1..4], [60_000, 60_000, 0]);
    }

    #[test]
    fn what_is_promised_grows_with_the_lifetime() {
        for (seconds, request, session) in
            [(15, 2000, 1250), (60, 5000, 5000), (600, 30_000, 50_000), (86_400, 30_000, 7_200_000)]
        {
            let of = |usage| default_min_remaining(seconds * SECOND, usage) / MILLI;
            assert_eq!(of(Usage::Request), request);
            assert_eq!(of(Usage::Session(None)), session);
        }
    }
}
