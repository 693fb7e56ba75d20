//! A ticket that was handed on to the host's loop or thread: its request is sent once or not at all, whatever
//! happens before it is started.

use std::time::Duration;

use grantmint_core::{Begin, ErrorKind, GrantCache, Hit, Key, Result, Ticket, Waiter};
use shuttle::thread;

use crate::support::{begin, cache, explore, fetch, key, land};

/// Past the time that a ticket has to be started.
const TOO_LONG: Duration = Duration::from_secs(6);

#[test]
fn a_ticket_that_is_given_up_is_sent_once_or_not_at_all() {
    explore(|| {
        let (cache, clock) = cache();
        let key = key("stream");
        let (ticket, waiter) = handed_on(&cache, &key);
        clock.advance(TOO_LONG);
        let (is_sent, told) = thread::scope(|scope| {
            let host = scope.spawn(|| run(ticket));
            scope.spawn(|| drop(cache.poll()));
            let waits = scope.spawn(|| waiter.wait());
            (host.join().unwrap(), waits.join().unwrap())
        });
        assert!(is_overloaded(&told), "{told:?}");
        assert_eq!((is_sent, cache.stats().fetches, cache.stats().in_flight), (false, 0, 0));
        land(fetch(&cache, &key).0);
        assert_eq!(cache.stats().fetches, 1);
    });
}

#[test]
fn a_ticket_that_is_started_when_its_time_is_over_is_counted_as_it_is_sent() {
    explore(|| {
        let (cache, clock) = cache();
        let key = key("stream");
        let (ticket, waiter) = handed_on(&cache, &key);
        let (is_sent, told) = thread::scope(|scope| {
            let host = scope.spawn(|| run(ticket));
            scope.spawn(|| {
                clock.advance(TOO_LONG);
                drop(cache.poll());
            });
            let waits = scope.spawn(|| waiter.wait());
            (host.join().unwrap(), waits.join().unwrap())
        });
        assert_eq!((cache.stats().fetches, cache.stats().in_flight), (u64::from(is_sent), 0));
        assert!(is_sent || is_overloaded(&told), "{told:?}");
    });
}

#[test]
fn a_ticket_whose_key_is_invalidated_before_its_start_is_not_sent_and_what_is_stored_is_later() {
    explore(|| {
        let (cache, _clock) = cache();
        let key = key("stream");
        let (ticket, waiter) = handed_on(&cache, &key);
        let (is_sent, told) = thread::scope(|scope| {
            let host = scope.spawn(|| run(ticket));
            scope.spawn(|| cache.invalidate(&key));
            let waits = scope.spawn(|| waiter.wait());
            (host.join().unwrap(), waits.join().unwrap())
        });
        match told {
            Ok(hit) => assert!(is_sent && hit.as_str() == "stream"),
            Err(error) => assert!(!is_sent && error.kind() == ErrorKind::Abandoned),
        }
        assert_eq!((cache.stats().fetches, cache.stats().in_flight), (u64::from(is_sent), 0));
        assert!(matches!(begin(&cache, &key), Ok(Begin::Fetch(..))));
    });
}

/// The fetch of a cold key, handed on and not started.
fn handed_on(cache: &GrantCache, key: &Key) -> (Ticket, Waiter) {
    match begin(cache, key).unwrap() {
        Begin::Fetch(mut ticket, waiter) => {
            assert!(ticket.hand_on_in_turn());
            (ticket, waiter)
        }
        other => panic!("{other:?}"),
    }
}

/// What the host does when it comes to a ticket; tells whether it sent the request.
fn run(mut ticket: Ticket) -> bool {
    let is_sent = ticket.start_handed_on().is_some();
    if is_sent {
        land(ticket);
    }
    is_sent
}

fn is_overloaded(told: &Result<Hit>) -> bool {
    told.as_ref().is_err_and(|error| error.kind() == ErrorKind::Overloaded)
}
