//! Many threads on one cache in real time. Threads meet at barriers, never by sleeping.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::task::{Context, Poll, Wake};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use grantmint_core::{
    Begin, BeginOptions, CachePolicy, Clock, Error, ErrorKind, Event, Grant, GrantCache, Handle,
    Hit, Key, ManualClock, Registration, Result, Stats, Ticket, Waiter,
};

const THREADS: usize = 16;
const KEYS: usize = 50;
const ROUNDS: usize = 20;
/// Far longer than any test takes; whoever waits so long was left behind.
const LONG: Duration = Duration::from_secs(60);

fn key(number: usize) -> Key {
    Key::new(&format!("key-{number}"), Duration::from_secs(60)).unwrap()
}

fn patient() -> BeginOptions {
    BeginOptions::new().timeout(LONG)
}

/// Begins the first fetch of a key.
fn fetch(cache: &GrantCache, key: &Key) -> (Ticket, Waiter) {
    match cache.begin(key, patient()).unwrap() {
        Begin::Fetch(ticket, waiter) => (ticket, waiter),
        other => panic!("{other:?}"),
    }
}

/// Waits for a fetch that another caller runs.
fn wait(cache: &GrantCache, key: &Key) -> Waiter {
    match cache.begin(key, patient()).unwrap() {
        Begin::Wait(waiter) => waiter,
        other => panic!("{other:?}"),
    }
}

fn complete(ticket: Ticket) {
    let text = ticket.key().text().to_owned();
    ticket.complete(Grant::new(text), Duration::from_secs(60));
}

/// Runs a future to its end on this thread.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park_timeout(LONG),
        }
    }
}

/// One of the three ways to wait, chosen by a number.
fn wait_somehow(waiter: Waiter, way: usize) -> Result<Hit> {
    match way % 3 {
        0 => waiter.wait(),
        1 => block_on(waiter),
        _ => {
            let (sender, receiver) = mpsc::channel();
            drop(waiter.on_ready(move |result| sender.send(result).unwrap()));
            receiver.recv_timeout(LONG).expect("the callback is called")
        }
    }
}

#[test]
fn each_round_has_one_fetch_per_key_however_many_threads_ask() {
    let cache = GrantCache::builder().build();
    let barrier = Barrier::new(THREADS);
    let fetches = Mutex::new(HashMap::<(usize, usize), usize>::new());
    let run = |number: usize| {
        for round in 0..ROUNDS {
            barrier.wait();
            for step in 0..KEYS {
                // Threads that come from both ends meet in the middle.
                let index = if number.is_multiple_of(2) { step } else { KEYS - 1 - step };
                let grant = match cache.begin(&key(index), patient()).unwrap() {
                    Begin::Hit(hit) | Begin::HitAndFetch(hit, _) => hit,
                    Begin::Wait(waiter) => wait_somehow(waiter, number + step).unwrap(),
                    Begin::Fetch(mut ticket, waiter) => {
                        *fetches.lock().unwrap().entry((round, index)).or_default() += 1;
                        ticket.start();
                        complete(ticket);
                        waiter.wait().unwrap()
                    }
                };
                assert_eq!(grant.as_str(), format!("key-{index}"));
            }
            if barrier.wait().is_leader() {
                cache.purge();
            }
        }
    };
    thread::scope(|scope| {
        for number in 0..THREADS {
            scope.spawn(move || run(number));
        }
    });
    let fetches = fetches.into_inner().unwrap();
    assert_eq!(fetches.len(), ROUNDS * KEYS);
    assert!(fetches.values().all(|count| *count == 1), "{fetches:?}");
    assert_eq!(cache.stats().fetches, (ROUNDS * KEYS) as u64);
}

#[test]
fn all_ways_of_waiting_share_one_outcome() {
    let cache = GrantCache::builder().build();
    for outcome in [None, Some(ErrorKind::UpstreamUnavailable)] {
        cache.purge();
        let (ticket, own) = fetch(&cache, &key(0));
        let barrier = Barrier::new(THREADS + 1);
        let results = thread::scope(|scope| {
            let waiting: Vec<_> = (0..THREADS)
                .map(|number| {
                    let (cache, barrier) = (&cache, &barrier);
                    scope.spawn(move || {
                        let waiter = wait(cache, &key(0));
                        barrier.wait();
                        wait_somehow(waiter, number)
                    })
                })
                .collect();
            barrier.wait();
            match outcome {
                None => complete(ticket),
                Some(kind) => ticket.fail(Error::new(kind, "by the test")),
            }
            waiting.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        for result in results.into_iter().chain([own.wait()]) {
            assert_eq!(result.err().map(|error| error.kind()), outcome);
        }
    }
}

#[test]
fn a_wait_ends_at_its_deadline_while_the_fetch_goes_on() {
    let cache = GrantCache::builder().build();
    let (ticket, own) = fetch(&cache, &key(0));
    let timeout = Duration::from_millis(50);
    let options = BeginOptions::new().timeout(timeout);
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let start = Instant::now();
                let Ok(Begin::Wait(waiter)) = cache.begin(&key(0), options) else {
                    panic!("a fetch is in flight");
                };
                assert_eq!(waiter.wait().unwrap_err().kind(), ErrorKind::DeadlineExceeded);
                assert!((timeout..LONG).contains(&start.elapsed()), "{:?}", start.elapsed());
            });
        }
    });
    complete(ticket);
    assert!(own.wait().is_ok());
}

#[test]
fn a_callback_that_panics_keeps_nobody_from_being_told() {
    let cache = GrantCache::builder().build();
    let (ticket, own) = fetch(&cache, &key(0));
    let told = Arc::new(AtomicUsize::new(0));
    for number in 0..THREADS {
        let told = Arc::clone(&told);
        drop(wait(&cache, &key(0)).on_ready(move |result| {
            assert!(result.is_ok());
            told.fetch_add(1, Ordering::SeqCst);
            assert!(number % 4 != 1, "the panic that this test is about");
        }));
    }
    let future = wait(&cache, &key(0));
    complete(ticket);
    assert_eq!(told.load(Ordering::SeqCst), THREADS);
    assert!(block_on(future).is_ok() && own.wait().is_ok());
    assert!(matches!(cache.begin(&key(0), patient()), Ok(Begin::Hit(_))));
}

#[test]
fn a_callback_may_begin_again_and_fetch() {
    let cache = GrantCache::builder().build();
    let (ticket, _own) = fetch(&cache, &key(0));
    let (sender, receiver) = mpsc::channel();
    let again = cache.clone();
    drop(wait(&cache, &key(0)).on_ready(move |result| {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Abandoned);
        let (ticket, waiter) = fetch(&again, &key(0));
        complete(ticket);
        sender.send(waiter.wait()).unwrap();
    }));
    drop(ticket);
    assert!(receiver.recv_timeout(LONG).unwrap().is_ok());
}

#[test]
fn a_fetcher_that_panics_leaves_nobody_waiting() {
    let cache = GrantCache::builder().build();
    let barrier = Barrier::new(THREADS);
    let led = AtomicUsize::new(0);
    let run = |number: usize| {
        let mut begun = cache.begin(&key(0), patient()).unwrap();
        barrier.wait();
        // Who waited for a fetching caller that vanished begins again; the third fetching caller succeeds.
        loop {
            let waiter = match begun {
                Begin::Hit(hit) | Begin::HitAndFetch(hit, _) => return hit.as_str().to_owned(),
                Begin::Wait(waiter) => waiter,
                Begin::Fetch(ticket, waiter) => {
                    let vanishes = led.fetch_add(1, Ordering::SeqCst) < 2;
                    let driven = catch_unwind(AssertUnwindSafe(|| {
                        let ticket = ticket;
                        assert!(!vanishes, "the panic that this test is about");
                        complete(ticket);
                    }));
                    assert_eq!(driven.is_err(), vanishes);
                    waiter
                }
            };
            match wait_somehow(waiter, number) {
                Ok(hit) => return hit.as_str().to_owned(),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Abandoned),
            }
            begun = cache.begin(&key(0), patient()).unwrap();
        }
    };
    let grants: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|number| scope.spawn(move || run(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(grants.iter().all(|grant| grant == "key-0"));
    assert_eq!(led.load(Ordering::SeqCst), 3);
    assert_eq!(cache.stats().in_flight, 0);
}

#[test]
fn handles_follow_their_keys_while_others_evict_empty_and_rotate() {
    let policy = CachePolicy::builder().max_keys(8).build().unwrap();
    let cache = GrantCache::builder().policy(policy).build();
    let barrier = Barrier::new(THREADS);
    let run = |number: usize| {
        let mut handles = HashMap::new();
        barrier.wait();
        for round in 0..2000 {
            let index = (number * 7 + round) % 24;
            match begin_by_handle(&cache, &mut handles, index) {
                Ok(Begin::Fetch(ticket, _) | Begin::HitAndFetch(_, ticket)) => complete(ticket),
                Ok(Begin::Hit(hit)) => assert_eq!(hit.as_str(), format!("key-{index}")),
                Ok(Begin::Wait(waiter)) => {
                    let hit = waiter.wait().unwrap();
                    assert_eq!(hit.as_str(), format!("key-{index}"));
                }
                // All places may be taken by fetches for a moment.
                Err(error) => assert_eq!(error.kind(), ErrorKind::Overloaded),
            }
            match (number, round % 100) {
                (0, 0) => cache.rotate(),
                (1, 0) => cache.purge(),
                (2, _) => drop(cache.invalidate(&key(index))),
                _ => {}
            }
            assert!(cache.stats().keys <= 8 + THREADS);
        }
    };
    thread::scope(|scope| {
        for number in 0..THREADS {
            scope.spawn(move || run(number));
        }
    });
    assert_eq!(cache.stats().in_flight, 0);
    assert!(cache.stats().evictions > 0);
}

/// Begins through the thread's own handle of a key, made when it is first needed.
fn begin_by_handle(
    cache: &GrantCache,
    handles: &mut HashMap<usize, Handle>,
    index: usize,
) -> Result<Begin> {
    if let Some(handle) = handles.get(&index) {
        return handle.begin(patient());
    }
    let handle = cache.handle(&key(index))?;
    let begun = handle.begin(patient());
    handles.insert(index, handle);
    begun
}

#[test]
fn everything_may_move_between_threads() {
    fn is_send<T: Send>() {}
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<GrantCache>();
    is_send_and_sync::<Handle>();
    is_send_and_sync::<Key>();
    is_send_and_sync::<Grant>();
    is_send_and_sync::<Ticket>();
    is_send_and_sync::<Waiter>();
    is_send_and_sync::<Registration>();
    is_send_and_sync::<Stats>();
    is_send_and_sync::<Event>();
    is_send_and_sync::<Error>();
    is_send_and_sync::<Clock>();
    is_send_and_sync::<ManualClock>();
    is_send::<Hit>();
    is_send::<Begin>();
}
