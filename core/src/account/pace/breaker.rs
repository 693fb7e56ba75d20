//! Whether upstream answers at all: after five calls in a row without an answer one a second is tried.

const SECOND: u64 = 1_000_000_000;
/// So many calls in a row without an answer open it.
const FAILURES: u32 = 5;

/// Open while upstream does not answer.
#[derive(Default)]
pub(super) struct Breaker {
    failures: u32,
    /// When the next call may be sent while it is open, in nanoseconds since boot.
    next: u64,
}

impl Breaker {
    pub(super) fn is_open(&self) -> bool {
        self.failures >= FAILURES
    }

    /// Until when no call may be sent, in nanoseconds since boot; none if one may be now.
    pub(super) fn holds_until(&self, time: u64) -> Option<u64> {
        (self.is_open() && time < self.next).then_some(self.next)
    }

    pub(super) fn sent(&mut self, time: u64) {
        if self.is_open() {
            self.next = time.saturating_add(SECOND);
        }
    }

    /// A call had no answer.
    pub(super) fn failed(&mut self, time: u64) {
        self.failures = self.failures.saturating_add(1);
        if self.failures == FAILURES {
            self.next = time.saturating_add(SECOND);
        }
    }

    /// Upstream answered, be it with a refusal; tells whether it was open.
    pub(super) fn answered(&mut self) -> bool {
        std::mem::take(&mut self.failures) >= FAILURES
    }
}
