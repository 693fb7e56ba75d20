//! What all processes know together of one account: how often it may be called, until when it cools down, and who
//! finds out whether it has. Pure functions of the cell and the time, in nanoseconds since boot.
//!
//! The processes that share a cell each have a limiter of their own, which must agree as well: it says which call
//! goes first, the cell how many may go.

use std::time::Duration;

use crate::clock::{nanos, nanos_of, seconds};

const SECOND: u64 = 1_000_000_000;
/// Calls a second that a cell never goes below or above.
const LEAST: f64 = 0.1;
const MOST: f64 = 2000.0;
/// The rate after a 429, and where it grows slowly from, as parts of the rate before.
const CUT: f64 = 0.6;
const KNEE: f64 = 0.8;
/// Beyond the knee it takes this long, in seconds, to grow by as much again as was cut.
const SLOW: f64 = 15.0;
/// A pause that upstream did not ask for.
const PAUSE_LEAST: f64 = 1.0;
const PAUSE_MOST: f64 = 8.0;
/// The rate of an account that nobody knows anything of.
const BEGIN: f64 = 10.0;
/// No cool-down is longer, whatever upstream asks for.
const COOLDOWN_MAX: Duration = Duration::from_secs(3600);
/// What is spread over is in no cell for longer.
const COOLDOWN_SPREAD: Duration = Duration::from_secs(60);
/// No call counts as under way for longer.
const LOST_MAX: Duration = Duration::from_secs(300);

/// The bytes of a cell in a store.
pub(crate) const CELL_BYTES: usize = 80;
const MAGIC: u64 = u64::from_le_bytes(*b"gmcell01");

/// The account of a cell. Rates are calls per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell {
    rate: f64,
    /// Calls that may be made at once.
    level: f64,
    /// When both were reckoned.
    at: u64,
    /// Where the last 429 came; zero before the first.
    knee: f64,
    cut_at: u64,
    cooling_until: u64,
    /// 429s in a row to a probe.
    refused: u32,
    /// The next call goes alone, to find out whether the cool-down is over.
    is_half_open: bool,
    probe: u64,
    probe_until: u64,
}

/// The caller, before its call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Asked {
    /// Tells the call apart from all others.
    pub(crate) call: u64,
    /// The rate that this process knows: that of a cell which is not there yet.
    pub(crate) rate: f64,
    /// The account is known not to bear more than this.
    pub(crate) most: f64,
    /// How long a call may take before it counts as lost, in nanoseconds.
    pub(crate) lost_after: u64,
    /// `0.0..1.0`.
    pub(crate) random: f64,
}

/// The answer to such a caller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Admitted {
    /// It may, now; the call tells when it was let through.
    Go(Pass),
    /// Not before this time.
    Later(u64),
    /// Upstream answered 429: not before this time.
    Cooling(u64),
}

/// A call that was let through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pass {
    pub(crate) call: u64,
    pub(crate) at: u64,
    pub(crate) is_probe: bool,
    /// The account's rate then, in calls per second.
    pub(crate) rate: f64,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) pass: Pass,
    pub(crate) how: Ended,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ended {
    /// With anything but a 429.
    Answered,
    /// With a 429, which may have asked for a time; with a random number.
    Throttled { asked: Option<Duration>, random: f64 },
    /// Nothing is known of upstream.
    Lost,
    /// It was not sent.
    Unsent,
}

impl Cell {
    /// That of an account that nobody knows anything of.
    fn new(rate: f64, time: u64) -> Self {
        let rate = if rate.is_finite() { rate.clamp(LEAST, MOST) } else { LEAST };
        Self {
            rate,
            level: rate.max(1.0),
            at: time,
            knee: 0.0,
            cut_at: 0,
            cooling_until: 0,
            refused: 0,
            is_half_open: false,
            probe: 0,
            probe_until: 0,
        }
    }

    /// Asks whether a call may be made; `cell` is what is in the store.
    pub(crate) fn admit(cell: Option<Self>, asked: &Asked, time: u64) -> (Self, Admitted) {
        let mut cell = cell.unwrap_or_else(|| Self::new(asked.rate, time));
        let admitted = cell.let_through(asked, time);
        (cell, admitted)
    }

    fn let_through(&mut self, asked: &Asked, time: u64) -> Admitted {
        self.advance(time);
        self.rate = self.rate.min(asked.most.max(LEAST));
        self.level = self.level.min(self.burst());
        if self.cooling_until > time {
            return Admitted::Cooling(self.cooling_until);
        }
        if self.is_half_open {
            if self.probe != asked.call && self.probe_until > time {
                // Not all at the same moment.
                let soon = time.saturating_add(nanos_of(0.05 + 0.1 * asked.random));
                return Admitted::Later(self.probe_until.min(soon));
            }
            self.probe = asked.call;
            // No longer than what counts as plausible when it is read.
            let lost_after = asked.lost_after.min(nanos(LOST_MAX));
            self.probe_until = time.saturating_add(lost_after);
            return Admitted::Go(self.pass(asked, true, time));
        }
        if self.level >= 1.0 {
            self.level -= 1.0;
            return Admitted::Go(self.pass(asked, false, time));
        }
        // Not all at the same moment.
        let wait = (1.0 - self.level + asked.random) / self.rate;
        Admitted::Later(time.saturating_add(nanos_of(wait).max(SECOND / 1000)))
    }

    fn pass(&self, asked: &Asked, is_probe: bool, time: u64) -> Pass {
        Pass { call: asked.call, at: time, is_probe, rate: self.rate }
    }

    /// Takes note of how a call ended; `cell` is what is in the store. None if there is nothing to leave there.
    pub(crate) fn report(cell: Option<Self>, told: &Told, time: u64) -> Option<Self> {
        let is_refused = matches!(told.how, Ended::Throttled { .. });
        let cell = cell.or_else(|| is_refused.then(|| Self::new(BEGIN, time)));
        cell.map(|cell| cell.told(told, time))
    }

    fn told(mut self, told: &Told, time: u64) -> Self {
        self.advance(time);
        let is_probe = told.pass.is_probe && self.is_half_open && self.probe == told.pass.call;
        match told.how {
            Ended::Answered if is_probe => {
                (self.is_half_open, self.refused, self.level) = (false, 0, 0.0);
            }
            Ended::Lost if is_probe => self.probe_until = time.saturating_add(SECOND),
            Ended::Answered | Ended::Lost => {}
            Ended::Unsent if is_probe => self.probe_until = time,
            Ended::Unsent => self.level = (self.level + 1.0).min(self.burst()),
            Ended::Throttled { asked, random } => {
                self.throttled(&told.pass, is_probe, asked, random, time);
            }
        }
        self
    }

    fn throttled(
        &mut self,
        pass: &Pass,
        is_probe: bool,
        asked: Option<Duration>,
        random: f64,
        time: u64,
    ) {
        // To come back at once would be to ask for the next refusal.
        let asked = asked.filter(|asked| !asked.is_zero());
        // Answers to calls that were in flight together are one refusal.
        let is_new = pass.at > self.cut_at && !self.is_half_open;
        if is_new {
            self.knee = KNEE * self.rate;
            self.rate = (CUT * self.rate).max(LEAST);
            self.cut_at = time;
        }
        self.refused = self.refused.saturating_add(u32::from(is_probe));
        self.level = 0.0;
        let until = time.saturating_add(pause(asked, self.refused, self.rate, random));
        // Of an older call no more counts than a longer pause, and nothing once a probe was answered well.
        let is_longer = asked.is_some() && self.is_half_open && until > self.cooling_until;
        if is_new || is_probe || is_longer {
            self.cooling_until = self.cooling_until.max(until);
            (self.is_half_open, self.probe, self.probe_until) = (true, 0, 0);
        }
    }

    /// Fills the bucket, and lets the rate grow where it held calls back.
    fn advance(&mut self, time: u64) {
        let passed = seconds(time.saturating_sub(self.at));
        self.at = self.at.max(time);
        let was_empty = self.level < 1.0;
        self.level = (self.level + passed * self.rate).min(self.burst());
        if was_empty && self.cooling_until <= time && !self.is_half_open {
            self.rate = self.grown(passed.min(1.0)).clamp(LEAST, MOST);
        }
    }

    fn grown(&self, passed: f64) -> f64 {
        if self.cut_at == 0 {
            return self.rate * 2_f64.powf(passed);
        }
        let step = (1.0 - CUT) * self.knee / SLOW;
        let speed = if self.rate < self.knee { 3.0 } else { 0.25 };
        self.rate + passed * (speed * step).max(0.02)
    }

    fn burst(&self) -> f64 {
        self.rate.max(1.0)
    }

    /// The rate in force.
    #[cfg(test)]
    pub(crate) fn rate(&self) -> f64 {
        self.rate
    }

    /// The cell as it is left in a store.
    pub(crate) fn bytes(&self) -> [u8; CELL_BYTES] {
        let flags = u64::from(self.refused) | (u64::from(self.is_half_open) << 32);
        let numbers = [
            MAGIC,
            self.rate.to_bits(),
            self.level.to_bits(),
            self.at,
            self.knee.to_bits(),
            self.cut_at,
            self.cooling_until,
            flags,
            self.probe,
            self.probe_until,
        ];
        let mut bytes = [0; CELL_BYTES];
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Reads a cell; none if it is none of ours, or says what cannot be.
    pub(crate) fn read(bytes: &[u8], time: u64) -> Option<Self> {
        let bytes: &[u8; CELL_BYTES] = bytes.try_into().ok()?;
        let number = |index: usize| {
            let place = bytes.get(index * 8..index * 8 + 8);
            place.and_then(|place| place.try_into().ok()).map_or(0, u64::from_le_bytes)
        };
        let float = |index| f64::from_bits(number(index));
        let cell = Self {
            rate: float(1),
            level: float(2),
            at: number(3),
            knee: float(4),
            cut_at: number(5),
            cooling_until: number(6),
            refused: u32::try_from(number(7) & 0xFFFF_FFFF).ok()?,
            is_half_open: number(7) >> 32 == 1,
            probe: number(8),
            probe_until: number(9),
        };
        let is_ours = number(0) == MAGIC;
        (is_ours && cell.is_plausible(time)).then_some(cell)
    }

    fn is_plausible(&self, time: u64) -> bool {
        let latest = time.saturating_add(nanos(COOLDOWN_MAX + COOLDOWN_SPREAD));
        (LEAST..=MOST).contains(&self.rate)
            && (0.0..=MOST).contains(&self.level)
            && (0.0..=MOST).contains(&self.knee)
            && self.at <= time.saturating_add(SECOND)
            && self.cut_at <= time.saturating_add(SECOND)
            && self.cooling_until <= latest
            && self.probe_until <= latest
    }
}

/// How long no call is made after a 429, in nanoseconds.
fn pause(asked: Option<Duration>, refused: u32, rate: f64, random: f64) -> u64 {
    match asked {
        Some(asked) => {
            let asked = asked.min(COOLDOWN_MAX).as_secs_f64();
            nanos_of(asked + random * (asked / 4.0).min(5.0))
        }
        None => {
            let doubled = PAUSE_LEAST * 2_f64.powi(refused.min(10).cast_signed());
            let whole = doubled.max(1.5 / rate).min(PAUSE_MOST);
            nanos_of(whole / 2.0 + random * whole / 2.0)
        }
    }
}

#[cfg(test)]
mod tests;
