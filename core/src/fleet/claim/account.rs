//! What a fetch asks the account's cell, which all processes share, and what it tells it.

use std::task::Waker;

use super::counters::Counters;
use super::store_fetch::StoreFetch;
use crate::clock::Now;
use crate::fleet::store::{Admitted, Answer, Asked, Ended, Pass, Pending, Slot, Told};
use crate::random;

/// What was said with the lease counts for so long, in nanoseconds. Who could have called then and waits all the same
/// asks again: others may have heard a 429 meanwhile.
const SAID_FOR: u64 = 1_000_000_000;

/// What a process knows of an account that it may call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Calls a second: the rate of a cell that is not there yet.
    pub(crate) rate: f64,
    /// The account is known not to bear more than this, in calls a second.
    pub(crate) most: f64,
    /// How long a call may take before it counts as lost, in nanoseconds.
    pub(crate) lost_after: u64,
}

/// What the account's cell says of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Allowed {
    Said(Admitted),
    /// It has not answered yet, and will not after this time, in nanoseconds since boot.
    Unanswered(u64),
}

/// The one call of a fetch, as the account knows it.
#[derive(Default)]
pub(super) struct Call {
    /// Tells it apart from all others, once the account is asked.
    number: Option<u64>,
    /// What was said with the lease, and when: nobody has asked for it yet.
    said: Option<(Admitted, u64)>,
    /// It was let through.
    pass: Option<Pass>,
    /// What the cell has not answered yet.
    pending: Option<Box<dyn Pending<Admitted>>>,
    /// The store was in trouble: nobody waits for it twice, and the process's own limiter decides.
    is_left_alone: bool,
}

impl Call {
    pub(super) fn asked(&mut self, terms: &Terms) -> Asked {
        let Terms { rate, most, lost_after } = *terms;
        let call = *self.number.get_or_insert_with(random::number);
        Asked { call, rate, most, lost_after, random: random::unit() }
    }

    /// The account said this at a time, with the lease.
    pub(super) fn said(&mut self, admitted: Option<Admitted>, time: u64) {
        self.said = admitted.map(|admitted| (admitted, time));
    }

    /// The store is in trouble: it is not asked of this call again.
    pub(super) fn leave_alone(&mut self) {
        self.is_left_alone = true;
    }

    /// What was said with the lease, once, if it still counts.
    fn take_said(&mut self, time: u64) -> Option<Admitted> {
        let (said, at) = self.said.take()?;
        let until = match said {
            Admitted::Go(_) => at.saturating_add(SAID_FOR),
            Admitted::Later(until) | Admitted::Cooling(until) => until,
        };
        (time < until).then_some(said)
    }

    /// That by which it was let through, if it was.
    fn take_pass(&mut self) -> Option<Pass> {
        let unused = match self.said.take() {
            Some((Admitted::Go(pass), _)) => Some(pass),
            _ => None,
        };
        self.pass.take().or(unused)
    }
}

impl StoreFetch {
    /// What a claim asks the account with the lease: whether the call may be made that could be sent right away. Nothing
    /// where another store is asked before.
    pub(super) fn account(&self, call: &mut Call, terms: Option<&Terms>) -> Option<(Slot, Asked)> {
        let cell = self.member.cell.filter(|_| !self.is_in_front)?;
        Some((cell, call.asked(terms?)))
    }

    /// Asks the account's cell whether the call may be made. It may where there is none, or the store is in
    /// trouble: then the process's own limiter decides alone. The task is woken when the answer comes.
    pub(super) fn admit(
        &self,
        terms: &Terms,
        waker: Option<&Waker>,
        counters: &Counters,
        now: Now,
    ) -> Allowed {
        let time = now.boot_nanos();
        let mut state = self.state.lock();
        let call = &mut state.call;
        let asked = call.asked(terms);
        let pass = Pass { call: asked.call, at: time, is_probe: false, rate: terms.rate };
        let free = Allowed::Said(Admitted::Go(pass));
        let Some(cell) = self.member.cell else { return free };
        if let Some(said) = call.take_said(time) {
            return said_of(call, said, counters);
        }
        let answer = match call.pending.take() {
            Some(pending) => Answer::Later(pending),
            None if call.pass.is_some() || call.is_left_alone => return free,
            None if self.store.breaker.open_until(time).is_some() => return free,
            None => self.store.store.admit(&cell, &asked, time),
        };
        let admitted = match answer.poll(waker) {
            Ok(answered) => answered.result,
            Err(pending) => {
                let until = pending.until();
                call.pending = Some(pending);
                return Allowed::Unanswered(until);
            }
        };
        self.store.heard(admitted.as_ref().err(), counters, time);
        if let Ok(admitted) = admitted {
            return said_of(call, admitted, counters);
        }
        // Who is let go asks once more right before it sends: it would be told the same, later.
        call.leave_alone();
        free
    }

    /// Tells the account's cell how the call ended.
    pub(super) fn report(&self, how: Ended, counters: &Counters, now: Now) {
        let (Some(pass), Some(cell)) = (self.state.lock().call.take_pass(), self.member.cell)
        else {
            return;
        };
        // It is the usual end, and of news only from a probe.
        if how == Ended::Answered && !pass.is_probe {
            return;
        }
        let time = now.boot_nanos();
        let told = self.store.store.report(&cell, &Told { pass, how }, time);
        self.store.told(&told, counters, time);
    }
}

/// Takes note of what the account says of a call.
fn said_of(call: &mut Call, admitted: Admitted, counters: &Counters) -> Allowed {
    match admitted {
        Admitted::Go(pass) => {
            counters.lets_through(pass.rate);
            call.pass = Some(pass);
        }
        Admitted::Cooling(until) => counters.cools(until),
        Admitted::Later(_) => {}
    }
    Allowed::Said(admitted)
}
