//! What a fetch leaves for others at its end: a value, or why there is none.

use super::counters::Counters;
use super::sealed::{Left, PAUSE_MAX, Pause};
use super::shared_fetch::{Found, Mark, Outcome, SharedFetch, Stage};
use crate::clock::{Now, nanos};
use crate::fleet::store::{Answer, Head, Kind, Seen, Target};
use crate::random;

const SECOND: u64 = 1_000_000_000;
/// From this failure in a row on, everybody waits.
const FAILURES: u32 = 3;
/// For how long a failure counts that was not upstream's.
const NOTE_KEPT: u64 = 30 * SECOND;

impl SharedFetch {
    /// Leaves a value for others; returns by what it is told apart there. That it does not stand there, as somebody
    /// has left something else since, nobody waits to hear.
    pub(crate) fn publish(&self, value: &Left<'_>, counters: &Counters, now: Now) -> Option<Mark> {
        let mut state = self.state.lock();
        let (lease, found) = match std::mem::replace(&mut state.stage, Stage::Over) {
            Stage::Fetches(lease, found) => (Some(lease), found),
            Stage::Alone(Some(found)) => (None, found),
            Stage::Looks | Stage::Alone(None) | Stage::Over => return None,
        };
        drop(state);
        let Seen { head: before, epoch, .. } = found.seen;
        let before = before.map(|head| head.generation);
        let sent = value.sent.boot_nanos();
        let time = now.boot_nanos();
        let head = Head {
            kind: Kind::Grant,
            generation: random::number(),
            epoch,
            end: found.clock.in_store(sent.saturating_add(nanos(value.lifetime))),
            took: time.saturating_sub(sent),
            failures: 0,
        };
        let target = Target { slot: &self.slot, lease: lease.as_ref(), seen: before };
        let published = match value.seal(&self.member.keys, &self.slot, &head) {
            Some(left) => self.member.access.store.publish(&target, &left, time),
            None => Answer::Now(Ok(false)),
        };
        self.member.told(&published, counters, time);
        if let Some(lease) = &lease {
            self.member.access.store.release(lease);
        }
        Some(Mark { generation: head.generation, before, epoch })
    }

    /// Gives back the right to call, and tells others why nothing came of it.
    pub(crate) fn end(&self, outcome: &Outcome<'_>, counters: &Counters, now: Now) {
        let mut state = self.state.lock();
        let before = std::mem::replace(&mut state.stage, Stage::Over);
        drop(state);
        let Stage::Fetches(lease, found) = before else { return };
        let time = now.boot_nanos();
        if let Some(pause) = self.pause(outcome, &found, now) {
            let target = Target {
                slot: &self.slot,
                lease: Some(&lease),
                seen: found.seen.head.map(|head| head.generation),
            };
            let left = self.member.access.store.pause(&target, Some(&pause), time);
            self.member.told(&left, counters, time);
        }
        self.member.access.store.release(&lease);
    }

    fn pause(&self, outcome: &Outcome<'_>, found: &Found, now: Now) -> Option<Vec<u8>> {
        let time = now.boot_nanos();
        let generation = random::number();
        let (error, until, credential, failures) = match *outcome {
            Outcome::Nothing => return None,
            Outcome::Said { error, until, of_credential } => {
                (error, until, of_credential.then_some(self.member.credential), 0)
            }
            Outcome::Failed { error } => {
                let failures = found.seen.failures.saturating_add(1);
                let wait = u64::from(failures).saturating_mul(2 * SECOND).min(NOTE_KEPT);
                (error, time.saturating_add(wait), None, failures)
            }
        };
        let is_note = (1..FAILURES).contains(&failures);
        let kept = if is_note { time.saturating_add(NOTE_KEPT) } else { until };
        let kept = kept.min(time.saturating_add(nanos(PAUSE_MAX)));
        let head = Head {
            kind: if is_note { Kind::Note } else { Kind::Pause },
            generation,
            epoch: 0,
            end: found.clock.in_store(kept),
            took: 0,
            failures,
        };
        let pause = Pause { error: error.clone(), until: kept, credential };
        pause.seal(&self.member.keys, &self.slot, &head, now)
    }
}
