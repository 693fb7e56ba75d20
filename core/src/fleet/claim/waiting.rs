//! How a fetch waits for another process's: when it looks again, and how long it is patient.

use super::claimed::Claimed;
use super::counters::{Count, Counters, Why};
use super::hand::Hand;
use super::store_fetch::{Found, State, StoreFetch};
use crate::clock::{nanos, nanos_of};
use crate::fleet::store::Seen;
use crate::random;

/// The first look of a refresh that another makes, in nanoseconds.
const REFRESH_LOOK: u64 = 500_000_000;

impl StoreFetch {
    /// Another makes the call, or this process may not.
    pub(super) fn busy(
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
            return self.alone(state, Some(found), Why::Late, counters);
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
}

impl State {
    /// Whether others have been waited for this many times as long as one call may take.
    pub(super) fn is_over(&self, hand: &Hand, calls: u64, time: u64) -> bool {
        let patience = hand.patience().saturating_mul(calls);
        let waited = self.waits_since.map_or(0, |since| time.saturating_sub(since));
        waited > patience && !hand.has_time()
    }
}
