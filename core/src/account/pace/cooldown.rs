//! The cool-down after a 429, and the one call that finds out whether it is over.

use std::time::Duration;

use crate::cache::cooldown;
use crate::clock::nanos;

const SECOND: u64 = 1_000_000_000;
/// After a probe without an answer, the pause before the next.
const PROBE_PAUSE: u64 = SECOND;
/// If nobody calls after a cool-down, it is remembered for so long that the next call is a probe.
const PROBE_KEPT: u64 = 60 * SECOND;
/// The longest cool-down after a 429 that does not say for how long.
const UNASKED_MAX: f64 = 8.0;

/// Closed for a cool-down, then open for one call until that is answered.
#[derive(Clone, Default)]
pub(super) struct Cooldown {
    /// In nanoseconds since boot.
    until: u64,
    /// A 429 has come, and no probe has been answered since.
    is_half_open: bool,
    /// The probe in flight.
    probe: Option<Probe>,
    /// The number of the last probe.
    probes: u64,
    /// How many probes were refused in a row.
    refused: u32,
    /// When the first 429 of this round came, in nanoseconds since boot.
    since: u64,
}

#[derive(Clone, Copy)]
struct Probe {
    number: u64,
    /// When it counts as lost, in nanoseconds since boot.
    lost_at: u64,
}

/// What upstream said, without the probe of one process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::account) struct Heard {
    /// In nanoseconds since boot.
    pub(in crate::account) until: u64,
    pub(in crate::account) is_half_open: bool,
    pub(in crate::account) refused: u32,
}

impl Cooldown {
    pub(super) fn of(heard: Heard) -> Self {
        let Heard { until, is_half_open, refused } = heard;
        Self { until, is_half_open, refused, since: until, ..Self::default() }
    }

    pub(super) fn heard(&self) -> Heard {
        let Self { until, is_half_open, refused, .. } = *self;
        Heard { until, is_half_open, refused }
    }

    /// No call before this but a probe, in nanoseconds since boot.
    pub(super) fn until(&self) -> u64 {
        self.until
    }

    /// No call may be sent before this, in nanoseconds since boot.
    pub(super) fn closed_until(&self) -> u64 {
        self.until.max(self.probe.map_or(0, |probe| probe.lost_at))
    }

    pub(super) fn is_cooling(&self, time: u64) -> bool {
        time < self.until
    }

    /// Whether the next call is a probe, or one is in flight.
    pub(super) fn is_half_open(&self) -> bool {
        self.is_half_open
    }

    /// When it is as if no 429 had come, if nobody calls.
    pub(super) fn forgotten_at(&self) -> u64 {
        let kept = if self.is_half_open { PROBE_KEPT } else { 0 };
        self.until.saturating_add(kept).max(self.closed_until())
    }

    /// How many probes were refused in a row.
    pub(super) fn refused(&self) -> u32 {
        self.refused
    }

    /// For how long upstream has not let anything through.
    pub(super) fn lasted(&self, time: u64) -> u64 {
        time.saturating_sub(self.since)
    }

    /// A call is sent: its number, if it is a probe.
    pub(super) fn sent(&mut self, lost_at: u64) -> Option<u64> {
        if !self.is_half_open {
            return None;
        }
        self.probes += 1;
        self.probe = Some(Probe { number: self.probes, lost_at });
        Some(self.probes)
    }

    /// A probe that was let through is sent only now.
    pub(super) fn sent_later(&mut self, number: u64, lost_at: u64) {
        if let Some(probe) = self.probe.as_mut().filter(|probe| probe.number == number) {
            probe.lost_at = lost_at;
        }
    }

    /// Whether the answer to a probe counts: to the one in flight, or to a lost one that comes before
    /// anything else was heard of upstream.
    pub(super) fn hears(&self, probe: u64, time: u64) -> bool {
        self.is_half_open && (self.is_in_flight(probe) || self.closed_until() <= time)
    }

    /// A probe was answered.
    pub(super) fn open(&mut self) {
        (self.is_half_open, self.probe, self.refused) = (false, None, 0);
    }

    /// A probe had no answer. One that was given up says nothing of the one that followed it.
    pub(super) fn lost(&mut self, probe: u64, time: u64) {
        if self.is_in_flight(probe) {
            self.close_until(time.saturating_add(PROBE_PAUSE));
        }
    }

    /// A probe was not sent after all.
    pub(super) fn unsent(&mut self, probe: u64) {
        if self.is_in_flight(probe) {
            self.probe = None;
        }
    }

    /// A 429 came: to a call that was sent at full rate, or to a probe.
    pub(super) fn begin(&mut self, probe: Option<u64>, pause: Duration, time: u64) {
        match probe {
            Some(_) => self.refused = self.refused.saturating_add(1),
            None if !self.is_half_open => self.since = time,
            None => {}
        }
        self.is_half_open = true;
        self.close_until(time.saturating_add(nanos(pause)));
    }

    /// The length of a cool-down: a little more than it asks for, or a step that doubles with every
    /// probe that is refused, and is no shorter than the time of one call at this rate.
    pub(super) fn pause(
        &self,
        asked: Option<Duration>,
        is_probe: bool,
        rate: f64,
        random: f64,
    ) -> Duration {
        let refused = self.refused.saturating_add(u32::from(is_probe));
        let step = f64::from(refused.min(16)).exp2().max(1.5 / rate).min(UNASKED_MAX);
        Duration::from_nanos(cooldown(asked, Duration::from_secs_f64(step), random))
    }

    /// Whether the probe of this number is the one that is waited for.
    pub(super) fn is_in_flight(&self, number: u64) -> bool {
        self.probe.is_some_and(|probe| probe.number == number)
    }

    fn close_until(&mut self, time: u64) {
        self.probe = None;
        self.until = self.until.max(time);
    }
}
