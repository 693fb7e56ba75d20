//! Threads of a process that finds itself in another one.

use grantmint_core::{Begin, BeginOptions, EventKind};
use shuttle::thread;

use crate::support::{Airspace, begin, cache, explore, fetch, fill, key, land};

#[test]
fn grants_outlive_a_fork_and_fetches_do_not() {
    explore(|| {
        let (cache, _clock) = cache();
        let (landed, flying) = (key("landed"), key("flying"));
        fill(&cache, &landed);
        let handle = cache.handle(&landed).unwrap();
        let (ticket, _waiter) = fetch(&cache, &flying);
        let hit = |begun| assert!(matches!(begun, Ok(Begin::Hit(_))));
        thread::scope(|scope| {
            scope.spawn(|| cache.simulate_fork());
            scope.spawn(|| land(ticket));
            scope.spawn(|| (0..2).for_each(|_| hit(handle.begin(BeginOptions::default()))));
            scope.spawn(|| (0..2).for_each(|_| hit(begin(&cache, &landed))));
        });
        // Of those who came together after the fork one made the cache of this process.
        let forked = |kind| kind == EventKind::Forked;
        hit(begin(&cache, &landed));
        assert_eq!(cache.drain_events().iter().filter(|event| forked(event.kind)).count(), 1);
        assert!(matches!(begin(&cache, &flying), Ok(Begin::Hit(_) | Begin::Fetch(..))));
    });
}

#[test]
fn those_who_come_first_after_a_fork_find_one_cache() {
    explore(|| {
        let (cache, _clock) = cache();
        fill(&cache, &key("landed"));
        cache.simulate_fork();
        let (cold, sky) = (key("cold"), Airspace::default());
        let ask = || match begin(&cache, &cold).unwrap() {
            Begin::Fetch(ticket, _waiter) => sky.fly(ticket),
            Begin::Wait(waiter) => drop(waiter.wait().unwrap()),
            Begin::Hit(_) => {}
            other @ Begin::HitAndFetch(..) => panic!("{other:?}"),
        };
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(ask);
            }
        });
        assert_eq!(cache.stats().fetches, 1);
    });
}
