//! Invalidation, purge and rotation against what is in flight.

use grantmint_core::{Begin, Error, ErrorKind};
use shuttle::thread;

use crate::support::{begin, cache, explore, fetch, fill, join, key, land};

#[test]
fn after_an_invalidation_nobody_has_what_was_fetched_before() {
    explore(|| {
        let (cache, _clock) = cache();
        let key = key("stream");
        let (ticket, first) = fetch(&cache, &key);
        let waiter = join(&cache, &key);
        thread::scope(|scope| {
            scope.spawn(|| land(ticket));
            scope.spawn(|| {
                assert!(cache.invalidate(&key));
                // Held to the end: a drop would be an end too.
                assert!(matches!(begin(&cache, &key), Ok(Begin::Fetch(..))));
            });
            // Who waited before is served all the same.
            assert_eq!(first.wait().unwrap().as_str(), "stream");
            assert_eq!(waiter.wait().unwrap().as_str(), "stream");
        });
        assert!(matches!(begin(&cache, &key), Ok(Begin::Fetch(..))));
    });
}

#[test]
fn of_many_who_met_a_bad_grant_one_has_it_fetched_anew() {
    explore(|| {
        let (cache, _clock) = cache();
        let key = key("stream");
        fill(&cache, &key);
        let Ok(Begin::Hit(bad)) = begin(&cache, &key) else { panic!("the grant is there") };
        let generation = bad.generation();
        let renew = || {
            cache.invalidate_if(&key, generation);
            match begin(&cache, &key).unwrap() {
                Begin::Fetch(mut ticket, waiter) => {
                    ticket.start();
                    land(ticket);
                    waiter.wait().unwrap()
                }
                Begin::Wait(waiter) => waiter.wait().unwrap(),
                Begin::Hit(hit) => hit,
                other @ Begin::HitAndFetch(..) => panic!("{other:?}"),
            }
        };
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| assert!(renew().generation() > generation));
            }
        });
        assert_eq!((cache.stats().fetches, bad.as_str()), (2, "stream"));
    });
}

#[test]
fn after_a_rotation_refused_credentials_of_before_hold_nobody_back() {
    explore(|| {
        let (cache, _clock) = cache();
        let (known, new) = (key("known"), key("new"));
        let (ticket, waiter) = fetch(&cache, &known);
        let refused = Error::new(ErrorKind::UpstreamUnauthorized, "refused");
        thread::scope(|scope| {
            scope.spawn(|| ticket.fail(refused));
            scope.spawn(|| {
                cache.rotate();
                assert!(matches!(begin(&cache, &known), Ok(Begin::Fetch(..))));
                assert!(matches!(begin(&cache, &new), Ok(Begin::Fetch(..))));
            });
            assert_eq!(waiter.wait().unwrap_err().kind(), ErrorKind::UpstreamUnauthorized);
        });
    });
}

#[test]
fn a_rotation_keeps_what_has_landed_and_a_purge_keeps_nothing() {
    explore(|| {
        let (cache, _clock) = cache();
        let (landed, flying) = (key("landed"), key("flying"));
        fill(&cache, &landed);
        let (ticket, waiter) = fetch(&cache, &flying);
        thread::scope(|scope| {
            scope.spawn(|| land(ticket));
            scope.spawn(|| cache.rotate());
            scope.spawn(|| assert!(matches!(begin(&cache, &landed), Ok(Begin::Hit(_)))));
            assert_eq!(waiter.wait().unwrap().as_str(), "flying");
        });
        cache.purge();
        for key in [&landed, &flying] {
            assert!(matches!(begin(&cache, key), Ok(Begin::Fetch(..))));
        }
    });
}
