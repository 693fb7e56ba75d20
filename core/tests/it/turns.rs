//! A ticket whose task is woken when its turn comes.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use grantmint_core::{
    AccountOptions, BeginOptions, Error, ErrorKind, GrantCache, Key, ManualClock, Start, Ticket,
};

/// What only its waker owns, as a task that waits.
struct Task(Mutex<Option<Ticket>>);

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        let waker = Waker::from(Arc::clone(&self));
        let taken = self.0.lock().unwrap().take();
        let Some(mut ticket) = taken else { return };
        if ticket.poll_start(&mut Context::from_waker(&waker)).is_pending() {
            *self.0.lock().unwrap() = Some(ticket);
        }
    }
}

#[test]
fn a_ticket_that_is_overdue_before_its_turn_ends_and_holds_up_nobody() {
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let slow = AccountOptions::new().calls_per_second(1.0).burst(1);
    let cache = GrantCache::builder().clock(&clock).rate_limited_by(&slow).unwrap().build();
    let key = |number: u32| Key::new(&format!("stream-{number}"), Duration::from_secs(60)).unwrap();
    let mut first = cache.prefetch(&key(1)).unwrap().unwrap();
    assert!(matches!(first.start(), Start::Go(_)));
    let second = cache.prefetch(&key(2)).unwrap().unwrap();
    Arc::new(Task(Mutex::new(Some(second)))).wake();
    let error = Error::new(ErrorKind::Throttled, "too many");
    first.fail(error.with_retry_after(Duration::from_secs(300)));
    clock.advance(Duration::from_secs(90));
    let (done, ended) = channel();
    let other = cache.clone();
    thread::spawn(move || {
        drop(other.poll());
        let refused = other.begin(&key(3), BeginOptions::new()).unwrap_err();
        done.send((refused.kind(), other.stats().in_flight)).unwrap();
    });
    let told = ended.recv_timeout(Duration::from_secs(10)).expect("nobody waits for a lock");
    assert_eq!(told, (ErrorKind::Throttled, 0));
}
