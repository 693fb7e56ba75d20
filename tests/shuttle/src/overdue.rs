//! An overdue fetch: whoever notices first ends it, while its driver may still bring
//! something.

use std::time::Duration;

use grantmint_core::{Begin, ErrorKind, EventKind, GrantCache, Start};
use shuttle::thread;

use crate::support::{End, begin, cache, explore, fetch, join, key, land, wait_somehow};

/// Past the time of any fetch that was sent.
const TOO_LONG: Duration = Duration::from_secs(6);

#[test]
fn those_who_wait_for_a_fetch_past_its_time_are_told_once_and_its_late_grant_is_kept() {
    explore(|| {
        let (cache, clock) = cache();
        let key = key("stream");
        let (ticket, first) = fetch(&cache, &key);
        let second = join(&cache, &key);
        clock.advance(TOO_LONG);
        thread::scope(|scope| {
            scope.spawn(|| land(ticket));
            scope.spawn(|| drop(cache.poll()));
            for (way, waiter) in [first, second].into_iter().enumerate() {
                scope.spawn(move || match wait_somehow(waiter, way) {
                    Ok(hit) => assert_eq!(hit.as_str(), "stream"),
                    Err(error) => assert_eq!(error.kind(), ErrorKind::UpstreamTimeout),
                });
            }
        });
        assert!(matches!(begin(&cache, &key), Ok(Begin::Hit(_))));
        assert_eq!(cache.stats().in_flight, 0);
        assert!(failures(&cache) <= 1);
    });
}

#[test]
fn a_failure_after_the_timeout_is_not_counted_again() {
    explore(|| {
        let end = End::one_of([End::Failed, End::Dropped]);
        let (cache, clock) = cache();
        let key = key("stream");
        let (ticket, waiter) = fetch(&cache, &key);
        clock.advance(TOO_LONG);
        // Held to the end, since the drop of the next ticket would be a failure too.
        let _next = thread::scope(|scope| {
            scope.spawn(move || end.come(ticket));
            scope.spawn(|| drop(cache.poll()));
            let next = scope.spawn(|| begin(&cache, &key));
            assert!(waiter.wait().is_err());
            next.join()
        });
        assert_eq!(failures(&cache), 1);
    });
}

#[test]
fn the_fetch_after_an_overdue_one_stands_however_the_late_one_ends() {
    explore(|| {
        let end = End::any();
        let (cache, clock) = cache();
        let key = key("stream");
        let (late, _waiter) = fetch(&cache, &key);
        clock.advance(TOO_LONG);
        drop(cache.poll());
        clock.advance(TOO_LONG);
        let (next, waiter) = fetch(&cache, &key);
        thread::scope(|scope| {
            scope.spawn(|| {
                end.come(late);
                // Whoever comes now has the late grant or waits for the next.
                assert!(matches!(begin(&cache, &key), Ok(Begin::Hit(_) | Begin::Wait(_))));
            });
            scope.spawn(|| land(next));
            assert_eq!(waiter.wait().unwrap().remaining(), Duration::from_secs(58));
        });
        match begin(&cache, &key) {
            Ok(Begin::Hit(hit)) => assert_eq!(hit.remaining(), Duration::from_secs(58)),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_request_that_starts_while_its_fetch_times_out_is_refused_or_sent() {
    explore(|| {
        let (cache, clock) = cache();
        let key = key("stream");
        let Ok(Begin::Fetch(mut ticket, waiter)) = begin(&cache, &key) else {
            panic!("a cold key has to be fetched");
        };
        thread::scope(|scope| {
            scope.spawn(move || match ticket.start() {
                Start::Go(_) => land(ticket),
                Start::Refused(error) => assert_eq!(error.kind(), ErrorKind::Overloaded),
                Start::Later(_) | Start::Served => {
                    panic!("there is no rate limit and no fleet here")
                }
            });
            scope.spawn(|| {
                clock.advance(TOO_LONG);
                drop(cache.poll());
            });
            if let Err(error) = waiter.wait() {
                // As it was not sent, or was and took too long.
                let kinds = [ErrorKind::Overloaded, ErrorKind::UpstreamTimeout];
                assert!(kinds.contains(&error.kind()), "{error:?}");
            }
        });
        assert_eq!(cache.stats().in_flight, 0);
    });
}

fn failures(cache: &GrantCache) -> usize {
    let failed = |kind| matches!(kind, EventKind::FetchFailed(_) | EventKind::FetchAbandoned);
    cache.drain_events().iter().filter(|event| failed(event.kind)).count()
}
