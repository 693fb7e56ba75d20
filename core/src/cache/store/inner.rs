//! Everything that one process keeps of a cache.
//!
//! Lock order: that of the one who makes space, then a shard's, then an entry's. The small locks (fetches, those
//! kept warm, those that may be evicted, events, a completion) are leaves. No lock is held while a callback runs.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};

use super::counters::Counters;
use super::entry::Entry;
use super::events::{Event, EventKind, Ring};
use super::fetches::Fetches;
use super::realm::Realm;
use super::requester::Requester;
use super::shards::Shards;
use super::stats::Stats;
use crate::cache::decide::{Block, CachePolicy, Credential, EntryState, Fetch, Key, Promise};
use crate::clock::{Clock, Now};
use crate::error::Error;
use crate::fleet::{Access, Condition, Mark};
use crate::fork::{self, Generation, Reborn};
use crate::watch::{self, Watched};

pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) policy: CachePolicy,
    pub(crate) shards: Shards,
    pub(crate) counters: Counters,
    pub(crate) fetches: Fetches,
    /// Where it shares with other processes, if it does.
    pub(crate) fleet: Option<Arc<Access>>,
    /// Tells what this process keeps apart from what its parent kept.
    pub(crate) number: u64,
    /// By what the fetches are ended that are overdue, if by anything but calls.
    pub(crate) timeouts: OnceLock<Weak<dyn Watched>>,
    /// The number of the next grant.
    pub(super) next_grant: AtomicU64,
    events: Ring,
    /// The process, counted in forks, that this was made in.
    born: Generation,
    /// Set by a test that pretends a fork.
    left_behind: AtomicBool,
}

impl Inner {
    pub(crate) fn new(clock: Clock, policy: CachePolicy, fleet: Option<Arc<Access>>) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            clock,
            policy,
            shards: Shards::new(),
            counters: Counters::new(),
            fetches: Fetches::default(),
            fleet,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            timeouts: OnceLock::new(),
            next_grant: AtomicU64::new(1),
            events: Ring::default(),
            born: fork::generation(),
            left_behind: AtomicBool::new(false),
        }
    }

    /// The request of a fetch is sent, and has until another deadline.
    pub(crate) fn sent(&self, fetch: &Arc<Fetch>, deadline: u64) {
        let is_sooner = self.fetches.sent(fetch, deadline);
        self.watch_from(is_sooner);
    }

    /// A fetch is handed on to who sends its request, and has to be started before another deadline.
    pub(crate) fn handed_on(&self, fetch: &Arc<Fetch>, deadline: u64) {
        let is_sooner = self.fetches.handed_on(fetch, deadline);
        self.watch_from(is_sooner);
    }

    fn watch_from(&self, is_sooner: bool) {
        if let Some(timeouts) = self.timeouts.get().filter(|_| is_sooner) {
            watch::sooner(timeouts);
        }
    }

    /// Empties an entry; with `generation`, only if that grant is the one stored. The outcome of a
    /// fetch in flight goes to its waiters and is not stored.
    pub(crate) fn invalidate(&self, entry: &Arc<Entry>, generation: Option<u64>) -> bool {
        let change = entry.lock();
        let state = change.state();
        let stored = state.value.as_ref().map(|value| value.generation);
        if generation.is_some() && generation != stored {
            return false;
        }
        change.replace(state.renewed(false));
        drop(change);
        self.note(self.clock.now(), EventKind::Invalidated, Some(&entry.key));
        true
    }

    /// Has other processes give up a key's grant, too.
    pub(crate) fn invalidate_shared(&self, who: &Requester, key: &Key) {
        if let Some(member) = &*who.member() {
            let time = self.clock.now().boot_nanos();
            member.invalidate(key.text(), key.ttl(), &self.counters.fleet, time);
        }
    }

    /// Has other processes give up all grants of a user.
    pub(crate) fn purge_shared(&self, who: &Requester) {
        if let Some(member) = &*who.member() {
            member.purge(&self.counters.fleet, self.clock.now().boot_nanos());
        }
    }

    /// Takes note of what has changed of the store that processes share: whether it is asked, and can be used.
    pub(crate) fn note_fleet(&self, now: Now) {
        let Some(fleet) = &self.fleet else { return };
        let changes = fleet.take_changes();
        if changes == 0 {
            return;
        }
        for (what, begins, ends) in [
            (Condition::Unsupported, EventKind::FleetUnsupported, None),
            (Condition::Broken, EventKind::FleetBroken, Some(EventKind::FleetBack)),
            (Condition::ReadOnly, EventKind::FleetReadOnly, Some(EventKind::FleetBack)),
            (Condition::Skewed, EventKind::FleetSkewed, None),
        ] {
            if changes & what as u8 != 0 {
                let kind = if fleet.is(what) { Some(begins) } else { ends };
                kind.into_iter().for_each(|kind| self.note(now, kind, None));
            }
        }
    }

    /// No fetch with the credential of this one before `until`, in nanoseconds since boot.
    pub(crate) fn refuse_credential(&self, fetch: &Fetch, error: &Error, until: u64) {
        fetch.credential.refuse(self.number, Block { until, error: error.clone() });
    }

    /// Another process has had the grant of an entry given up; `mark` is what it knows that by.
    pub(crate) fn give_up(&self, entry: &Arc<Entry>, mark: Mark, now: Now) {
        let change = entry.lock();
        let state = change.state();
        if state.value.as_ref().is_none_or(|value| value.mark != Some(mark)) {
            return;
        }
        change.replace(state.given_up());
        drop(change);
        self.note(now, EventKind::Invalidated, Some(&entry.key));
    }

    /// Empties the entries of some realms. Looks at every entry, whoever's it is: it concerns all.
    pub(crate) fn purge(&self, is_meant: impl Fn(&Arc<Realm>) -> bool) {
        self.renew(is_meant, |state| state.renewed(false));
        self.note(self.clock.now(), EventKind::Purged, None);
    }

    /// Starts a new era in the entries of a realm whose grants were fetched with another credential until
    /// now. Grants stay, cached errors go, and what is fetched with any other credential goes on. Looks at every
    /// entry, as a purge does.
    pub(crate) fn rotate(&self, realm: &Arc<Realm>, before: &Arc<Credential>) {
        let next = |state: &EntryState| match &state.fetch {
            Some(fetch) if !Arc::ptr_eq(&fetch.credential, before) => state.clone(),
            _ => state.renewed(true),
        };
        self.renew(|other| Arc::ptr_eq(other, realm), next);
        self.note(self.clock.now(), EventKind::Rotated, None);
    }

    fn renew(
        &self,
        is_meant: impl Fn(&Arc<Realm>) -> bool,
        next: impl Fn(&EntryState) -> EntryState,
    ) {
        for entry in self.shards.all().iter().filter(|entry| is_meant(&entry.realm)) {
            let change = entry.lock();
            change.replace(next(&change.state()));
        }
    }

    /// When the last grant, cached error and fetch in flight have ended, in nanoseconds since boot.
    pub(crate) fn ends_at(&self) -> u64 {
        let fetches = self.fetches.last_overdue().unwrap_or(0);
        self.shards.held().until().max(fetches)
    }

    pub(crate) fn simulate_fork(&self) {
        self.left_behind.store(true, Ordering::SeqCst);
    }

    pub(crate) fn note(&self, now: Now, kind: EventKind, key: Option<&Key>) {
        self.events.push(now, kind, key);
    }

    pub(crate) fn drain_events(&self) -> Vec<Event> {
        self.events.drain()
    }

    pub(crate) fn stats(&self) -> Stats {
        let time = self.clock.now().boot_nanos();
        let fleet = self.fleet.as_ref().map(|fleet| fleet.stats(&self.counters.fleet, time));
        let (keys, in_flight) = (self.shards.len(), self.fetches.len());
        Stats { keys, in_flight, fleet, ..self.counters.read() }
    }
}

impl Reborn for Inner {
    /// Whether this is another process's: then its locks and fetches must not be touched.
    #[inline]
    fn is_foreign(&self) -> bool {
        self.born != fork::generation() || self.left_behind.load(Ordering::Relaxed)
    }

    /// What a forked child starts with: nothing of its parent's but the grants that are still good.
    /// Everything here is read without a lock, since a thread that is gone may hold any of them.
    fn reborn(&self) -> Self {
        let born = Self::new(self.clock.clone(), self.policy.clone(), self.fleet.clone());
        born.next_grant.store(self.next_grant.load(Ordering::Relaxed), Ordering::Relaxed);
        let now = self.clock.now();
        for entry in self.shards.all() {
            let state = entry.state();
            if let Some(value) = state.keeping(Promise::ANY, now) {
                let kept = EntryState { value: Some(Arc::clone(value)), ..EntryState::default() };
                born.shards.get_or_insert(&entry.key, &entry.realm, kept, now);
            }
        }
        born.note(now, EventKind::Forked, None);
        born
    }
}
