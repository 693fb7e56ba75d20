//! Fetches that wait for their turn, and their callers.

use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::thread;
use std::time::Duration;

use grantmint_core::{
    AccountOptions, Begin, BeginOptions, Error, ErrorKind, GrantCache, Key, ManualClock, Start,
    Ticket, Waiter,
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

/// One call a second, on a clock of its own.
fn slow() -> (GrantCache, ManualClock) {
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let slow = AccountOptions::new().calls_per_second(1.0).burst(1);
    (GrantCache::builder().clock(&clock).rate_limited_by(&slow).unwrap().build(), clock)
}

fn key(number: u32) -> Key {
    Key::new(&format!("stream-{number}"), Duration::from_secs(60)).unwrap()
}

fn cold(cache: &GrantCache, number: u32) -> (Ticket, Waiter) {
    match cache.begin(&key(number), BeginOptions::new()).unwrap() {
        Begin::Fetch(ticket, waiter) => (ticket, waiter),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_caller_moves_up_what_is_fetched_ahead_of_it() {
    let (cache, clock) = slow();
    let mut first = cache.prefetch(&key(1)).unwrap().unwrap();
    assert!(matches!(first.start(), Start::Go(_)));
    let mut ahead = cache.prefetch(&key(2)).unwrap().unwrap();
    let begun = cache.begin(&key(2), BeginOptions::new()).unwrap();
    let Begin::Wait(_waiter) = begun else { panic!("{begun:?}") };
    let (mut later, _waits) = cold(&cache, 3);
    clock.advance(Duration::from_secs(1));
    assert!(matches!((later.start(), ahead.start()), (Start::Later(_), Start::Go(_))));
}

#[test]
fn a_caller_without_the_time_that_a_turn_takes_is_told_at_once_when_it_will_be() {
    let (cache, _clock) = slow();
    let _tickets: Vec<_> = (0..6).map(|number| cold(&cache, number)).collect();
    let short = BeginOptions::new().timeout(Duration::from_secs(2));
    let refused = cache.begin(&key(5), short).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Overloaded);
    assert!(refused.retry_after() >= Some(Duration::from_secs(5)), "{refused:?}");
    let long = BeginOptions::new().timeout(Duration::from_secs(6));
    assert!(matches!(cache.begin(&key(5), long), Ok(Begin::Wait(_))));
}

#[test]
fn a_ticket_that_is_overdue_before_its_turn_ends_and_holds_up_nobody() {
    let (cache, clock) = slow();
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
