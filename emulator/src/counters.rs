//! What the emulator has counted.

use std::collections::BTreeMap;

use grantmint_core::judge::Refusal;
use parking_lot::Mutex;
use serde::Serialize;

use crate::clock::unix_millis;
use crate::sid::is_sid;

/// Different streamers counted one by one; the calls of more show in `requests` only.
const MAX_STREAMERS: usize = 10_000;

/// A snapshot of what the emulator has counted since its start or the last reset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Calls of the PlaybackGrant endpoint, whatever became of them.
    pub requests: u64,
    /// Their answers by status. A call that was cut off or stalled has none.
    pub by_status: BTreeMap<u16, u64>,
    /// Calls that were given a grant, a spoilt one included.
    pub granted: u64,
    /// Calls that were answered 429.
    pub throttled: u64,
    /// Calls that got no HTTP answer: cut, stalled, garbage.
    pub unanswered: u64,
    /// The most calls that were in flight at one time.
    pub peak_in_flight: u64,
    /// Calls by PlayerStreamer, of well-formed SIDs.
    pub by_streamer: BTreeMap<String, u64>,
    /// Calls by account, of those that proved who they are.
    pub by_account: BTreeMap<String, u64>,
    /// Players let in.
    pub plays_admitted: u64,
    /// Players turned away.
    pub plays_refused: u64,
    /// Participants let into a room.
    pub joins_admitted: u64,
    /// Participants turned away from a room.
    pub joins_refused: u64,
    /// Why players and participants were turned away.
    pub refusals: BTreeMap<&'static str, u64>,
    /// Connections accepted.
    pub connections: u64,
    /// When the first call came, in unix milliseconds.
    pub first_request_ms: Option<u64>,
    /// When the last call came, in unix milliseconds.
    pub last_request_ms: Option<u64>,
}

impl Counters {
    /// Calls for one PlayerStreamer, in whatever case.
    pub fn calls(&self, streamer: &str) -> u64 {
        let calls = self.by_streamer.iter();
        calls.filter(|(sid, _)| sid.eq_ignore_ascii_case(streamer)).map(|(_, calls)| calls).sum()
    }

    /// Answers with one status.
    pub fn status(&self, status: u16) -> u64 {
        self.by_status.get(&status).copied().unwrap_or(0)
    }
}

/// The counters while they count. Each step holds the lock for a few additions.
#[derive(Default)]
pub(crate) struct Counting(Mutex<Counters>);

impl Counting {
    pub(crate) fn snapshot(&self) -> Counters {
        self.0.lock().clone()
    }

    pub(crate) fn reset(&self) {
        *self.0.lock() = Counters::default();
    }

    pub(crate) fn connected(&self) {
        self.0.lock().connections += 1;
    }

    /// A call has come, while `in_flight` calls are in flight, itself included.
    pub(crate) fn called(&self, streamer: &str, in_flight: u64) {
        let now = unix_millis();
        let counters = &mut *self.0.lock();
        counters.requests += 1;
        counters.peak_in_flight = counters.peak_in_flight.max(in_flight);
        counters.first_request_ms.get_or_insert(now);
        counters.last_request_ms = Some(now);
        if let Some(calls) = counters.by_streamer.get_mut(streamer) {
            *calls += 1;
        } else if is_sid(streamer, "VJ") && counters.by_streamer.len() < MAX_STREAMERS {
            counters.by_streamer.insert(streamer.to_owned(), 1);
        }
    }

    pub(crate) fn authenticated(&self, account: &str) {
        let counters = &mut *self.0.lock();
        if let Some(calls) = counters.by_account.get_mut(account) {
            *calls += 1;
        } else {
            counters.by_account.insert(account.to_owned(), 1);
        }
    }

    pub(crate) fn granted(&self) {
        self.0.lock().granted += 1;
    }

    pub(crate) fn answered(&self, status: u16) {
        let mut counters = self.0.lock();
        *counters.by_status.entry(status).or_default() += 1;
        counters.throttled += u64::from(status == 429);
    }

    pub(crate) fn unanswered(&self) {
        self.0.lock().unanswered += 1;
    }

    pub(crate) fn played<T>(&self, outcome: &Result<T, Refusal>) {
        let mut counters = self.0.lock();
        match outcome {
            Ok(_) => counters.plays_admitted += 1,
            Err(refusal) => {
                counters.plays_refused += 1;
                *counters.refusals.entry(refusal.reason).or_default() += 1;
            }
        }
    }

    pub(crate) fn joined<T>(&self, outcome: &Result<T, Refusal>) {
        let mut counters = self.0.lock();
        match outcome {
            Ok(_) => counters.joins_admitted += 1,
            Err(refusal) => {
                counters.joins_refused += 1;
                *counters.refusals.entry(refusal.reason).or_default() += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streamers_are_counted_within_a_bound() {
        let counting = Counting::default();
        for number in 0..=MAX_STREAMERS {
            counting.called(&format!("VJ{number:032x}"), 1);
        }
        counting.called("not a SID", 7);
        let counters = counting.snapshot();
        assert_eq!(counters.requests, MAX_STREAMERS as u64 + 2);
        assert_eq!(counters.by_streamer.len(), MAX_STREAMERS);
        assert_eq!(counters.calls(&format!("VJ{:032x}", 1)), 1);
        assert_eq!(counters.calls("not a SID"), 0);
        assert_eq!(counters.peak_in_flight, 7);
        counting.reset();
        assert_eq!(counting.snapshot(), Counters::default());
    }
}
