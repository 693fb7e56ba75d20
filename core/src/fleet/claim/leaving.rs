//! What a fetch leaves for others at its end: a value, or why there is none.

use super::claimed::Outcome;
use super::counters::Counters;
use super::guarded::Condition;
use super::hand::Mark;
use super::sealed::{Left, PAUSE_MAX, Pause};
use super::store_fetch::{Found, Stage, StoreFetch};
use crate::clock::{Now, nanos};
use crate::fleet::store::{Answer, Head, Kind, Seen, Target};
use crate::random;

const SECOND: u64 = 1_000_000_000;
/// From this failure in a row on, everybody waits.
const FAILURES: u32 = 3;
/// For how long a failure counts that was not upstream's.
const NOTE_KEPT: u64 = 30 * SECOND;

impl StoreFetch {
    /// Leaves a value for others under a generation; returns by what it is told apart there, and whether it counts, which
    /// it does not if somebody has left something else since.
    pub(super) fn publish(
        &self,
        value: &Left<'_>,
        (generation, took): (u64, u64),
        counters: &Counters,
        now: Now,
    ) -> Option<(Mark, Answer<bool>)> {
        let (lease, found) = match self.finish() {
            Stage::Fetches(lease, found) => (Some(lease), found),
            Stage::Alone(Some(found)) => (None, found),
            Stage::Looks | Stage::Alone(None) | Stage::Over => return None,
        };
        let Seen { head: before, epoch, .. } = found.seen;
        let before = before.map(|head| head.generation);
        let end = value.sent.boot_nanos().saturating_add(nanos(value.lifetime));
        let end = found.clock.in_store(end);
        let head = Head { kind: Kind::Grant, generation, epoch, end, took, failures: 0 };
        let (slot, group) = (&self.slot, &self.member.group);
        let target = Target { slot, group, lease: lease.as_ref(), seen: before };
        let time = now.boot_nanos();
        let published = match value.seal(&self.member.keys, &self.slot, &head) {
            Some(left) => self.store.store.publish(&target, &left, time),
            None => Answer::Now(Ok(false)),
        };
        self.store.told(&published, counters, time);
        if let Answer::Now(Ok(true)) = published {
            self.store.set(Condition::ReadOnly, false);
        }
        if let Some(lease) = &lease {
            self.store.store.release(lease);
        }
        Some((Mark { generation, before, epoch }, published))
    }

    /// The epoch of the store behind this one becomes this one's: what was given up there is given up here.
    pub(super) fn follow(&self, epoch: u64, counters: &Counters, now: Now) {
        let mut state = self.state.lock();
        let (Stage::Fetches(_, found) | Stage::Alone(Some(found))) = &mut state.stage else {
            return;
        };
        if found.seen.epoch != epoch {
            found.seen.epoch = epoch;
            self.member.begin_epoch(&self.store, epoch, counters, now.boot_nanos());
        }
    }

    fn finish(&self) -> Stage {
        std::mem::replace(&mut self.state.lock().stage, Stage::Over)
    }

    /// Gives back the right to call, and tells others why nothing came of it.
    pub(super) fn end(&self, outcome: &Outcome<'_>, counters: &Counters, now: Now) {
        let Stage::Fetches(lease, found) = self.finish() else { return };
        let time = now.boot_nanos();
        if let Some(pause) = self.pause(outcome, &found, now) {
            let target = Target {
                slot: &self.slot,
                group: &self.member.group,
                lease: Some(&lease),
                seen: found.seen.head.map(|head| head.generation),
            };
            let left = self.store.store.pause(&target, Some(&pause), time);
            self.store.told(&left, counters, time);
        }
        self.store.store.release(&lease);
    }

    fn pause(&self, outcome: &Outcome<'_>, found: &Found, now: Now) -> Option<Vec<u8>> {
        let time = now.boot_nanos();
        let generation = random::number();
        let (error, until, credential, failures) = match *outcome {
            Outcome::Nothing => return None,
            Outcome::Told(pause) => (&pause.error, pause.until, pause.credential, 0),
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
