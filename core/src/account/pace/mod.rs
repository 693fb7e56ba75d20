//! How fast an account may be called, whose limit nobody tells us: a bucket of calls that fills at a rate.
//!
//! The rate grows while calls that are needed wait for it, and never otherwise: a rate that was not tried
//! says nothing of what upstream bears. It doubles each second until the first 429. From then on it is cut
//! once for each time that upstream refuses, and comes back along a curve ([`growth`]) that is steep far from
//! where it was cut, and flat there. After a 429 nothing is sent for a while, then one call alone
//! ([`cooldown`]). While upstream does not answer at all, one call a second is tried ([`breaker`]).
//!
//! All functions of a state and the time, which is in nanoseconds since boot; rates are in calls per second.

mod breaker;
mod cooldown;
mod growth;
mod recent;

use std::time::Duration;

use self::breaker::Breaker;
use self::cooldown::Cooldown;
pub(super) use self::cooldown::Heard;
use self::growth::{GUESS_LEAST, Growth, LEFT, SPAN};
use self::recent::Recent;
use crate::cache::{Permit, Throttled};
use crate::clock::{nanos_of, seconds};

const SECOND: u64 = 1_000_000_000;
/// The rate that an account starts with.
pub(super) const FIRST: f64 = 10.0;
/// However often upstream refuses, so many calls per second are tried.
const LEAST: f64 = 0.1;
/// A level this much below one call is one: adding up times loses a little.
const ROUNDING: f64 = 1e-9;
/// An upstream that lets nothing through for longer than this counts over a minute or so.
const LONG: f64 = 5.0;
/// One that does so for longer, and refuses probe after probe, was out: what it bears now has to be found anew.
const OUT: f64 = 90.0;
const OUT_PROBES: u32 = 3;
/// The longest span of the curve after such a time, in seconds.
const SPAN_MAX: f64 = 60.0;
/// The burst after a cut, in seconds of the rate.
const BURST_SECONDS: f64 = 0.2;
/// What weight one more call has in the mean latency.
const LATENCY_WEIGHT: f64 = 0.05;
/// The part of the rate that was cut which can be counted on.
const SURE: f64 = 0.9;
/// A rate that was learnt is kept for so long after the last call.
const LEARNT_KEPT: u64 = 300 * SECOND;

/// What the account is known to have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ceiling {
    /// Calls per second.
    pub(super) rate: f64,
    /// Calls at once.
    pub(super) burst: f64,
}

/// The rate of an account, and how much of it is used.
pub(super) struct Pace {
    ceiling: Ceiling,
    rate: f64,
    /// Calls that may be sent at once.
    level: f64,
    /// How far the level rises.
    burst: f64,
    /// When the level and the rate were right.
    at: u64,
    growth: Growth,
    demand: Demand,
    cooldown: Cooldown,
    breaker: Breaker,
    sent: Recent,
    accepted: Recent,
    /// Calls that were answered since upstream let any through.
    accepted_in_round: f64,
    /// Since when upstream lets calls through; none before the first call.
    opened: Option<u64>,
    /// When the rate was cut last.
    cut_at: Option<u64>,
    /// When a call was sent last.
    sent_at: u64,
    /// Of calls that were answered, in seconds; zero before the first.
    latency: f64,
}

/// Whether more calls are needed than the rate lets through.
#[derive(Clone, Copy, Default)]
pub(super) struct Demand {
    /// They are needed until then.
    pub(super) until: u64,
    /// How many wait, or were turned away.
    pub(super) waiting: f64,
    /// Something else than the rate holds them back.
    pub(super) is_held: bool,
}

/// When a call may be sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Opening {
    Now,
    /// Not before this time.
    At(u64),
}

impl Pace {
    /// Of an account of which this was heard before.
    pub(super) fn new(ceiling: Ceiling, heard: Heard) -> Self {
        Self {
            ceiling,
            rate: FIRST.min(ceiling.rate),
            level: ceiling.burst,
            burst: ceiling.burst,
            at: 0,
            growth: Growth::Doubling,
            demand: Demand::default(),
            cooldown: Cooldown::of(heard),
            breaker: Breaker::default(),
            sent: Recent::default(),
            accepted: Recent::default(),
            accepted_in_round: 0.0,
            opened: None,
            cut_at: None,
            sent_at: 0,
            latency: 0.0,
        }
    }

    /// What is to be passed on of the cool-down.
    pub(super) fn heard(&self) -> Heard {
        self.cooldown.heard()
    }

    /// Goes by another ceiling from now on.
    pub(super) fn limit_to(&mut self, ceiling: Ceiling) {
        let is_new = self.sent_at == 0;
        self.burst = if is_new { ceiling.burst } else { self.burst.min(ceiling.burst) };
        self.level = if is_new { ceiling.burst } else { self.level.min(ceiling.burst) };
        self.rate = if is_new { FIRST.min(ceiling.rate) } else { self.rate.min(ceiling.rate) };
        self.ceiling = ceiling;
    }

    /// The rate in force.
    pub(super) fn rate(&self) -> f64 {
        self.rate
    }

    /// The rate that it never goes above.
    pub(super) fn most(&self) -> f64 {
        self.ceiling.rate
    }

    /// Calls that may be sent at once.
    pub(super) fn level(&self) -> f64 {
        self.level
    }

    /// No call before this, because upstream answered 429.
    pub(super) fn closed_until(&self) -> u64 {
        self.cooldown.closed_until()
    }

    /// Whether the next call goes alone, to find out whether a cool-down is over.
    pub(super) fn is_half_open(&self) -> bool {
        self.cooldown.is_half_open()
    }

    /// No call before this, unless it is the one probe.
    pub(super) fn cooling_until(&self) -> u64 {
        self.cooldown.until()
    }

    /// When nothing is left of what was learnt or used.
    pub(super) fn quiet_at(&self) -> u64 {
        let missing = (self.burst - self.level).max(0.0) / self.rate;
        let full = self.at.saturating_add(nanos_of(missing));
        let is_learnt = self.cut_at.is_some() || self.rate > FIRST;
        let learnt = if is_learnt { self.sent_at.saturating_add(LEARNT_KEPT) } else { 0 };
        full.max(learnt).max(self.cooldown.forgotten_at())
    }

    /// The rate that can be counted on, with at most so many calls in flight.
    pub(super) fn plan(&self, in_flight_max: f64) -> f64 {
        let sure = match self.growth.flat() {
            Some(flat) => self.rate.min((SURE * flat).max(self.rate / 2.0)),
            None => self.rate,
        };
        let by_latency = if self.latency > 0.0 { in_flight_max / self.latency } else { f64::MAX };
        let by_breaker = if self.breaker.is_open() { 1.0 } else { f64::MAX };
        sure.min(by_latency).min(by_breaker).max(self.least() / 10.0)
    }

    /// Says what the time until now has brought, and what is needed from now on.
    pub(super) fn demand(&mut self, demand: Demand, time: u64) {
        self.advance(time);
        self.demand = demand;
    }

    /// Fills the bucket, and lets the rate grow if it had to.
    pub(super) fn advance(&mut self, time: u64) {
        let passed = time.saturating_sub(self.at);
        if passed == 0 {
            return;
        }
        let needed = self.demand.until.min(time).saturating_sub(self.at);
        self.level = (self.level + seconds(passed) * self.rate).min(self.burst);
        self.at = time;
        let is_closed = self.cooldown.is_cooling(time) || self.cooldown.is_half_open();
        if needed > 0 && !is_closed && !self.demand.is_held && !self.breaker.is_open() {
            let grown = self.growth.grown(self.rate, seconds(needed), self.demand.waiting);
            self.rate = grown.clamp(self.least(), self.ceiling.rate);
        }
    }

    /// When a call may be sent.
    pub(super) fn opening(&mut self, time: u64) -> Opening {
        self.advance(time);
        if self.closed_until() > time {
            return Opening::At(self.closed_until());
        }
        if let Some(until) = self.breaker.holds_until(time) {
            return Opening::At(until);
        }
        if self.cooldown.is_half_open() || self.level >= 1.0 - ROUNDING {
            return Opening::Now;
        }
        // One nanosecond more than rounding could take away.
        Opening::At(time.saturating_add(nanos_of((1.0 - self.level) / self.rate) + 1))
    }

    /// A call is sent; as a probe it counts as lost at `lost_at`.
    pub(super) fn sent(&mut self, lost_at: u64, time: u64) -> Permit {
        self.level = (self.level - 1.0).max(0.0);
        self.sent.note(time);
        self.sent_at = time;
        self.opened.get_or_insert(time);
        self.breaker.sent(time);
        Permit { sent: time, probe: self.cooldown.sent(lost_at) }
    }

    /// Whether a call that was let through before may be sent now: no 429 has come since, and no other probe has
    /// taken its place.
    pub(super) fn still_lets(&self, call: Permit, time: u64) -> bool {
        match call.probe {
            Some(probe) => self.cooldown.is_in_flight(probe),
            None => !self.cooldown.is_half_open() && self.closed_until() <= time,
        }
    }

    /// A call that was let through before is sent only now.
    pub(super) fn sent_later(&mut self, call: &mut Permit, lost_at: u64, time: u64) {
        call.sent = time;
        if let Some(probe) = call.probe {
            self.cooldown.sent_later(probe, lost_at);
        }
    }

    /// A call that was let through was not sent after all.
    pub(super) fn unsent(&mut self, call: Permit, time: u64) {
        self.advance(time);
        match call.probe {
            Some(probe) => self.cooldown.unsent(probe),
            None => self.level = (self.level + 1.0).min(self.burst),
        }
    }

    /// A call was answered, with anything but a 429.
    pub(super) fn answered(&mut self, call: Permit, time: u64) {
        self.advance(time);
        self.accepted.note(time);
        self.accepted_in_round += 1.0;
        if self.breaker.answered() {
            // What waited goes one by one, and not as a burst.
            self.level = self.level.min(1.0);
        }
        let took = seconds(time.saturating_sub(call.sent));
        self.latency = match self.latency {
            0.0 => took,
            mean => mean + LATENCY_WEIGHT * (took - mean),
        };
        if call.probe.is_some_and(|probe| self.cooldown.hears(probe, time)) {
            self.reopen(time);
        }
    }

    /// A call had no answer, or one that says that upstream fails.
    pub(super) fn failed(&mut self, call: Permit, time: u64) {
        self.advance(time);
        self.breaker.failed(time);
        self.lost(call, time);
    }

    /// A call ended, and nothing is known of upstream.
    pub(super) fn lost(&mut self, call: Permit, time: u64) {
        if let Some(probe) = call.probe {
            self.cooldown.lost(probe, time);
        }
    }

    /// A call was answered with a 429, which may have asked for a time.
    pub(super) fn throttled(
        &mut self,
        call: Permit,
        asked: Option<Duration>,
        random: f64,
        time: u64,
    ) -> Throttled {
        self.advance(time);
        self.breaker.answered();
        let is_new = self.cut_at.is_none_or(|cut| call.sent > cut) && !self.cooldown.is_half_open();
        let pause = self.cooldown.pause(asked, call.probe.is_some(), self.rate, random);
        if is_new {
            self.cut(time);
        }
        // Answers to calls that were in flight together are one refusal.
        if is_new || call.probe.is_some() || asked.is_some() {
            self.cooldown.begin(call.probe, pause, time);
        }
        let left = self.cooldown.closed_until().saturating_sub(time);
        Throttled { pause: Duration::from_nanos(left), is_cut: is_new }
    }

    /// However often upstream refuses, so many calls per second are tried.
    fn least(&self) -> f64 {
        LEAST.min(self.ceiling.rate)
    }

    fn cut(&mut self, time: u64) {
        let back = self.open_for(time).clamp(0.2, 1.0);
        let sent = self.sent.per_second(back, time);
        let accepted = self.accepted.per_second(back, time);
        let base = self.rate.min(sent.max(if self.rate < 2.0 { self.rate } else { 0.5 }));
        self.rate = self.growth.cut(base, accepted).max(self.least());
        self.level = 0.0;
        self.burst = (BURST_SECONDS * self.rate).clamp(1.0, self.ceiling.burst.max(1.0));
        self.cut_at = Some(time);
    }

    fn reopen(&mut self, time: u64) {
        let round = self.open_for(time);
        let closed = seconds(self.cooldown.lasted(time));
        if closed > OUT && self.cooldown.refused() >= OUT_PROBES {
            self.rate = self.rate.max(GUESS_LEAST.min(self.ceiling.rate));
            self.growth = Growth::Doubling;
        } else if closed > LONG {
            let bears = (self.accepted_in_round / round.max(1.0)).max(GUESS_LEAST);
            self.rate = LEFT * bears.min(self.ceiling.rate);
            self.growth.reopened_after_round(bears, round.clamp(SPAN, SPAN_MAX));
        } else {
            self.growth.reopened();
        }
        self.cooldown.open();
        (self.accepted_in_round, self.opened, self.level) = (0.0, Some(time), 0.0);
    }

    /// For how long upstream has let calls through, in seconds.
    fn open_for(&self, time: u64) -> f64 {
        seconds(time.saturating_sub(self.opened.unwrap_or(time)))
    }
}

#[cfg(test)]
mod tests;
