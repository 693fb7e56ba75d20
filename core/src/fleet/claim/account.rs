//! What a fetch asks the account's cell, which all processes share, and what it tells it.

use std::task::Waker;

use super::call::{Allowed, Call, Terms};
use super::counters::Counters;
use super::store_fetch::StoreFetch;
use crate::clock::Now;
use crate::fleet::store::{Admitted, Answer, Asked, Ended, Pass, Slot, Told};

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
            return call.heard(said, counters);
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
            return call.heard(admitted, counters);
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
