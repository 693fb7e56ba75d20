//! A refresh that is due: many see it, one makes it.

use std::sync::Mutex;
use std::time::Duration;

use grantmint_core::{Begin, BeginOptions, Ticket};
use shuttle::thread;

use crate::support::{Airspace, begin, cache, explore, fill, key};

#[test]
fn a_refresh_is_led_once_whoever_finds_it_due() {
    explore(|| {
        let (cache, clock) = cache();
        let key = key("stream");
        fill(&cache, &key);
        let handle = cache.handle(&key).unwrap();
        cache.keep_warm(&key, Duration::from_secs(600)).unwrap();
        clock.advance(Duration::from_secs(30));
        let tickets = Mutex::new(Vec::<Ticket>::new());
        let note = |found: Vec<Ticket>| tickets.lock().unwrap().extend(found);
        let note_begun = |begun| match begun {
            Ok(Begin::HitAndFetch(_, ticket)) => note(vec![ticket]),
            Ok(Begin::Hit(_)) => {}
            other => panic!("{other:?}"),
        };
        thread::scope(|scope| {
            scope.spawn(|| note(cache.poll()));
            scope.spawn(|| note(cache.poll()));
            scope.spawn(|| note(cache.prefetch(&key).unwrap().into_iter().collect()));
            scope.spawn(|| note_begun(handle.begin(BeginOptions::default())));
            scope.spawn(|| note_begun(begin(&cache, &key)));
        });
        assert_eq!(tickets.lock().unwrap().len(), 1);
    });
}

#[test]
fn a_key_that_becomes_warm_meanwhile_has_one_fetch_and_is_polled() {
    explore(|| {
        let (cache, _clock) = cache();
        let (key, sky) = (key("stream"), Airspace::default());
        let poll = || cache.poll().into_iter().for_each(|ticket| sky.fly(ticket));
        thread::scope(|scope| {
            scope.spawn(|| cache.keep_warm(&key, Duration::from_secs(600)).unwrap());
            scope.spawn(poll);
            scope.spawn(poll);
            match begin(&cache, &key).unwrap() {
                Begin::Fetch(ticket, waiter) => {
                    sky.fly(ticket);
                    waiter.wait().unwrap()
                }
                Begin::Wait(waiter) => waiter.wait().unwrap(),
                Begin::Hit(hit) => hit,
                other @ Begin::HitAndFetch(..) => panic!("{other:?}"),
            };
        });
        assert_eq!(cache.stats().fetches, 1);
        assert!(cache.poll().is_empty(), "the grant is fresh");
        assert!(cache.next_wakeup().is_some(), "and it will fall due");
    });
}
