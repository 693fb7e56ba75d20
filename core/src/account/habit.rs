//! Notices programs that make a minter for each request, so that they can be told once to keep one.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use crate::shelf::Visit;
use crate::trace::{self, Level, Line};

/// So many minters of one identity, made and dropped within [`SPAN`], are a habit.
const MINTERS: u32 = 20;
const SPAN: u64 = 60_000_000_000;

const ADVICE: &str =
    "a PlaybackMinter was made and dropped 20 times within a minute: make one minter and keep it";

/// Counts the minters of one identity that come and go.
#[derive(Default)]
pub(super) struct Habit {
    /// When the first of those counted came, in nanoseconds since boot.
    since: AtomicU64,
    /// So many have come since and gone.
    gone: AtomicU32,
}

/// Whether the host's programmer should be told, and whether that has been done: once in a process.
pub(super) struct Notice {
    is_due: AtomicBool,
    is_given: AtomicBool,
}

static NOTICE: Notice = Notice::new();

/// Advice to show to the programmer of the host: there is some once in a process, after 20 minters that
/// share one cache were made and dropped within a minute. Libraries that wrap this one ask for it after
/// they have made a minter.
#[must_use]
pub fn minter_advice() -> Option<&'static str> {
    NOTICE.take()
}

impl Habit {
    /// A minter is gone.
    pub(super) fn note(&self, visit: Visit) {
        self.note_for(visit, &NOTICE);
    }

    fn note_for(&self, visit: Visit, notice: &Notice) {
        // Threads that come here together may lose a count: it is advice, and not an account.
        if visit.left.saturating_sub(self.since.load(Ordering::Relaxed)) > SPAN {
            self.since.store(visit.came, Ordering::Relaxed);
            self.gone.store(0, Ordering::Relaxed);
        }
        let since = self.since.load(Ordering::Relaxed);
        if visit.came < since || visit.left.saturating_sub(since) > SPAN {
            return;
        }
        if self.gone.fetch_add(1, Ordering::Relaxed) + 1 == MINTERS {
            notice.give();
        }
    }
}

impl Notice {
    const fn new() -> Self {
        Self { is_due: AtomicBool::new(false), is_given: AtomicBool::new(false) }
    }

    fn give(&self) {
        if !self.is_given.swap(true, Ordering::Relaxed) {
            trace::line(&Line::new(Level::Warn, "minter_per_request"));
            self.is_due.store(true, Ordering::Relaxed);
        }
    }

    fn take(&self) -> Option<&'static str> {
        let is_due = self.is_due.load(Ordering::Relaxed);
        (is_due && self.is_due.swap(false, Ordering::Relaxed)).then_some(ADVICE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: u64 = 1_000_000;

    fn visit(came: u64, left: u64) -> Visit {
        Visit { came: came * MILLI, left: left * MILLI, is_last: true }
    }

    #[test]
    fn twenty_minters_within_a_minute_are_told_of_once() {
        let (habit, notice) = (Habit::default(), Notice::new());
        for number in 0..100 {
            let time = 3_600_000 + number * 60;
            habit.note_for(visit(time, time + 1), &notice);
            assert_eq!(notice.take().is_some(), number == 19, "{number}");
        }
        let other = Habit::default();
        (0..50).for_each(|_| other.note_for(visit(4_000_000, 4_000_001), &notice));
        assert!(notice.take().is_none(), "told before");
    }

    #[test]
    fn minters_that_are_kept_or_come_seldom_are_no_habit() {
        let (habit, notice) = (Habit::default(), Notice::new());
        for number in 0..100 {
            // One every four seconds: fifteen a minute.
            let time = 3_600_000 + number * 4000;
            habit.note_for(visit(time, time + 1), &notice);
        }
        // All made at the start of the program and dropped at its end.
        (0..50).for_each(|number| habit.note_for(visit(1000 + number, 9_000_000), &notice));
        assert!(notice.take().is_none());
    }
}
