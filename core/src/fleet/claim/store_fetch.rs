//! One fetch on its way past one store: does another have the value, does another fetch it, or is it this process that
//! has to?
//!
//! A lease saves calls and is never a condition: whoever waits too long for another's fetch, or whose store is in
//! trouble, fetches alone.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use super::counters::{Count, Counters};
use super::guarded::GuardedStore;
use super::member::Member;
use super::sealed::{Brought, Pause};
use crate::clock::{Now, nanos, nanos_of};
use crate::error::Error;
use crate::fleet::store::{Admitted, Answer, Answered, Pass, Pending, Slot, StoreClock};
use crate::fleet::store::{Chair, Claim, Head, Kind, Lease, Seen, Wanted};
use crate::random;
use crate::sync::Mutex;

const SECOND: u64 = 1_000_000_000;
/// A refresh that cannot ask the store asks again within this, in seconds.
const PUT_OFF: f64 = 3.0;
/// The first look of a refresh that another makes.
const REFRESH_LOOK: u64 = SECOND / 2;
/// Whoever has waited this much longer than a fetch may take fetches in the second chair, and after as long again alone.
const PATIENCE: u64 = SECOND;
/// A store is asked this many times at most.
const ROUNDS: u32 = 5;

/// What tells a value in the store apart, as its holder remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(super) generation: u64,
    /// What was in its place when it was asked for, and may still be: it was given up before, which is no news.
    pub(super) before: Option<u64>,
    pub(super) epoch: u64,
}

/// What the process has in hand when it asks. Times are in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hand {
    /// That of the value in hand.
    pub(crate) mark: Option<Mark>,
    /// For how long that is good.
    pub(crate) left: u64,
    /// For how long another has to be good.
    pub(crate) need: u64,
    /// The safety margin of a value's lifetime.
    pub(crate) margin: u64,
    /// How long a call may take.
    pub(crate) fetch_timeout: u64,
    /// It may make the call itself.
    pub(crate) may_fetch: bool,
}

/// What a fetch has to do.
#[derive(Debug)]
pub(crate) enum Claimed {
    /// End with what another has fetched.
    Value(Brought, Mark),
    /// Call upstream.
    Fetches,
    /// Ask again at this time, in nanoseconds since boot.
    Later(u64),
    /// The store has not answered yet, and will not after this time, in nanoseconds since boot.
    Unanswered(u64),
    /// End with what upstream said to another.
    Paused(Pause),
    /// End with the error that it had last: it is another's turn to find out whether things are better.
    NotAgain,
}

/// The answer to a fetch that asks.
#[derive(Debug)]
pub(crate) struct Asks {
    pub(crate) claimed: Claimed,
    /// What is in hand has been given up by another process.
    pub(crate) give_up: bool,
    /// That of the store, if it was seen.
    pub(super) epoch: Option<u64>,
}

/// What upstream, or the way there, made of a call.
#[derive(Debug)]
pub(crate) enum Outcome<'a> {
    /// Upstream said something that others need not ask for again before this time.
    Said { error: &'a Error, until: u64, of_credential: bool },
    /// It failed for reasons that may be this process's alone.
    Failed { error: &'a Error },
    /// Another store says what upstream said to others.
    Told(&'a Pause),
    /// Nothing came of it.
    Nothing,
}

/// One fetch on its way past one store.
pub(super) struct StoreFetch {
    pub(super) member: Arc<Member>,
    pub(super) store: Arc<GuardedStore>,
    /// Another store is asked before upstream is called.
    is_in_front: bool,
    pub(super) slot: Slot,
    ttl: Duration,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) stage: Stage,
    /// The question that the store has not answered yet.
    asking: Option<Asking>,
    waits_since: Option<u64>,
    pub(super) pass: Option<Pass>,
    /// Told to the account's cell.
    pub(super) call: u64,
    /// What the account's cell has not answered yet.
    pub(super) admitting: Option<Box<dyn Pending<Admitted>>>,
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
                return Asks::only(self.without_store(&mut state, hand, counters, time));
            }
            None => Asking::new(self.wanted(hand, time)),
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
                None => self.store.store.claim(&asking.wanted, time),
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
            self.store.heard(result.as_ref().err(), counters, time);
            let (claimed, seen) = match result {
                Err(_) if asking.asks_again(time) => continue,
                Err(_) => (self.without_store(state, hand, counters, time), None),
                Ok(Claim::Value(left)) => match self.open(&left, clock, now) {
                    Some((brought, mark)) => {
                        counters.count(Count::Value);
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
                Ok(Claim::Lease(lease, seen)) => {
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
            let give_up = seen.is_some_and(|seen| is_given_up(hand, &seen));
            return Asks { claimed, give_up, epoch: seen.map(|seen| seen.epoch) };
        }
        Asks::only(self.alone(state, None, counters))
    }

    fn wanted(&self, hand: &Hand, time: u64) -> Wanted {
        let need = hand.need.max(if hand.left > 0 { hand.left.saturating_add(SECOND) } else { 1 });
        Wanted {
            slot: self.slot,
            group: self.member.group,
            end: time.saturating_add(need).saturating_add(hand.margin),
            not: [hand.mark.map(|mark| mark.generation), None],
            is_pause_known: false,
            chair: if hand.may_fetch { Chair::First } else { Chair::None },
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

    /// Another makes the call, or this process may not.
    fn busy(
        &self,
        state: &mut State,
        hand: &Hand,
        found: Found,
        counters: &Counters,
        time: u64,
    ) -> Claimed {
        if !hand.may_fetch {
            return Claimed::NotAgain;
        }
        // Who has the second chair takes too long as well.
        if state.is_over(hand, 2, time) {
            return self.alone(state, Some(found), counters);
        }
        if state.waits_since.is_none() {
            counters.count(Count::Wait);
        }
        let since = *state.waits_since.get_or_insert(time);
        let at = self.next_look(since, hand, &found.seen, time);
        Claimed::Later(self.store.place_for_look(at, time))
    }

    /// When to look again at a lease that has been waited for since some time.
    fn next_look(&self, since: u64, hand: &Hand, seen: &Seen, time: u64) -> u64 {
        let pacing = self.store.store.pacing();
        let waited = time.saturating_sub(since);
        let wait = if waited == 0 {
            let took = seen.head.map_or(0, |head| head.took);
            let first = if took > 0 { took } else { nanos(pacing.first) };
            if hand.has_time() { REFRESH_LOOK } else { first.min(hand.fetch_timeout) }
        } else {
            let part = nanos_of(waited as f64 / 1e9 * pacing.share);
            part.clamp(nanos(pacing.first) / 4, nanos(pacing.longest))
        };
        let spread = wait as f64 / 1e9 * (0.8 + 0.4 * random::unit());
        time.saturating_add(nanos_of(spread))
    }

    /// The store cannot be asked: a refresh that has time asks again soon, anything else goes on.
    fn without_store(
        &self,
        state: &mut State,
        hand: &Hand,
        counters: &Counters,
        time: u64,
    ) -> Claimed {
        if hand.has_time() && !self.is_in_front {
            return Claimed::Later(time.saturating_add(nanos_of(PUT_OFF * random::unit()).max(1)));
        }
        self.alone(state, None, counters)
    }

    fn alone(&self, state: &mut State, found: Option<Found>, counters: &Counters) -> Claimed {
        if !self.is_in_front {
            counters.count(Count::Alone);
        }
        state.stage = Stage::Alone(found);
        Claimed::Fetches
    }
}

impl Hand {
    /// Whether what is in hand lasts until another process, and then this one, has called.
    fn has_time(&self) -> bool {
        self.left >= self.need.saturating_add(self.patience())
    }

    fn patience(&self) -> u64 {
        self.fetch_timeout.saturating_add(PATIENCE)
    }
}

impl State {
    /// Whether others have been waited for this many times as long as one call may take.
    fn is_over(&self, hand: &Hand, calls: u64, time: u64) -> bool {
        let patience = hand.patience().saturating_mul(calls);
        let waited = self.waits_since.map_or(0, |since| time.saturating_sub(since));
        waited > patience && !hand.has_time()
    }
}

impl Asking {
    fn new(wanted: Wanted) -> Self {
        Self { wanted, rounds: 0, has_failed: false, pending: None, until: u64::MAX }
    }

    /// One answer that was lost is no reason to call upstream. One that was waited for in vain is.
    fn asks_again(&mut self, time: u64) -> bool {
        !std::mem::replace(&mut self.has_failed, true) && time < self.until
    }
}

impl Asks {
    fn only(claimed: Claimed) -> Self {
        Self { claimed, give_up: false, epoch: None }
    }
}

impl Pause {
    /// A little longer, so that not all who read it come back at the same moment.
    fn spread(mut self, time: u64) -> Self {
        let left = self.until.saturating_sub(time) as f64 / 1e9;
        let more = (left / 4.0).min(5.0) * random::unit();
        self.until = self.until.saturating_add(nanos_of(more));
        self
    }
}

/// Whether what a process has in hand has been given up by another.
fn is_given_up(hand: &Hand, seen: &Seen) -> bool {
    let Some(mark) = hand.mark else { return false };
    let buried = seen
        .head
        .filter(|head| head.kind == Kind::Tombstone)
        .is_some_and(|head| ![Some(mark.generation), mark.before].contains(&Some(head.generation)));
    buried || seen.epoch != mark.epoch
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
