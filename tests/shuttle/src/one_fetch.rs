//! Many threads, one key: one fetch, and one outcome for all.

use std::sync::atomic::{AtomicUsize, Ordering};

use grantmint_core::{Begin, BeginOptions, ErrorKind};
use shuttle::thread;

use crate::support::{End, begin, cache, explore, key, land, outage, wait_somehow};

const THREADS: usize = 4;

#[test]
fn all_who_begin_one_key_share_one_fetch_and_have_its_grant() {
    explore(one_key_at_once);
}

/// Whoever gets the ticket fetches; the others wait, each in another way.
fn one_key_at_once() {
    let (cache, _clock) = cache();
    let key = key("stream");
    let ask = |way| {
        let grant = match begin(&cache, &key).unwrap() {
            Begin::Hit(hit) => hit,
            Begin::Wait(waiter) => wait_somehow(waiter, way).unwrap(),
            Begin::Fetch(mut ticket, waiter) => {
                ticket.start();
                land(ticket);
                wait_somehow(waiter, way).unwrap()
            }
            other @ Begin::HitAndFetch(..) => panic!("{other:?}"),
        };
        assert_eq!(grant.as_str(), "stream");
    };
    thread::scope(|scope| {
        for way in 0..THREADS {
            scope.spawn(move || ask(way));
        }
    });
    let stats = cache.stats();
    assert_eq!((stats.fetches, stats.in_flight, stats.keys), (1, 0, 1));
}

#[test]
fn a_failed_fetch_is_not_made_again_by_those_who_waited_or_come_late() {
    explore(|| {
        let (cache, _clock) = cache();
        let key = key("stream");
        let ask = |way| {
            let result = match begin(&cache, &key) {
                Ok(Begin::Wait(waiter)) => wait_somehow(waiter, way),
                Ok(Begin::Fetch(mut ticket, waiter)) => {
                    ticket.start();
                    ticket.fail(outage());
                    wait_somehow(waiter, way)
                }
                Ok(other) => panic!("{other:?}"),
                Err(stored) => Err(stored),
            };
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UpstreamUnavailable);
            assert!(error.retry_after().is_some());
        };
        thread::scope(|scope| {
            for way in 0..THREADS {
                scope.spawn(move || ask(way));
            }
        });
        let stats = cache.stats();
        assert_eq!((stats.fetches, stats.in_flight), (1, 0));
        assert_eq!(stats.errors, [(ErrorKind::UpstreamUnavailable, 1)]);
    });
}

#[test]
fn a_dropped_fetch_is_begun_again_by_one_of_those_who_waited() {
    explore(|| {
        let (cache, _clock) = cache();
        let (key, begun) = (key("stream"), AtomicUsize::new(0));
        let fetch = |ticket| {
            let first = begun.fetch_add(1, Ordering::Relaxed) == 0;
            let end = if first { End::Dropped } else { End::Completed };
            end.come(ticket);
        };
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| cache.get(&key, BeginOptions::default(), fetch).unwrap());
            }
        });
        assert_eq!(begun.load(Ordering::Relaxed), 2);
    });
}

#[test]
fn nothing_but_the_order_of_steps_decides_what_happens() {
    shuttle::check_uncontrolled_nondeterminism(one_key_at_once, 100);
}
