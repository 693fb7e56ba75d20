//! One fetch, shared by all who wait for it: one request, one outcome, errors too.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Duration;

use super::gate::Purpose;
use super::grant::StoredGrant;
use super::state::dead_at;
use crate::clock::Now;
use crate::error::Result;
use crate::sync::{self, Condvar, Mutex};
use crate::thread::contained;

/// How a flight ended.
pub(super) type Outcome = Result<Arc<StoredGrant>>;

pub(crate) struct Flight {
    /// The era of the entry it was begun in.
    pub(super) era: u32,
    pub(super) purpose: Purpose,
    /// When it was begun, in nanoseconds since boot.
    pub(super) started: u64,
    /// When it must have been sent, in nanoseconds since boot.
    pub(super) queue_until: u64,
    /// From when on it counts as dead, in nanoseconds since boot.
    dead_at: AtomicU64,
    sent: AtomicBool,
    desk: Mutex<Desk>,
    ended: Condvar,
}

/// Where those who wait sign up.
#[derive(Default)]
struct Desk {
    outcome: Option<Outcome>,
    /// By seat, which is the order in which they came.
    waiting: BTreeMap<u64, Wake>,
    next_seat: u64,
}

/// How to tell somebody that the flight has ended.
pub(super) enum Wake {
    Callback(Box<dyn FnOnce() + Send>),
    Task(Waker),
}

impl Flight {
    /// A flight begun at `now` that has to be sent by `queue_until` and to be over by `deadline`,
    /// all in nanoseconds since boot.
    pub(super) fn new(
        era: u32,
        purpose: Purpose,
        started: u64,
        queue_until: u64,
        deadline: u64,
    ) -> Self {
        Self {
            era,
            purpose,
            started,
            queue_until,
            dead_at: AtomicU64::new(dead_at(deadline)),
            sent: AtomicBool::new(false),
            desk: Mutex::new(Desk::default()),
            ended: Condvar::default(),
        }
    }

    /// Whether it is past its time, whatever its driver does.
    pub(super) fn is_dead(&self, now: Now) -> bool {
        now.boot_nanos() >= self.dead_at()
    }

    pub(super) fn dead_at(&self) -> u64 {
        self.dead_at.load(Ordering::Relaxed)
    }

    /// The request is sent, and has until another deadline.
    pub(super) fn sent_until(&self, deadline: u64) {
        sync::step();
        self.dead_at.store(dead_at(deadline), Ordering::Relaxed);
        self.sent.store(true, Ordering::Relaxed);
    }

    /// Whether the request has been sent.
    pub(super) fn is_sent(&self) -> bool {
        self.sent.load(Ordering::Relaxed)
    }

    /// The outcome, once there is one.
    pub(super) fn outcome(&self) -> Option<Outcome> {
        self.desk.lock().outcome.clone()
    }

    /// Blocks until the end of the flight or for a time; may return early.
    pub(super) fn wait(&self, time: Duration) {
        let desk = self.desk.lock();
        if desk.outcome.is_none() {
            drop(self.ended.wait_for(desk, time));
        }
    }

    /// Signs up for the end, or gives the wake back if that has come already.
    pub(super) fn sign_up(&self, wake: Wake) -> Result<u64, Wake> {
        let mut desk = self.desk.lock();
        if desk.outcome.is_some() {
            return Err(wake);
        }
        let seat = desk.next_seat;
        desk.next_seat += 1;
        desk.waiting.insert(seat, wake);
        Ok(seat)
    }

    /// Takes another waker for a seat; false if the flight has ended.
    pub(super) fn sit_again(&self, seat: u64, waker: &Waker) -> bool {
        let mut desk = self.desk.lock();
        match desk.waiting.get_mut(&seat) {
            Some(Wake::Task(old)) => {
                old.clone_from(waker);
                true
            }
            _ => false,
        }
    }

    /// Leaves a seat without a trace; false if the end came first.
    pub(super) fn leave(&self, seat: u64) -> bool {
        let mut desk = self.desk.lock();
        let left = desk.waiting.remove(&seat);
        // What a callback owns may do anything when dropped, so not under the lock.
        drop(desk);
        left.is_some()
    }

    /// Ends the flight and tells everybody; only the first end counts. No lock is held while
    /// callbacks run, and one that panics keeps nobody else from being told.
    pub(super) fn end(&self, outcome: Outcome) {
        let mut desk = self.desk.lock();
        if desk.outcome.is_some() {
            return;
        }
        desk.outcome = Some(outcome);
        let waiting = std::mem::take(&mut desk.waiting);
        drop(desk);
        self.ended.notify_all();
        for wake in waiting.into_values() {
            contained(|| match wake {
                Wake::Callback(callback) => callback(),
                Wake::Task(waker) => waker.wake(),
            });
        }
    }

    #[cfg(test)]
    pub(super) fn seats_taken(&self) -> usize {
        self.desk.lock().waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::cache::state::abandoned;

    fn flight() -> Flight {
        Flight::new(0, Purpose::Cold, 0, 0, 0)
    }

    fn counting(calls: &Arc<AtomicUsize>) -> Wake {
        let calls = Arc::clone(calls);
        Wake::Callback(Box::new(move || {
            calls.fetch_add(1, Ordering::Relaxed);
        }))
    }

    fn seat(flight: &Flight, wake: Wake) -> u64 {
        flight.sign_up(wake).ok().expect("the flight is in the air")
    }

    #[test]
    fn who_leaves_leaves_nothing_behind() {
        let (flight, calls) = (flight(), Arc::new(AtomicUsize::new(0)));
        let seats: Vec<u64> = (0..1000).map(|_| seat(&flight, counting(&calls))).collect();
        assert!(seats.iter().all(|seat| flight.leave(*seat)));
        assert_eq!(flight.seats_taken(), 0);
        assert_eq!(Arc::strong_count(&calls), 1, "no callback is kept");
        flight.end(Err(abandoned()));
        assert_eq!(calls.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_callback_that_panics_keeps_nobody_from_being_told() {
        let (flight, calls) = (flight(), Arc::new(AtomicUsize::new(0)));
        seat(&flight, counting(&calls));
        seat(&flight, Wake::Callback(Box::new(|| panic!("in a callback, on purpose"))));
        seat(&flight, counting(&calls));
        flight.end(Err(abandoned()));
        flight.end(Err(abandoned()));
        assert_eq!(calls.load(Ordering::Relaxed), 2);
        assert!(flight.sign_up(counting(&calls)).is_err(), "the end has come");
    }
}
