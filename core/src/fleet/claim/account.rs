//! What a fetch asks the account's cell, which all processes share, and what it tells it.

use std::task::Waker;

use super::counters::Counters;
use super::store_fetch::StoreFetch;
use crate::clock::Now;
use crate::fleet::store::{Admitted, Answer, Asked, Ended, Pass, Told};
use crate::random;

/// What the account's cell says of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Allowed {
    Said(Admitted),
    /// It has not answered yet, and will not after this time, in nanoseconds since boot.
    Unanswered(u64),
}

impl StoreFetch {
    /// Asks the account's cell whether the call may be made. It may where there is none, or the store is in
    /// trouble: then the process's own limiter decides alone. The task is woken when the answer comes.
    pub(super) fn admit(
        &self,
        (rate, most): (f64, f64),
        lost_after: u64,
        waker: Option<&Waker>,
        counters: &Counters,
        now: Now,
    ) -> Allowed {
        let time = now.boot_nanos();
        let mut state = self.state.lock();
        if state.call == 0 {
            state.call = random::number();
        }
        let free =
            Allowed::Said(Admitted::Go(Pass { call: state.call, at: time, is_probe: false, rate }));
        let Some(cell) = self.member.cell else { return free };
        let answer = match state.admitting.take() {
            Some(pending) => Answer::Later(pending),
            None if state.pass.is_some() || state.is_left_alone => return free,
            None if self.store.breaker.open_until(time).is_some() => return free,
            None => {
                let call = state.call;
                let asked = Asked { call, rate, most, lost_after, random: random::unit() };
                self.store.store.admit(&cell, &asked, time)
            }
        };
        let admitted = match answer.poll(waker) {
            Ok(answered) => answered.result,
            Err(pending) => {
                let until = pending.until();
                state.admitting = Some(pending);
                return Allowed::Unanswered(until);
            }
        };
        self.store.heard(admitted.as_ref().err(), counters, time);
        match admitted {
            Ok(Admitted::Go(pass)) => {
                counters.lets_through(pass.rate);
                state.pass = Some(pass);
                Allowed::Said(Admitted::Go(pass))
            }
            Ok(later) => {
                if let Admitted::Cooling(until) = later {
                    counters.cools(until);
                }
                Allowed::Said(later)
            }
            Err(_) => {
                // Who is let go asks once more right before it sends: it would be told the same, later.
                state.is_left_alone = true;
                free
            }
        }
    }

    /// Tells the account's cell how the call ended.
    pub(super) fn report(&self, how: Ended, counters: &Counters, now: Now) {
        let (Some(pass), Some(cell)) = (self.state.lock().pass.take(), self.member.cell) else {
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
