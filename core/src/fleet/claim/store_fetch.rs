//! One fetch on its way past one store: does another have the value, does another fetch it, or is it this process that
//! has to?
//!
//! A lease saves calls and is never a condition: whoever waits too long for another's fetch, or whose store is in
//! trouble, fetches alone.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::call::Call;
use super::claimed::{Asks, Claimed};
use super::counters::{Count, Counters, Why};
use super::guarded::{Condition, GuardedStore};
use super::hand::{Hand, Mark};
use super::member::Member;
use super::sealed::{Brought, Pause};
use crate::clock::{Now, nanos_of};
use crate::fleet::store::{Answer, Answered, Pending, Slot, StoreClock, Trouble};
use crate::fleet::store::{Chair, Claim, Head, Lease, Seen, Wanted};
use crate::random;
use crate::sync::Mutex;
use crate::thread::boot_nanos;

const SECOND: u64 = 1_000_000_000;
/// A refresh that cannot ask the store asks again within this, in seconds.
const PUT_OFF: f64 = 3.0;
/// A store is asked this many times at most.
const ROUNDS: u32 = 5;

/// One fetch on its way past one store.
pub(super) struct StoreFetch {
    pub(super) member: Arc<Member>,
    pub(super) store: Arc<GuardedStore>,
    /// Another store is asked before upstream is called.
    pub(super) is_in_front: bool,
    pub(super) slot: Slot,
    ttl: Duration,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) stage: Stage,
    /// The question that the store has not answered yet.
    asking: Option<Asking>,
    pub(super) waits_since: Option<u64>,
    /// It was counted that something there is none of ours.
    has_junk: bool,
    pub(super) call: Call,
}

#[derive(Default)]
pub(super) enum Stage {
    #[default]
    Looks,
    /// It calls for all.
    Fetches(Lease, Found),
    /// It calls for itself; what it brings is left for others if nobody else has left anything.
    Alone(Option<Found>),
    Over,
}

/// What stood in the store, and how its clock did.
#[derive(Clone, Copy)]
pub(super) struct Found {
    pub(super) seen: Seen,
    pub(super) clock: StoreClock,
}

/// What a store is asked, perhaps several times.
struct Asking {
    wanted: Wanted,
    rounds: u32,
    /// When it was last asked, in nanoseconds since boot.
    since: u64,
    has_failed: bool,
    pending: Option<Box<dyn Pending<Claim>>>,
    /// When the time for the answer is over that came last, if it came later.
    until: u64,
}

impl StoreFetch {
    pub(super) fn new(
        member: &Arc<Member>,
        store: &Arc<GuardedStore>,
        is_in_front: bool,
        (key, ttl): (&str, Duration),
    ) -> Self {
        let (slot, state) = (member.slot(key, ttl), Mutex::default());
        let (member, store) = (Arc::clone(member), Arc::clone(store));
        Self { member, store, is_in_front, slot, ttl, state }
    }

    /// Since when others are waited for, here or in a store before.
    pub(super) fn waits_since(&self) -> Option<u64> {
        self.state.lock().waits_since
    }

    /// Others have been waited for since some time in a store before.
    pub(super) fn has_waited(&self, since: u64) {
        self.state.lock().waits_since.get_or_insert(since);
    }

    /// Asks the store. Takes some microseconds; never waits. The task is woken when an answer comes.
    pub(super) fn ask(
        &self,
        hand: &Hand,
        waker: Option<&Waker>,
        counters: &Counters,
        now: Now,
    ) -> Asks {
        let mut state = self.state.lock();
        match state.stage {
            Stage::Looks => {}
            Stage::Fetches(..) | Stage::Alone(_) => return Asks::only(Claimed::Fetches),
            Stage::Over => return Asks::only(Claimed::NotAgain),
        }
        let time = now.boot_nanos();
        let asking = match state.asking.take() {
            Some(asking) => asking,
            None if self.store.breaker.open_until(time).is_some() => {
                let why =
                    if self.store.is(Condition::ReadOnly) { Why::NoLease } else { Why::Failed };
                return Asks::only(self.without_store(&mut state, hand, why, counters, time));
            }
            None => Asking::new(self.wanted(&mut state, hand, time)),
        };
        let asks = self.ask_store(&mut state, asking, hand, waker, counters, now);
        if let Claimed::Value(..) | Claimed::Paused(_) = asks.claimed {
            state.stage = Stage::Over;
        }
        asks
    }

    fn ask_store(
        &self,
        state: &mut State,
        mut asking: Asking,
        hand: &Hand,
        waker: Option<&Waker>,
        counters: &Counters,
        now: Now,
    ) -> Asks {
        let time = now.boot_nanos();
        // What turns out to be of no use is named once, so that this process can fetch.
        while asking.rounds < ROUNDS {
            let answer = match asking.pending.take() {
                Some(pending) => Answer::Later(pending),
                None => {
                    asking.since = boot_nanos();
                    self.store.store.claim(&asking.wanted, time)
                }
            };
            let Answered { result, clock } = match answer.poll(waker) {
                Ok(answered) => answered,
                Err(pending) => {
                    let until = pending.until();
                    state.asking = Some(Asking { until, pending: Some(pending), ..asking });
                    return Asks::only(Claimed::Unanswered(until));
                }
            };
            asking.rounds += 1;
            self.heard(&asking, &result, counters, time);
            let (claimed, seen) = match result {
                Err(_) if asking.asks_again(time) => continue,
                Err(trouble) => {
                    let why = if trouble.reads { Why::NoLease } else { Why::Failed };
                    (self.without_store(state, hand, why, counters, time), None)
                }
                Ok(Claim::Value(left)) => match self.open(&left, clock, now) {
                    Some((brought, mark)) => {
                        counters.count(Count::Value);
                        self.is_skewed(brought.is_skewed, counters);
                        (Claimed::Value(brought, mark), None)
                    }
                    None => {
                        counters.count(Count::Rejected);
                        asking.wanted.not[1] = Head::read(&left).map(|head| head.generation);
                        continue;
                    }
                },
                Ok(Claim::Paused(left)) => {
                    match Pause::open(&self.member.keys, &self.slot, &left, clock, now) {
                        Some(pause) if self.concerns(&pause) => {
                            counters.count(Count::Pause);
                            (Claimed::Paused(pause.spread(time)), None)
                        }
                        opened => {
                            if opened.is_none() {
                                counters.count(Count::Rejected);
                            }
                            asking.wanted.is_pause_known = true;
                            continue;
                        }
                    }
                }
                Ok(Claim::Lease(lease, seen, admitted)) => {
                    state.call.said(admitted, time);
                    if !self.is_in_front {
                        counters.count(Count::Lease);
                    }
                    state.stage = Stage::Fetches(lease, Found { seen, clock });
                    (Claimed::Fetches, Some(seen))
                }
                Ok(Claim::Busy(_))
                    if asking.wanted.chair == Chair::First && state.is_over(hand, 1, time) =>
                {
                    asking.wanted.chair = Chair::Second;
                    continue;
                }
                Ok(Claim::Busy(seen)) => {
                    let found = Found { seen, clock };
                    (self.busy(state, hand, found, counters, time), Some(seen))
                }
            };
            let has_junk = seen.is_some_and(|seen| seen.has_junk);
            if has_junk && !std::mem::replace(&mut state.has_junk, true) {
                counters.count(Count::Rejected);
            }
            let give_up = seen.is_some_and(|seen| hand.is_given_up(&seen));
            return Asks { claimed, give_up, epoch: seen.map(|seen| seen.epoch) };
        }
        Asks::only(self.alone(state, None, Why::Rejected, counters))
    }

    /// Takes note of an answer.
    fn heard(
        &self,
        asking: &Asking,
        result: &Result<Claim, Trouble>,
        counters: &Counters,
        time: u64,
    ) {
        self.store.heard(result.as_ref().err(), counters, time);
        if matches!(result, Ok(Claim::Lease(..))) && self.store.store.writes_leases() {
            self.store.set(Condition::ReadOnly, false);
        }
        if result.is_ok() && !self.is_in_front {
            counters.answered(boot_nanos().saturating_sub(asking.since));
        }
    }

    fn is_skewed(&self, is_skewed: bool, counters: &Counters) {
        if is_skewed {
            counters.count(Count::Skewed);
        }
        self.store.set(Condition::Skewed, is_skewed);
    }

    fn wanted(&self, state: &mut State, hand: &Hand, time: u64) -> Wanted {
        let need = hand.need.max(if hand.left > 0 { hand.left.saturating_add(SECOND) } else { 1 });
        Wanted {
            slot: self.slot,
            group: self.member.group,
            end: time.saturating_add(need).saturating_add(hand.margin),
            not: [hand.mark.map(|mark| mark.generation), None],
            is_pause_known: false,
            chair: if hand.may_fetch { Chair::First } else { Chair::None },
            account: self.account(&mut state.call, hand.terms.as_ref()),
        }
    }

    fn open(&self, left: &[u8], clock: StoreClock, now: Now) -> Option<(Brought, Mark)> {
        let (keys, slot) = (&self.member.keys, &self.slot);
        let brought = Brought::open(keys, slot, left, self.ttl, clock, now)?;
        let Head { generation, epoch, .. } = brought.head;
        let mark = Mark { generation, before: None, epoch };
        (brought.age < brought.lifetime).then_some((brought, mark))
    }

    fn concerns(&self, pause: &Pause) -> bool {
        pause.credential.is_none_or(|credential| credential == self.member.credential)
    }

    /// The store cannot be asked: a refresh that has time asks again soon, anything else goes on.
    fn without_store(
        &self,
        state: &mut State,
        hand: &Hand,
        why: Why,
        counters: &Counters,
        time: u64,
    ) -> Claimed {
        if hand.has_time() && !self.is_in_front {
            return Claimed::Later(time.saturating_add(nanos_of(PUT_OFF * random::unit()).max(1)));
        }
        state.call.leave_alone();
        self.alone(state, None, why, counters)
    }

    pub(super) fn alone(
        &self,
        state: &mut State,
        found: Option<Found>,
        why: Why,
        counters: &Counters,
    ) -> Claimed {
        if !self.is_in_front {
            counters.count(Count::Alone(why));
        }
        state.stage = Stage::Alone(found);
        Claimed::Fetches
    }
}

impl Asking {
    fn new(wanted: Wanted) -> Self {
        Self { wanted, rounds: 0, since: 0, has_failed: false, pending: None, until: u64::MAX }
    }

    /// One answer that was lost is no reason to call upstream. One that was waited for in vain is.
    fn asks_again(&mut self, time: u64) -> bool {
        !std::mem::replace(&mut self.has_failed, true) && time < self.until
    }
}

/// What was not ended gives back the right to call.
impl Drop for StoreFetch {
    fn drop(&mut self) {
        // Not by taking the lock, which in a forked child a thread may hold that is not there.
        if let Stage::Fetches(lease, _) = &self.state.get_mut().stage {
            self.store.store.release(lease);
        }
    }
}
