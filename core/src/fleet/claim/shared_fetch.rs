//! One fetch on its way past the store: does another have the value, does another fetch it, or is it this process
//! that has to?
//!
//! A lease saves calls and is never a condition: whoever waits too long for another's fetch, or whose store is in
//! trouble, fetches alone.

use std::sync::Arc;
use std::time::Duration;

use super::counters::{Count, Counters};
use super::member::Member;
use super::sealed::{Brought, Left, PAUSE_MAX, Pause};
use crate::clock::{Now, nanos, nanos_of};
use crate::error::Error;
use crate::fleet::store::Slot;
use crate::fleet::store::{Admitted, Asked, Ended, Pass, Told};
use crate::fleet::store::{Chair, Claim, Lease, Seen, Target, Wanted};
use crate::fleet::store::{Head, Kind};
use crate::random;
use crate::sync::Mutex;

const SECOND: u64 = 1_000_000_000;
/// A refresh that cannot ask the store asks again within this, in seconds.
const PUT_OFF: f64 = 3.0;
/// The first look of a refresh that another makes.
const REFRESH_LOOK: u64 = SECOND / 2;
/// Whoever has waited this much longer than a fetch may take fetches in the second chair, and after as long again alone.
const PATIENCE: u64 = SECOND;
/// From this failure in a row on, everybody waits.
const FAILURES: u32 = 3;
/// For how long a failure counts that was not upstream's.
const NOTE_KEPT: u64 = 30 * SECOND;

/// What tells a value in the store apart, as its holder remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    generation: u64,
    epoch: u64,
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
}

/// What upstream, or the way there, made of a call.
#[derive(Debug)]
pub(crate) enum Outcome<'a> {
    /// Upstream said something that others need not ask for again before this time.
    Said { error: &'a Error, until: u64, of_credential: bool },
    /// It failed for reasons that may be this process's alone.
    Failed { error: &'a Error },
    /// Nothing came of it.
    Nothing,
}

/// One fetch on its way past the store.
pub(crate) struct SharedFetch {
    member: Arc<Member>,
    slot: Slot,
    ttl: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stage: Stage,
    waits_since: Option<u64>,
    pass: Option<Pass>,
    /// Told to the account's cell.
    call: u64,
}

#[derive(Default)]
enum Stage {
    #[default]
    Looks,
    /// It calls for all.
    Fetches(Lease, Seen),
    /// It calls for itself; what it brings is left for others if nobody else has left anything.
    Alone(Option<Seen>),
    Over,
}

impl SharedFetch {
    pub(crate) fn new(member: &Arc<Member>, key: &str, ttl: Duration) -> Self {
        let slot = member.slot(key, ttl);
        Self { member: Arc::clone(member), slot, ttl, state: Mutex::default() }
    }

    /// Asks the store. Takes some microseconds; never waits.
    pub(crate) fn ask(&self, hand: &Hand, counters: &Counters, now: Now) -> Asks {
        let mut state = self.state.lock();
        match state.stage {
            Stage::Looks => {}
            Stage::Fetches(..) | Stage::Alone(_) => return Asks::only(Claimed::Fetches),
            Stage::Over => return Asks::only(Claimed::NotAgain),
        }
        let time = now.boot_nanos();
        if self.member.access.breaker.open_until(time).is_some() {
            return Asks::only(state.without_store(hand, counters, time));
        }
        let asks = self.ask_store(&mut state, hand, counters, now);
        if let Claimed::Value(..) | Claimed::Paused(_) = asks.claimed {
            state.stage = Stage::Over;
        }
        asks
    }

    fn ask_store(&self, state: &mut State, hand: &Hand, counters: &Counters, now: Now) -> Asks {
        let time = now.boot_nanos();
        let mut wanted = self.wanted(hand, time);
        let mut has_failed = false;
        // What turns out to be of no use is named once, so that this process can fetch.
        for _ in 0..5 {
            let claim = self.member.access.store.claim(&wanted, time);
            self.member.heard(claim.as_ref().err(), counters, time);
            let (claimed, seen) = match claim {
                // One answer that was lost is no reason to call upstream.
                Err(_) if !std::mem::replace(&mut has_failed, true) => continue,
                Err(_) => (state.without_store(hand, counters, time), None),
                Ok(Claim::Value(left)) => match self.open(&left, now) {
                    Some((brought, mark)) => {
                        counters.count(Count::Value);
                        (Claimed::Value(brought, mark), None)
                    }
                    None => {
                        counters.count(Count::Rejected);
                        wanted.not[1] = Head::read(&left).map(|head| head.generation);
                        continue;
                    }
                },
                Ok(Claim::Paused(left)) => {
                    match Pause::open(&self.member.keys, &self.slot, &left, now) {
                        Some(pause) if self.concerns(&pause) => {
                            counters.count(Count::Pause);
                            (Claimed::Paused(pause.spread(time)), None)
                        }
                        opened => {
                            if opened.is_none() {
                                counters.count(Count::Rejected);
                            }
                            wanted.is_pause_known = true;
                            continue;
                        }
                    }
                }
                Ok(Claim::Lease(lease, seen)) => {
                    counters.count(Count::Lease);
                    state.stage = Stage::Fetches(lease, seen);
                    (Claimed::Fetches, Some(seen))
                }
                Ok(Claim::Busy(_))
                    if wanted.chair == Chair::First && state.is_over(hand, 1, time) =>
                {
                    wanted.chair = Chair::Second;
                    continue;
                }
                Ok(Claim::Busy(seen)) => {
                    (self.busy(state, hand, &seen, counters, time), Some(seen))
                }
            };
            let give_up = seen.is_some_and(|seen| is_given_up(hand, &seen));
            return Asks { claimed, give_up };
        }
        Asks::only(state.alone(None, counters))
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

    fn open(&self, left: &[u8], now: Now) -> Option<(Brought, Mark)> {
        let brought = Brought::open(&self.member.keys, &self.slot, left, self.ttl, now)?;
        let Head { generation, epoch, .. } = brought.head;
        (brought.age < brought.lifetime).then_some((brought, Mark { generation, epoch }))
    }

    fn concerns(&self, pause: &Pause) -> bool {
        pause.credential.is_none_or(|credential| credential == self.member.credential)
    }

    /// Another makes the call, or this process may not.
    fn busy(
        &self,
        state: &mut State,
        hand: &Hand,
        seen: &Seen,
        counters: &Counters,
        time: u64,
    ) -> Claimed {
        if !hand.may_fetch {
            return Claimed::NotAgain;
        }
        // Who has the second chair takes too long as well.
        if state.is_over(hand, 2, time) {
            return state.alone(Some(*seen), counters);
        }
        if state.waits_since.is_none() {
            counters.count(Count::Wait);
        }
        let since = *state.waits_since.get_or_insert(time);
        let at = self.next_look(since, hand, seen, time);
        Claimed::Later(self.member.access.place_for_look(at, time))
    }

    /// When to look again at a lease that has been waited for since some time.
    fn next_look(&self, since: u64, hand: &Hand, seen: &Seen, time: u64) -> u64 {
        let pacing = self.member.access.store.pacing();
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

    /// Asks the account's cell whether the call may be made. True where there is none, or the store is in
    /// trouble: then the process's own limiter decides alone.
    pub(crate) fn admit(
        &self,
        rate: f64,
        most: f64,
        lost_after: u64,
        counters: &Counters,
        now: Now,
    ) -> Admitted {
        let time = now.boot_nanos();
        let mut state = self.state.lock();
        if state.call == 0 {
            state.call = random::number();
        }
        let free = Admitted::Go(Pass { call: state.call, at: time, is_probe: false });
        let Some(cell) = self.member.cell else { return free };
        if state.pass.is_some() || self.member.access.breaker.open_until(time).is_some() {
            return free;
        }
        let asked = Asked { call: state.call, rate, most, lost_after, random: random::unit() };
        let admitted = self.member.access.store.admit(&cell, &asked, time);
        self.member.heard(admitted.as_ref().err(), counters, time);
        match admitted {
            Ok(Admitted::Go(pass)) => {
                state.pass = Some(pass);
                Admitted::Go(pass)
            }
            Ok(later) => later,
            Err(_) => free,
        }
    }

    /// Tells the account's cell how the call ended.
    pub(crate) fn report(&self, how: Ended, counters: &Counters, now: Now) {
        let (Some(pass), Some(cell)) = (self.state.lock().pass.take(), self.member.cell) else {
            return;
        };
        // It is the usual end, and of news only from a probe.
        if how == Ended::Answered && !pass.is_probe {
            return;
        }
        let time = now.boot_nanos();
        let told = self.member.access.store.report(&cell, &Told { pass, how }, time);
        self.member.heard(told.as_ref().err(), counters, time);
    }

    /// Leaves a value for others; returns by what it is told apart there.
    pub(crate) fn publish(&self, value: &Left<'_>, counters: &Counters, now: Now) -> Option<Mark> {
        let mut state = self.state.lock();
        let (lease, seen) = match std::mem::replace(&mut state.stage, Stage::Over) {
            Stage::Fetches(lease, seen) => (Some(lease), seen),
            Stage::Alone(Some(seen)) => (None, seen),
            Stage::Looks | Stage::Alone(None) | Stage::Over => return None,
        };
        drop(state);
        let time = now.boot_nanos();
        let sent = value.sent.boot_nanos();
        let head = Head {
            kind: Kind::Grant,
            generation: random::number(),
            epoch: seen.epoch,
            end: sent.saturating_add(nanos(value.lifetime)),
            took: time.saturating_sub(sent),
            failures: 0,
        };
        let before = seen.head.map(|head| head.generation);
        let target = Target { slot: &self.slot, lease: lease.as_ref(), seen: before };
        let published = match value.seal(&self.member.keys, &self.slot, &head) {
            Some(left) => self.member.access.store.publish(&target, &left, time),
            None => Ok(false),
        };
        self.member.heard(published.as_ref().err(), counters, time);
        if let Some(lease) = &lease {
            self.member.access.store.release(lease);
        }
        let counts = published == Ok(true);
        // What does not stand in the store is not given up for what stood there when it was asked for.
        let generation = if counts { head.generation } else { before.unwrap_or(head.generation) };
        Some(Mark { generation, epoch: seen.epoch })
    }

    /// Gives back the right to call, and tells others why nothing came of it.
    pub(crate) fn end(&self, outcome: &Outcome<'_>, counters: &Counters, now: Now) {
        let mut state = self.state.lock();
        let before = std::mem::replace(&mut state.stage, Stage::Over);
        drop(state);
        let Stage::Fetches(lease, seen) = before else { return };
        let time = now.boot_nanos();
        if let Some(pause) = self.pause(outcome, &seen, now) {
            let target = Target {
                slot: &self.slot,
                lease: Some(&lease),
                seen: seen.head.map(|head| head.generation),
            };
            let left = self.member.access.store.pause(&target, Some(&pause), time);
            self.member.heard(left.as_ref().err(), counters, time);
        }
        self.member.access.store.release(&lease);
    }

    fn pause(&self, outcome: &Outcome<'_>, seen: &Seen, now: Now) -> Option<Vec<u8>> {
        let time = now.boot_nanos();
        let generation = random::number();
        let (error, until, credential, failures) = match *outcome {
            Outcome::Nothing => return None,
            Outcome::Said { error, until, of_credential } => {
                (error, until, of_credential.then_some(self.member.credential), 0)
            }
            Outcome::Failed { error } => {
                let failures = seen.failures.saturating_add(1);
                let wait = u64::from(failures).saturating_mul(2 * SECOND).min(NOTE_KEPT);
                (error, time.saturating_add(wait), None, failures)
            }
        };
        let is_note = (1..FAILURES).contains(&failures);
        let kept = if is_note { time.saturating_add(NOTE_KEPT) } else { until };
        let head = Head {
            kind: if is_note { Kind::Note } else { Kind::Pause },
            generation,
            epoch: 0,
            end: kept.min(time.saturating_add(nanos(PAUSE_MAX))),
            took: 0,
            failures,
        };
        let pause = Pause { error: error.clone(), until: head.end, credential };
        pause.seal(&self.member.keys, &self.slot, &head, now)
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

    /// The store cannot be asked: a refresh that has time asks again soon, anything else calls upstream.
    fn without_store(&mut self, hand: &Hand, counters: &Counters, time: u64) -> Claimed {
        if hand.has_time() {
            return Claimed::Later(time.saturating_add(nanos_of(PUT_OFF * random::unit()).max(1)));
        }
        self.alone(None, counters)
    }

    fn alone(&mut self, seen: Option<Seen>, counters: &Counters) -> Claimed {
        counters.count(Count::Alone);
        self.stage = Stage::Alone(seen);
        Claimed::Fetches
    }
}

impl Asks {
    fn only(claimed: Claimed) -> Self {
        Self { claimed, give_up: false }
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
        .is_some_and(|head| head.kind == Kind::Tombstone && head.generation != mark.generation);
    buried || seen.epoch != mark.epoch
}

/// What was not ended gives back the right to call.
impl Drop for SharedFetch {
    fn drop(&mut self) {
        // Not by taking the lock, which in a forked child a thread may hold that is not there.
        if let Stage::Fetches(lease, _) = &self.state.get_mut().stage {
            self.member.access.store.release(lease);
        }
    }
}
