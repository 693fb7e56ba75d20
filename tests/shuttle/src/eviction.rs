//! Keys that come and go: a look-up against an eviction against a handle that follows its key.

use std::time::Duration;

use grantmint_core::{Begin, BeginOptions, ErrorKind, GrantCache, Handle, Key, Result};
use shuttle::thread;

use crate::support::{Airspace, LIFETIME, begin, cache_of, explore, fill, key};

const THREADS: usize = 3;

#[test]
fn a_key_has_one_fetch_though_it_is_evicted_and_found_again() {
    explore(|| {
        let (cache, _clock) = cache_of(1);
        let (kept, other) = (key("kept"), key("other"));
        fill(&cache, &kept);
        let handle = cache.handle(&kept).unwrap();
        let (sky, other_sky) = (Airspace::default(), Airspace::default());
        thread::scope(|scope| {
            scope.spawn(|| (0..2).for_each(|_| through(&handle, &sky)));
            scope.spawn(|| (0..2).for_each(|_| by_key(&cache, &kept, &sky)));
            scope.spawn(|| (0..2).for_each(|_| by_key(&cache, &other, &other_sky)));
        });
        let stats = cache.stats();
        assert_eq!(stats.in_flight, 0);
        // Those who come together each find room for one, and the next who comes makes up for it.
        assert!(stats.keys <= THREADS);
    });
}

#[test]
fn a_handle_and_its_key_go_to_the_same_entry_after_evictions() {
    explore(|| {
        let (cache, _clock) = cache_of(1);
        let (kept, other) = (key("kept"), key("other"));
        fill(&cache, &kept);
        let handle = cache.handle(&kept).unwrap();
        thread::scope(|scope| {
            scope.spawn(|| through(&handle, &Airspace::default()));
            scope.spawn(|| by_key(&cache, &other, &Airspace::default()));
        });
        cache.purge();
        let (Ok(Begin::Fetch(..)), Ok(Begin::Wait(_))) =
            (&handle.begin(BeginOptions::default()), &begin(&cache, &kept))
        else {
            panic!("two entries for one key");
        };
    });
}

#[test]
fn a_key_that_is_kept_warm_is_not_evicted() {
    explore(|| {
        let (cache, clock) = cache_of(1);
        let (kept, other) = (key("kept"), key("other"));
        fill(&cache, &kept);
        let warm = thread::scope(|scope| {
            scope.spawn(|| by_key(&cache, &other, &Airspace::default()));
            // It may find the key gone and all room taken by a fetch.
            cache.keep_warm(&kept, Duration::from_secs(600)).is_ok()
        });
        clock.advance(LIFETIME);
        let due = cache.poll();
        assert_eq!(due.iter().filter(|ticket| *ticket.key() == kept).count(), usize::from(warm));
    });
}

fn through(handle: &Handle, sky: &Airspace) {
    have(handle.begin(BeginOptions::default()), handle.key(), sky);
}

fn by_key(cache: &GrantCache, key: &Key, sky: &Airspace) {
    have(begin(cache, key), key, sky);
}

/// Gets the grant, fetching it if need be. A key that finds all room taken by fetches comes to
/// nothing.
fn have(begun: Result<Begin>, key: &Key, sky: &Airspace) {
    let grant = match begun {
        Ok(Begin::Hit(hit)) => hit,
        Ok(Begin::Wait(waiter)) => waiter.wait().unwrap(),
        Ok(Begin::Fetch(ticket, waiter)) => {
            sky.fly(ticket);
            waiter.wait().unwrap()
        }
        Ok(other @ Begin::HitAndFetch(..)) => panic!("{other:?}"),
        Err(error) => return assert_eq!(error.kind(), ErrorKind::Overloaded),
    };
    assert_eq!(grant.as_str(), key.text());
}
