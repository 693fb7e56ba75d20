//! One entry as an immutable snapshot, and the decision that follows from it.
//!
//! A snapshot is never changed; whoever holds the entry's lock puts another in its place. So a hit
//! reads without a lock, and a forked child can read what its parent left in the middle of
//! anything.

use std::sync::Arc;
use std::time::Duration;

use super::flight::Flight;
use super::gate::Block;
use super::grant::{Freshness, StoredGrant};
use super::policy::{DEAD_AFTER, MIN_SPACING};
use crate::clock::Now;
use crate::error::{Error, ErrorKind};

/// What is known of one key.
#[derive(Clone, Default)]
pub(crate) struct EntryState {
    /// The grant; an error never takes its place.
    pub(super) value: Option<Arc<StoredGrant>>,
    /// The one fetch in the air.
    pub(super) flight: Option<Arc<Flight>>,
    /// How the last attempts ended.
    pub(super) past: Past,
    /// Raised by every invalidation and rotation: what a flight of an earlier era brings is not
    /// stored.
    pub(super) era: u32,
    /// The entry has left the map; look the key up again.
    pub(super) retired: bool,
}

/// How the last attempts for one key ended.
#[derive(Clone, Default)]
pub(super) struct Past {
    /// Why the last attempt failed; none if it did not.
    pub(super) error: Option<Error>,
    /// No attempt before this, in nanoseconds since boot.
    pub(super) next: u64,
    /// Failures in a row.
    pub(super) failures: u32,
    /// Flights in a row that were dropped without an outcome.
    pub(super) abandoned: u32,
}

impl Past {
    /// Why there is no attempt now, for those to whom the store is of no use.
    fn reason(&self) -> Error {
        match &self.error {
            Some(error) => error.clone(),
            None if self.abandoned > 0 => abandoned(),
            // The last attempt succeeded, and what it brought is not enough for this caller.
            None => grant_too_short(),
        }
    }
}

/// What a caller gets.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// The grant at once.
    Hit(Freshness, Option<Error>),
    /// The grant at once, and the duty to refresh it.
    HitAndLead(Freshness, Option<Error>),
    /// The duty to fetch, then the outcome.
    Lead,
    /// The outcome of the flight in the air.
    Wait,
    /// An error at once.
    Refuse(Error),
}

/// Whether upstream may be asked now.
enum Road {
    Idle,
    InTheAir,
    /// No attempt yet: the error that callers get and the time it lasts.
    Closed(Error, u64),
}

impl EntryState {
    /// Decides what a caller gets who needs a grant with `promise` nanoseconds of remaining life.
    /// `block` tells what holds back the whole cache or account, and is asked only when no fresh
    /// grant is at hand.
    #[inline]
    pub(super) fn decide(
        &self,
        promise: u64,
        now: Now,
        block: impl FnOnce() -> Option<Block>,
    ) -> Decision {
        let Some(value) = &self.value else {
            return self.decide_without(now, block());
        };
        let remaining = value.remaining(now);
        if remaining >= value.soft && remaining >= promise {
            return Decision::Hit(Freshness::Fresh, None);
        }
        if remaining < promise {
            return self.decide_without(now, block());
        }
        self.decide_ageing(remaining < value.wait_below.max(promise), now, block())
    }

    /// No grant, or none that keeps the promise.
    fn decide_without(&self, now: Now, block: Option<Block>) -> Decision {
        match self.road(now, block) {
            Road::Idle => Decision::Lead,
            Road::InTheAir => Decision::Wait,
            Road::Closed(error, wait) => {
                Decision::Refuse(error.with_retry_after(Duration::from_nanos(wait)))
            }
        }
    }

    /// A grant that keeps the promise but is due for a refresh; `old` if callers should rather wait
    /// for the next one.
    fn decide_ageing(&self, old: bool, now: Now, block: Option<Block>) -> Decision {
        let degraded = |error: Error, wait: u64| {
            let reason = error.with_retry_after(Duration::from_nanos(wait));
            (Freshness::Degraded, Some(reason))
        };
        match (self.road(now, block), &self.past.error) {
            // The last attempt brought this grant a moment ago; the next is only a moment away.
            (Road::Closed(error, _), None) if !old && error.kind() == ErrorKind::GrantTooShort => {
                Decision::Hit(Freshness::Refreshing, None)
            }
            (Road::Closed(error, wait), _) => {
                let (freshness, reason) = degraded(error, wait);
                Decision::Hit(freshness, reason)
            }
            (Road::Idle, Some(error)) if old => {
                Decision::HitAndLead(Freshness::Degraded, Some(tried_now(error)))
            }
            (Road::InTheAir, Some(error)) if old => {
                Decision::Hit(Freshness::Degraded, Some(tried_now(error)))
            }
            (Road::Idle, None) if old => Decision::Lead,
            (Road::InTheAir, None) if old => Decision::Wait,
            (Road::Idle, _) => Decision::HitAndLead(Freshness::Refreshing, None),
            (Road::InTheAir, _) => Decision::Hit(Freshness::Refreshing, None),
        }
    }

    fn road(&self, now: Now, block: Option<Block>) -> Road {
        let time = now.boot_nanos();
        if self.live_flight(now).is_some() {
            return Road::InTheAir;
        }
        let own = (self.past.next > time)
            .then(|| Block { until: self.past.next, error: self.past.reason() });
        // Of two reasons the one that lasts longer: its `retry_after` is the honest one.
        let last = [own, block].into_iter().flatten().max_by_key(|block| block.until);
        match last {
            Some(block) if block.until > time => Road::Closed(block.error, block.until - time),
            _ => Road::Idle,
        }
    }

    /// The flight in the air, unless it is dead by comparison.
    pub(super) fn live_flight(&self, now: Now) -> Option<&Arc<Flight>> {
        self.flight.as_ref().filter(|flight| !flight.is_dead(now))
    }

    /// The grant, if it keeps a promise.
    pub(super) fn keeping(&self, promise: u64, now: Now) -> Option<&Arc<StoredGrant>> {
        self.value.as_ref().filter(|value| value.remaining(now) >= promise.max(1))
    }

    /// With another flight in the air.
    pub(super) fn leading(&self, flight: Arc<Flight>) -> Self {
        Self { flight: Some(flight), ..self.clone() }
    }

    /// After a flight that brought a grant; `value` is the one to keep.
    pub(super) fn succeeded(&self, value: Option<Arc<StoredGrant>>, started: u64) -> Self {
        let past = Past { next: started.saturating_add(MIN_SPACING), ..Past::default() };
        Self { value, flight: None, past, ..self.clone() }
    }

    /// After a flight that failed at `end` and must be left alone for `pause`.
    pub(super) fn failed(&self, error: Error, started: u64, end: u64, pause: u64) -> Self {
        let next = started.saturating_add(MIN_SPACING).max(end.saturating_add(pause));
        let failures = self.past.failures.saturating_add(1);
        let past = Past { error: Some(error), next, failures, abandoned: 0 };
        Self { flight: None, past, ..self.clone() }
    }

    /// After a flight that nobody brought to an end. A first and a second one cost nothing; a
    /// driver that goes on like that has to keep the usual distance.
    pub(super) fn abandoned(&self, started: u64) -> Self {
        let abandoned = self.past.abandoned.saturating_add(1);
        let past = if abandoned > 2 {
            let next = started.saturating_add(MIN_SPACING);
            Past { next, abandoned, ..self.past.clone() }
        } else {
            Past { abandoned, ..self.past.clone() }
        };
        Self { flight: None, past, ..self.clone() }
    }

    /// After a flight that had to stay on the ground because of the account's budget. Upstream did
    /// not fail, but without a pause every caller would send another one into the same queue.
    pub(super) fn held_off(&self, error: Error, now: Now) -> Self {
        let next = now.boot_nanos().saturating_add(MIN_SPACING);
        let past = Past { error: Some(error), next, ..self.past.clone() };
        Self { flight: None, past, ..self.clone() }
    }

    /// Of the next era: no flight, no stored error, and the grant only if it may stay.
    pub(super) fn renewed(&self, keep_value: bool) -> Self {
        Self {
            value: self.value.clone().filter(|_| keep_value),
            era: self.era.wrapping_add(1),
            retired: self.retired,
            ..Self::default()
        }
    }
}

/// The last error while the next attempt is being made: the time it asked for has passed.
fn tried_now(error: &Error) -> Error {
    match error.retry_after() {
        Some(_) => error.with_retry_after(Duration::ZERO),
        None => error.clone(),
    }
}

/// When a flight must be over, in nanoseconds since boot.
pub(super) fn dead_at(deadline: u64) -> u64 {
    deadline.saturating_add(DEAD_AFTER)
}

pub(super) fn abandoned() -> Error {
    Error::new(ErrorKind::Abandoned, "the fetch was dropped before it had an outcome; try again")
}

pub(super) fn grant_too_short() -> Error {
    Error::new(
        ErrorKind::GrantTooShort,
        "the grant that upstream gave does not live as long as min_remaining asks for",
    )
}
