//! Processes that share grants: two threads of one, and one of another, over a store in memory.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use grantmint_core::{
    Begin, CachePolicy, ErrorKind, FleetByHand, Grant, GrantCache, Hit, Key, ManualClock, Result,
    Start, Ticket,
};
use shuttle::thread;

use crate::support::{End, LIFETIME, begin, explore, key};

/// The caches of two processes, by one clock.
struct Processes {
    clock: ManualClock,
    fleet: FleetByHand,
    one: GrantCache,
    other: GrantCache,
    /// Requests in progress, and all that were sent.
    running: AtomicUsize,
    sent: AtomicUsize,
}

impl Processes {
    fn new() -> Self {
        let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
        clock.advance(Duration::from_secs(1_000));
        let fleet = FleetByHand::in_memory(1, 0.0);
        let [one, other] = [1, 2].map(|number| cache(&clock, &fleet, number));
        let (running, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { clock, fleet, one, other, running, sent }
    }

    /// Gets the grant of a key, fetching it if need be; how the first fetch ends that is sent is given.
    fn get(&self, cache: &GrantCache, key: &Key, end: End) {
        match (end, self.hit(cache, key, end)) {
            (End::Failed, Err(_)) => {}
            (_, hit) => assert_eq!(hit.unwrap().as_str(), key.text()),
        }
    }

    /// Begins again after a fetch that was dropped. Asks by hand: [`GrantCache::get`] sleeps between two looks.
    fn hit(&self, cache: &GrantCache, key: &Key, end: End) -> Result<Hit> {
        loop {
            let waiter = match begin(cache, key)? {
                Begin::Hit(hit) => return Ok(hit),
                Begin::Wait(waiter) => waiter,
                Begin::Fetch(ticket, waiter) => {
                    self.fetch(ticket, end);
                    waiter
                }
                other @ Begin::HitAndFetch(..) => panic!("{other:?}"),
            };
            match waiter.wait() {
                Err(error) if error.kind() == ErrorKind::Abandoned => {}
                result => return result,
            }
        }
    }

    fn fetch(&self, mut ticket: Ticket, end: End) {
        loop {
            match ticket.start() {
                Start::Go(_) => break,
                // Time stands still, so that nobody's patience ends.
                Start::Later(_) => thread::yield_now(),
                Start::Served | Start::Refused(_) => return,
            }
        }
        assert_eq!(self.running.fetch_add(1, Ordering::SeqCst), 0, "two hold the lease");
        thread::yield_now();
        let is_first = self.sent.fetch_add(1, Ordering::SeqCst) == 0;
        self.running.fetch_sub(1, Ordering::SeqCst);
        if is_first { end.come(ticket) } else { End::Completed.come(ticket) }
    }

    /// A process that comes last finds nobody in its way.
    fn check_that_no_lease_is_held(&self, key: &Key) {
        self.clock.advance(LIFETIME);
        let last = cache(&self.clock, &self.fleet, 3);
        let Ok(Begin::Fetch(mut ticket, _waiter)) = begin(&last, key) else { panic!("it is cold") };
        let start = ticket.start();
        assert!(matches!(start, Start::Go(_)), "a lease was not given back: {start:?}");
    }
}

fn cache(clock: &ManualClock, fleet: &FleetByHand, number: u64) -> GrantCache {
    let policy = CachePolicy::builder().jitter(0.5).build().unwrap();
    GrantCache::builder().clock(clock).policy(policy).fleet_by_hand(fleet, number).build()
}

#[test]
fn of_all_threads_of_all_processes_one_fetches() {
    explore(|| {
        let (all, key) = (Processes::new(), key("stream"));
        thread::scope(|scope| {
            scope.spawn(|| all.get(&all.one, &key, End::Completed));
            scope.spawn(|| all.get(&all.one, &key, End::Completed));
            scope.spawn(|| all.get(&all.other, &key, End::Completed));
        });
        assert_eq!(all.sent.load(Ordering::SeqCst), 1);
        all.check_that_no_lease_is_held(&key);
    });
}

#[test]
fn however_the_first_fetch_ends_nobody_waits_for_ever_and_the_lease_is_given_back() {
    explore(|| {
        let (all, key) = (Processes::new(), key("stream"));
        let end = End::one_of([End::Completed, End::Dropped]);
        thread::scope(|scope| {
            scope.spawn(|| all.get(&all.one, &key, end));
            scope.spawn(|| all.get(&all.one, &key, end));
            scope.spawn(|| all.get(&all.other, &key, end));
        });
        assert!(all.sent.load(Ordering::SeqCst) <= 2);
        all.check_that_no_lease_is_held(&key);
    });
}

#[test]
fn what_upstream_says_to_one_is_told_to_all_or_the_next_one_fetches() {
    explore(|| {
        let (all, key) = (Processes::new(), key("stream"));
        thread::scope(|scope| {
            scope.spawn(|| all.get(&all.one, &key, End::Failed));
            scope.spawn(|| all.get(&all.one, &key, End::Failed));
            scope.spawn(|| all.get(&all.other, &key, End::Failed));
        });
        assert_eq!(all.sent.load(Ordering::SeqCst), 1);
        all.check_that_no_lease_is_held(&key);
    });
}

#[test]
fn after_an_invalidation_no_process_has_what_was_fetched_before() {
    explore(|| {
        let (all, key) = (Processes::new(), key("stream"));
        thread::scope(|scope| {
            scope.spawn(|| all.get(&all.one, &key, End::Completed));
            scope.spawn(|| all.get(&all.other, &key, End::Completed));
            scope.spawn(|| all.other.invalidate(&key));
        });
        // Whatever came before, this comes after it.
        all.one.invalidate(&key);
        let last = cache(&all.clock, &all.fleet, 3);
        let Ok(Begin::Fetch(mut ticket, _waiter)) = begin(&last, &key) else { panic!("cold") };
        assert!(matches!(ticket.start(), Start::Go(_)), "it is handed a grant of before");
        ticket.complete(Grant::new("new"), LIFETIME);
        let after = cache(&all.clock, &all.fleet, 4);
        let Ok(Begin::Fetch(mut ticket, waiter)) = begin(&after, &key) else { panic!("cold") };
        assert!(matches!(ticket.start(), Start::Served));
        assert_eq!(waiter.wait().unwrap().as_str(), "new");
    });
}

#[test]
fn a_fetch_that_is_dropped_before_it_asks_or_while_it_waits_leaves_nothing_behind() {
    explore(|| {
        let (all, key) = (Processes::new(), key("stream"));
        thread::scope(|scope| {
            scope.spawn(|| all.get(&all.other, &key, End::Completed));
            scope.spawn(|| match begin(&all.one, &key) {
                Ok(Begin::Fetch(mut ticket, _waiter)) => drop(ticket.start()),
                Ok(Begin::Wait(_) | Begin::Hit(_)) => {}
                other => panic!("{other:?}"),
            });
            scope.spawn(|| drop(all.one.prefetch(&key)));
        });
        all.check_that_no_lease_is_held(&key);
    });
}
