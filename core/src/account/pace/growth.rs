//! How the rate grows: doubled each second until upstream refuses for the first time, and from then on
//! along a curve that is flat where it was cut.

/// After a cut the curve is back at the rate that was cut after so many seconds of need.
pub(super) const SPAN: f64 = 15.0;
/// The part of a rate that is left after a cut.
pub(super) const LEFT: f64 = 0.85;
/// The same where the rate was far too high: at the end of the doubling, or soon after another cut.
const LEFT_QUICK: f64 = 0.6;
/// What upstream bears at least, as long as it was not asked for much: few answers may have had few callers.
pub(super) const GUESS_LEAST: f64 = 1.0;
/// So many calls that wait make the rate grow by one call per second in a second, beside the curve.
const CALLS_FOR_ONE: f64 = 16_000.0;
/// The same where upstream counts over long times.
const CALLS_FOR_ONE_LONG: f64 = 40_000.0;

/// How the rate grows while it has to.
pub(super) enum Growth {
    /// Upstream has never refused.
    Doubling,
    /// Back to where it was cut, and slowly past it.
    Curve(Curve),
}

pub(super) struct Curve {
    /// The rate at which it is flat, in calls per second: what upstream is thought to bear.
    pub(super) flat: f64,
    /// When it gets there, in seconds of need.
    span: f64,
    /// For how many seconds more calls than that were needed.
    needed: f64,
    /// Upstream counts by the minute or so: it grows ten times as slowly past what is flat.
    is_long: bool,
}

impl Growth {
    /// What upstream is thought to bear, once it has refused.
    pub(super) fn flat(&self) -> Option<f64> {
        match self {
            Self::Doubling => None,
            Self::Curve(curve) => Some(curve.flat),
        }
    }

    /// The rate after so many seconds in which more was needed, with so many calls waiting.
    pub(super) fn grown(&mut self, rate: f64, seconds: f64, waiting: f64) -> f64 {
        match self {
            Self::Doubling => rate * seconds.exp2(),
            Self::Curve(curve) => curve.grown(rate, seconds, waiting),
        }
    }

    /// After a 429 at a rate. `accepted` calls per second were answered lately. Returns the new rate.
    pub(super) fn cut(&mut self, rate: f64, accepted: f64) -> f64 {
        let (base, is_quick, flat) = match self {
            Self::Doubling => (rate.min((1.5 * accepted).max(GUESS_LEAST)), true, f64::INFINITY),
            Self::Curve(curve) => (rate, curve.needed < curve.span / 4.0, curve.flat),
        };
        let (flat, left) = match is_quick {
            true => (0.8 * base, LEFT_QUICK),
            false if base < flat => (base * f64::midpoint(1.0, LEFT), LEFT),
            false => (base, LEFT),
        };
        let (span, is_long) = match self {
            Self::Doubling => (SPAN, false),
            Self::Curve(curve) => (curve.span, curve.is_long),
        };
        *self = Self::Curve(Curve { flat, span, needed: 0.0, is_long });
        left * base
    }

    /// Upstream answers again after a cool-down. One that counts over long times may do so soon, if it refused
    /// at the end of its time.
    pub(super) fn reopened(&mut self) {
        if let Self::Curve(curve) = self {
            (curve.span, curve.needed) = (SPAN, 0.0);
        }
    }

    /// The same for an upstream that counts over long times: what it let through in a whole round is what
    /// it bears.
    pub(super) fn reopened_after_round(&mut self, bears: f64, span: f64) {
        *self = Self::Curve(Curve { flat: bears, span, needed: 0.0, is_long: true });
    }
}

impl Curve {
    fn grown(&mut self, rate: f64, seconds: f64, waiting: f64) -> f64 {
        self.needed += seconds;
        let x = (self.needed - self.span) / self.span;
        let scale = if x < 0.0 { 1.0 - LEFT } else { 1.0 };
        let on_curve = self.flat * (1.0 + scale * x.powi(3));
        let slope = match self.is_long {
            true => (waiting / CALLS_FOR_ONE_LONG).clamp(0.002, 0.1),
            false => (waiting / CALLS_FOR_ONE).clamp(0.02, 1.0),
        };
        rate.max(on_curve).max(rate + seconds * slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_near(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-9, "{one} is not {other}");
    }

    #[test]
    fn the_first_cut_goes_by_what_was_answered_and_one_soon_after_another_cuts_deep() {
        let mut growth = Growth::Doubling;
        is_near(growth.cut(20.0, 10.0), 9.0);
        is_near(growth.flat().unwrap(), 12.0);
        // A quarter of the way back to where it was cut is 3.75 seconds.
        growth.grown(9.0, 3.7, 0.0);
        is_near(growth.cut(10.0, 10.0), 6.0);
        is_near(growth.flat().unwrap(), 8.0);
    }

    #[test]
    fn what_upstream_is_thought_to_bear_falls_if_it_is_refused_below_that() {
        let mut growth = Growth::Doubling;
        growth.cut(10.0, 100.0);
        let mut cut = |rate| {
            growth.grown(rate, 3.75, 0.0);
            (growth.cut(rate, rate), growth.flat().unwrap())
        };
        for (rate, (left, flat)) in [(8.0, (6.8, 8.0)), (6.0, (5.1, 5.55)), (9.0, (7.65, 9.0))] {
            let found = cut(rate);
            is_near(found.0, left);
            is_near(found.1, flat);
        }
    }

    #[test]
    fn the_curve_is_flat_where_it_was_cut_and_steep_past_it() {
        let mut growth = Growth::Doubling;
        growth.cut(20.0, 10.0);
        is_near(growth.grown(9.0, 7.5, 0.0), 12.0 * (1.0 - 0.15 / 8.0));
        is_near(growth.grown(11.0, 7.5, 0.0), 12.0);
        is_near(growth.grown(12.0, 15.0, 0.0), 24.0);
    }

    #[test]
    fn an_upstream_that_counts_by_the_minute_is_known_for_it_after_a_short_cool_down() {
        let mut growth = Growth::Doubling;
        growth.cut(20.0, 20.0);
        growth.reopened();
        let grown = growth.grown(17.0, 1.0, 4000.0);
        assert!((grown - 17.25).abs() < 1e-9, "{grown}");
        growth.reopened_after_round(20.0, 60.0);
        growth.cut(17.0, 17.0);
        growth.reopened();
        let grown = growth.grown(17.0, 1.0, 4000.0);
        assert!((grown - 17.1).abs() < 1e-9, "{grown}");
    }
}
