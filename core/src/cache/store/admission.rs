//! Whether a request may be sent upstream: all that is asked of the account's [`Limiter`].
//!
//! [`Inner::block`] and [`Inner::check_room`] have callers refused early. [`Inner::admit`] decides,
//! and is asked in one place: by a ticket, right before its request is sent or handed on.
//!
//! [`Limiter`]: super::limiter::Limiter

use std::task::Waker;
use std::time::Duration;

use super::events::EventKind;
use super::inner::Inner;
use super::limiter::{Admission, NoRoom, Report, Throttled};
use super::outcome::Ended;
use super::realm::Realm;
use super::requester::Requester;
use crate::cache::decide::{self, Block, Credential, Fetch, Key};
use crate::clock::Now;
use crate::error::{Error, Result};
use crate::fleet;
use crate::trace;

impl Inner {
    /// What holds back every key of a user. Nothing if it shares with other processes: they may have what
    /// it wants.
    pub(crate) fn block(&self, who: &Requester, now: Now) -> Option<Block> {
        match &*who.member() {
            Some(_) => None,
            None => self.block_upstream(&who.realm, &who.credential(), now),
        }
    }

    /// What holds back every call: the credential is refused, or the account cools down.
    pub(crate) fn block_upstream(
        &self,
        realm: &Realm,
        credential: &Credential,
        now: Now,
    ) -> Option<Block> {
        let refused = credential.block(self.number, now);
        refused.into_iter().chain(realm.limiter.block(now)).max_by_key(|block| block.until)
    }

    /// Refuses a cold key whose request could not be sent by `deadline`, in nanoseconds since boot.
    pub(crate) fn check_room(
        &self,
        realm: &Realm,
        key: &Key,
        deadline: u64,
        now: Now,
    ) -> Result<()> {
        let deadline = deadline.max(now.boot_nanos());
        let checked = realm.limiter.check_cold(self.shards.hash(key), deadline, now);
        checked.map_err(|no_room| self.refused_for_room(key, no_room, now))
    }

    /// The error for a caller whose request could not be sent in its time.
    pub(crate) fn refused_for_room(&self, key: &Key, no_room: NoRoom, now: Now) -> Error {
        self.counters.refusal();
        self.counters.no_room();
        if no_room.is_new {
            self.note(now, EventKind::NoRoom, Some(key));
        }
        decide::no_room(no_room.until, now)
    }

    /// Asks whether the request of a fetch may be sent now, and has a waker called when it may be. It counts as
    /// sent now if it `sends`.
    pub(crate) fn admit(
        &self,
        realm: &Realm,
        fetch: &Fetch,
        waker: Option<&Waker>,
        sends: bool,
        now: Now,
    ) -> Admission {
        // It was begun before upstream refused another with the same credential.
        if let Some(block) = fetch.credential.block(self.number, now) {
            return Admission::Blocked(block);
        }
        let (limiter, turn) = (&realm.limiter, &fetch.turn);
        let (admission, wakes) =
            if sends { limiter.start(turn, waker, now) } else { limiter.look(turn, waker, now) };
        wakes.wake();
        admission
    }

    /// Tells the account how a fetch ended. No lock may be held.
    pub(super) fn report(&self, ended: &Ended<'_>, how: Report, now: Now) -> Throttled {
        let Ended { entry, fetch, permit, .. } = *ended;
        let (throttled, wakes) = entry.realm.limiter.end(&fetch.turn, permit, how, now);
        wakes.wake();
        if let Some(shared) = &fetch.shared {
            shared.report(ended_as(how), &self.counters.fleet, now);
        }
        throttled
    }

    /// Begins the account's cool-down after a 429; returns the error that says how long it is.
    pub(super) fn cool_down(&self, ended: &Ended<'_>, error: &Error, now: Now) -> Error {
        let most = self.failure(&ended.entry.state(), ended, now).asked_max();
        let asked = error.retry_after().map(|asked| asked.min(Duration::from_nanos(most)));
        let how = Report::Throttled { asked, random: self.policy.random() };
        let throttled = self.report(ended, how, now);
        trace::cool_down(throttled.pause);
        if throttled.is_cut {
            self.note(now, EventKind::RateCut, None);
        }
        error.with_retry_after(throttled.pause)
    }
}

/// What other processes are told of how a call ended.
fn ended_as(how: Report) -> fleet::Ended {
    match how {
        Report::Answered => fleet::Ended::Answered,
        Report::Throttled { asked, random } => fleet::Ended::Throttled { asked, random },
        Report::Failed | Report::Overdue | Report::Unknown => fleet::Ended::Lost,
        Report::Unsent => fleet::Ended::Unsent,
    }
}
