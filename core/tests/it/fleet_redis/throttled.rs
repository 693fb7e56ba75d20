//! What processes of many machines make of a 429: one of them waits for all.

use std::sync::Mutex;

use grantmint_core::Error;

use super::*;

const ASKED: Duration = Duration::from_secs(2);

/// Each with a connection of its own, and with a limiter of its own.
fn limited(port: u16, number: u64) -> GrantCache {
    let fleet = fleet(port).timeout(Duration::from_millis(2000 - number)).unwrap();
    GrantCache::builder().fleet(&fleet, "tests").unwrap().rate_limited().build()
}

/// Asks for a key that nobody has asked for; when it was sent that upstream refused, if it was.
fn refused(cache: &GrantCache, name: &str) -> Option<Instant> {
    let sent = Mutex::new(None);
    let error = cache.get(&key(name), BeginOptions::new(), |mut ticket| {
        if let Start::Go(_) = started(&mut ticket) {
            *sent.lock().unwrap() = Some(Instant::now());
            ticket.fail(Error::new(ErrorKind::Throttled, "429").with_retry_after(ASKED));
        }
    });
    assert_eq!(error.map(drop).unwrap_err().kind(), ErrorKind::Throttled, "{name}");
    sent.into_inner().unwrap()
}

/// Whether the account's cell says that it cools down.
fn cools_down(redis: &Redis) -> bool {
    let Reply::List(names) = redis.ask(["KEYS", "*:b"]) else { return false };
    let [Reply::Text(name)] = &names[..] else { return false };
    let Reply::Text(cell) = redis.ask(["GET", std::str::from_utf8(name).unwrap()]) else {
        return false;
    };
    // Until when, in its own words.
    String::from_utf8(cell).unwrap().split(' ').nth(6).is_some_and(|until| until != "0")
}

#[test]
#[ignore = "needs redis-server: make test-redis"]
fn after_a_429_one_process_calls_when_the_time_is_over_that_upstream_asked_for() {
    let redis = Redis::plain();
    let caches: Vec<_> = (0..4).map(|number| limited(redis.port(), number)).collect();
    let first = refused(&caches[0], "the first").expect("nothing holds it back");
    until("all can know", || cools_down(&redis));
    let end = first + 4 * ASKED;
    let calls = Mutex::new(vec![first]);
    thread::scope(|scope| {
        for (index, cache) in caches.iter().enumerate() {
            let calls = &calls;
            scope.spawn(move || {
                for number in 0_u32.. {
                    if Instant::now() > end {
                        return;
                    }
                    let sent = refused(cache, &format!("{index} {number}"));
                    calls.lock().unwrap().extend(sent);
                    thread::sleep(Duration::from_millis(10));
                }
            });
        }
    });
    let mut calls = calls.into_inner().unwrap();
    calls.sort_unstable();
    let apart: Vec<_> = calls.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(apart.iter().all(|apart| *apart >= ASKED), "{apart:?}");
    assert!(calls.len() > 2, "it is found out whether that is over: {apart:?}");
    for cache in &caches {
        let counted = stats(cache);
        assert_eq!((counted.alone, counted.errors), (0, 0), "{counted:?}");
    }
}
