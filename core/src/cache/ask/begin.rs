//! From what a caller asks for to what it gets: carries the decision out, and starts fetches.

use std::sync::Arc;
use std::time::Duration;

use super::options::{DEFAULT_TIMEOUT, Wish, usual_promise};
use super::ticket::Ticket;
use super::waiter::Waiter;
use crate::cache::decide::{
    Decision, EntryState, Fetch, Freshness, Key, Promise, Purpose, Turn, abandoned, cache_full,
    overdue_at,
};
use crate::cache::store::{
    Change, Entry, EventKind, Hit, Inner, Need, Requester, Retired, Sighting, StillFresh, Wakes,
};
use crate::clock::{Now, nanos};
use crate::error::{Error, Result};
use crate::fleet::SharedFetch;
use crate::fork::Reborn as _;

/// How long a fetch waits for its turn that nobody waits for.
const PATIENCE_AHEAD: Duration = Duration::from_secs(60);

/// What a caller gets.
#[derive(Debug)]
pub enum Begin {
    /// A grant at once.
    Hit(Hit),
    /// A grant at once, and the ticket of its refresh: this caller has to see to the fetch.
    HitAndFetch(Hit, Ticket),
    /// The ticket of a fetch, which this caller has to see to, and a waiter for its outcome.
    Fetch(Ticket, Waiter),
    /// A waiter for the outcome of the fetch in flight.
    Wait(Waiter),
}

impl Inner {
    /// The entry of a key, made if need be. A new key takes a place and needs a request: it is refused
    /// while no request may be sent.
    pub(crate) fn entry(
        &self,
        who: &Requester,
        key: &Key,
        wish: Wish,
        now: Now,
    ) -> Result<Arc<Entry>> {
        if let Some(entry) = self.shards.get(key) {
            return Ok(entry);
        }
        self.check_block(who, now)?;
        if who.member().is_none() {
            self.check_room(&who.realm, key, wish.deadline, now)?;
        }
        self.new_entry(who, key, now)
    }

    /// The same for what nobody waits for: it has time, and is refused only by upstream.
    pub(crate) fn entry_ahead(&self, who: &Requester, key: &Key, now: Now) -> Result<Arc<Entry>> {
        if let Some(entry) = self.shards.get(key) {
            return Ok(entry);
        }
        self.check_block(who, now)?;
        self.new_entry(who, key, now)
    }

    /// Refuses a key that has nothing to give while no request may be sent.
    fn check_block(&self, who: &Requester, now: Now) -> Result<()> {
        let Some(block) = self.block(who, now) else { return Ok(()) };
        self.counters.refusal();
        Err(block.refusal(now))
    }

    fn new_entry(&self, who: &Requester, key: &Key, now: Now) -> Result<Arc<Entry>> {
        self.make_room(now)?;
        Ok(self.shards.get_or_insert(key, &who.realm, EntryState::default(), now))
    }

    /// Serves a caller from an entry. Takes no lock unless the caller has to wait or to fetch.
    #[inline]
    pub(crate) fn begin(
        self: &Arc<Self>,
        who: &Arc<Requester>,
        entry: &Arc<Entry>,
        wish: Wish,
        now: Now,
    ) -> Result<Result<Begin>, Retired> {
        match self.hit_at_once(who, entry, wish, now)? {
            Some(hit) => Ok(Ok(Begin::Hit(hit))),
            None => self.begin_slow(who, entry, wish, now),
        }
    }

    /// A hit that leaves nothing to do. Takes no lock.
    #[inline]
    pub(crate) fn hit_at_once(
        &self,
        who: &Requester,
        entry: &Arc<Entry>,
        wish: Wish,
        now: Now,
    ) -> Result<Option<Hit>, Retired> {
        let version = entry.version();
        let state = entry.state();
        if state.retired {
            return Err(Retired);
        }
        let Decision::Hit(freshness, reason) =
            state.decide(wish.promise, now, || self.block(who, now))
        else {
            return Ok(None);
        };
        entry.note_read(now);
        self.counters.hit(freshness);
        Ok(Some(Hit::in_state(state, version, now, freshness, reason)))
    }

    /// Whether a grant that was seen in an entry is still fresh there. Takes no lock.
    #[inline]
    pub(crate) fn still_fresh(
        &self,
        entry: &Entry,
        seen: &Sighting,
        promise: Promise,
        is_of_use: impl FnOnce(&StillFresh) -> bool,
    ) -> Option<StillFresh> {
        if self.is_foreign() || entry.version() != seen.version {
            return None;
        }
        let now = self.clock.now();
        let fresh = seen.at(now, promise).filter(is_of_use)?;
        entry.note_read(now);
        self.counters.hit(StillFresh::FRESHNESS);
        Some(fresh)
    }

    fn begin_slow(
        self: &Arc<Self>,
        who: &Arc<Requester>,
        entry: &Arc<Entry>,
        wish: Wish,
        now: Now,
    ) -> Result<Result<Begin>, Retired> {
        entry.note_read(now);
        let change = self.lock_alive(entry, now);
        let state = change.state();
        if state.retired {
            return Err(Retired);
        }
        Ok(match state.decide(wish.promise, now, || self.block(who, now)) {
            Decision::Hit(freshness, reason) => {
                drop(change);
                self.hit(&state, now, freshness, reason).map(Begin::Hit)
            }
            Decision::Wait => {
                drop(change);
                let fetch = state.live_fetch(now).cloned().ok_or(Retired)?;
                Ok(Begin::Wait(self.waiter(who, entry, fetch, wish)))
            }
            Decision::Join => {
                let fetch = state.live_fetch(now).cloned().ok_or(Retired)?;
                let (joined, wakes) = self.join(entry, &fetch, &state, wish, now);
                drop(change);
                wakes.wake();
                joined.map(|()| Begin::Wait(self.waiter(who, entry, fetch, wish)))
            }
            Decision::HitAndJoin(freshness, reason) => {
                let fetch = state.live_fetch(now).cloned().ok_or(Retired)?;
                // A refresh is moved up; there is nothing to refuse.
                let (_, wakes) = self.join(entry, &fetch, &state, wish, now);
                drop(change);
                wakes.wake();
                self.hit(&state, now, freshness, reason).map(Begin::Hit)
            }
            Decision::Refuse(error) => {
                self.counters.refusal();
                Err(error)
            }
            Decision::HitAndFetch(freshness, reason) => {
                let need = need(&state, now);
                let (ticket, wakes) =
                    self.start_fetch(who, entry, &change, &state, wish, need, now);
                drop(change);
                wakes.wake();
                self.hit(&state, now, freshness, reason).map(|hit| Begin::HitAndFetch(hit, ticket))
            }
            Decision::Fetch => {
                let need = need(&state, now);
                if need == Need::Cold
                    && who.member().is_none()
                    && let Err(error) = self.check_room(&who.realm, &entry.key, wish.deadline, now)
                {
                    return Ok(Err(error));
                }
                let (ticket, wakes) =
                    self.start_fetch(who, entry, &change, &state, wish, need, now);
                drop(change);
                wakes.wake();
                let fetch = Arc::clone(ticket.fetch());
                if !fetch.turn.is_come() && state.keeping(wish.promise, now).is_some() {
                    // To wait for a call that has not even been sent takes long, and the grant is good.
                    let hit = self.hit(&state, now, Freshness::Refreshing, None);
                    return Ok(hit.map(|hit| Begin::HitAndFetch(hit, ticket)));
                }
                Ok(Begin::Fetch(ticket, self.waiter(who, entry, fetch, wish)))
            }
        })
    }

    /// Whether a caller may wait for a fetch that waits for its turn.
    fn join(
        &self,
        entry: &Entry,
        fetch: &Fetch,
        state: &EntryState,
        wish: Wish,
        now: Now,
    ) -> (Result<()>, Wakes) {
        let need = need(state, now);
        let limiter = &entry.realm.limiter;
        let (joined, wakes) = limiter.join(&fetch.turn, need, wish.deadline, now);
        (joined.map_err(|no_room| self.refused_for_room(&entry.key, no_room, now)), wakes)
    }

    /// The ticket of a fetch for an entry, if one is due and may start.
    pub(crate) fn fetch_if_due(
        self: &Arc<Self>,
        who: &Requester,
        entry: &Arc<Entry>,
        now: Now,
    ) -> Option<Ticket> {
        let change = self.lock_alive(entry, now);
        let state = change.state();
        let promise = usual_promise(&entry.key, &self.policy);
        let due = matches!(
            state.decide(promise, now, || self.block(who, now)),
            Decision::Fetch | Decision::HitAndFetch(..)
        );
        if !due || state.retired {
            return None;
        }
        let need = match state.keeping(Promise::ANY, now) {
            Some(_) => Need::Leisure,
            None => Need::Ahead,
        };
        let (asked, deadline) = (now.boot_nanos(), now.plus(PATIENCE_AHEAD).boot_nanos());
        let wish = Wish { promise, asked, deadline };
        let (ticket, wakes) = self.start_fetch(who, entry, &change, &state, wish, need, now);
        drop(change);
        wakes.wake();
        Some(ticket)
    }

    /// The right to change an entry whose fetch, if one is in flight, is not overdue.
    fn lock_alive<'a>(&self, entry: &'a Arc<Entry>, now: Now) -> Change<'a> {
        loop {
            let change = entry.lock();
            let state = change.state();
            match &state.fetch {
                Some(fetch) if fetch.is_overdue(now) => {
                    drop(change);
                    self.time_out(entry, fetch, now);
                }
                _ => return change,
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "what a fetch is made of")]
    fn start_fetch(
        self: &Arc<Self>,
        who: &Requester,
        entry: &Arc<Entry>,
        change: &Change<'_>,
        state: &EntryState,
        wish: Wish,
        need: Need,
        now: Now,
    ) -> (Ticket, Wakes) {
        let live = state.keeping(Promise::ANY, now).is_some();
        let purpose = if live { Purpose::Refresh } else { Purpose::Cold };
        let started = now.boot_nanos();
        let nominal = self.policy.nominal(entry.key.ttl(), state.lifetime());
        let turn = Arc::new(self.turn(who, &entry.key, nominal));
        // Nobody waits for a refresh, so that it may wait for as long as anybody would.
        let patience = if live { nanos(DEFAULT_TIMEOUT) } else { 0 };
        turn.wanted_until(wish.deadline.max(started.saturating_add(patience)));
        let timeout = self.policy.windows(nominal).fetch_timeout;
        let deadline = turn.last_wanted().max(started.saturating_add(timeout));
        let credential = Arc::clone(&who.credential());
        let key = &entry.key;
        let member = who.member();
        let shared = member.as_ref().map(|member| SharedFetch::new(member, key.text(), key.ttl()));
        let fetch = Fetch::new(credential, state.era, purpose, started, turn, shared, deadline);
        let fetch = Arc::new(fetch);
        change.replace(state.fetching(Arc::clone(&fetch)));
        self.fetches.add(entry, &fetch);
        let ticket = Ticket::new(Arc::clone(self), Arc::clone(entry), Arc::clone(&fetch), need);
        let wakes = match &fetch.shared {
            // It enters once it is clear that no other process has what it wants.
            Some(_) => Wakes::default(),
            None => entry.realm.limiter.enter(&fetch.turn, need, &self.clock, now),
        };
        (ticket, wakes)
    }

    fn turn(&self, who: &Requester, key: &Key, nominal: Duration) -> Turn {
        let grace = nanos(self.policy.min_remaining(nominal));
        let timeout = self.policy.windows(nominal).fetch_timeout;
        Turn::new(who.lane(), self.shards.hash(key), grace, overdue_at(timeout))
    }

    fn hit(
        &self,
        state: &EntryState,
        now: Now,
        freshness: Freshness,
        reason: Option<Error>,
    ) -> Result<Hit> {
        self.counters.hit(freshness);
        let value = state.value.clone().ok_or_else(abandoned)?;
        Ok(Hit::of(value, now, freshness, reason))
    }

    fn waiter(
        self: &Arc<Self>,
        who: &Arc<Requester>,
        entry: &Arc<Entry>,
        fetch: Arc<Fetch>,
        wish: Wish,
    ) -> Waiter {
        self.counters.wait();
        // Another process may have a grant that is too short for this caller.
        fetch.promises(wish.promise.said());
        Waiter::new(Arc::clone(self), Arc::clone(entry), fetch, wish, Arc::clone(who))
    }

    /// Evicts a key that is among those idle longest to make space for a new one. If all are being
    /// fetched or kept warm, the new one is refused: the cache grows past its limit by no more than the
    /// threads that add to it simultaneously.
    fn make_room(&self, now: Now) -> Result<()> {
        let max = self.policy.max_keys();
        if self.shards.len() >= max {
            // What waits for a fetch that is overdue may have to go.
            self.time_out_overdue(now);
        }
        let evicted = self.shards.make_room(max, now);
        self.counters.evicted(evicted.len());
        for entry in &evicted {
            self.note(now, EventKind::Evicted, Some(&entry.key));
            entry.tell_followers();
        }
        if self.shards.len() < max {
            return Ok(());
        }
        self.counters.refusal();
        Err(cache_full())
    }
}

/// What a key needs whose caller cannot use the stored grant for ever: a call by when that has ended, or
/// one as soon as can be.
fn need(state: &EntryState, now: Now) -> Need {
    let Some(value) = state.keeping(Promise::ANY, now) else { return Need::Cold };
    let end = now.boot_nanos().saturating_add(value.remaining(now));
    Need::Refresh { hard: end.saturating_sub(value.promise) }
}
