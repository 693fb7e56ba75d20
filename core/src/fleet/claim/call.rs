//! The one call of a fetch, as its account knows it.

use super::counters::Counters;
use crate::fleet::store::{Admitted, Asked, Pass, Pending};
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
    pub(super) pass: Option<Pass>,
    /// What the cell has not answered yet.
    pub(super) pending: Option<Box<dyn Pending<Admitted>>>,
    /// The store was in trouble: nobody waits for it twice, and the process's own limiter decides.
    pub(super) is_left_alone: bool,
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
    pub(super) fn take_said(&mut self, time: u64) -> Option<Admitted> {
        let (said, at) = self.said.take()?;
        let until = match said {
            Admitted::Go(_) => at.saturating_add(SAID_FOR),
            Admitted::Later(until) | Admitted::Cooling(until) => until,
        };
        (time < until).then_some(said)
    }

    /// That by which it was let through, if it was.
    pub(super) fn take_pass(&mut self) -> Option<Pass> {
        let unused = match self.said.take() {
            Some((Admitted::Go(pass), _)) => Some(pass),
            _ => None,
        };
        self.pass.take().or(unused)
    }

    /// Takes note of what the account says.
    pub(super) fn heard(&mut self, admitted: Admitted, counters: &Counters) -> Allowed {
        match admitted {
            Admitted::Go(pass) => {
                counters.lets_through(pass.rate);
                self.pass = Some(pass);
            }
            Admitted::Cooling(until) => counters.cools(until),
            Admitted::Later(_) => {}
        }
        Allowed::Said(admitted)
    }
}
