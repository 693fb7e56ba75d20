//! The end of a fetch against everything that the waiters for it can do.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};

use grantmint_core::{Begin, Waiter};
use shuttle::thread;

use crate::support::{End, begin, cache, explore, fetch, join, key, wait_somehow};

#[test]
fn however_it_ends_and_however_they_wait_all_are_told() {
    explore(|| {
        let end = End::any();
        let (cache, _clock) = cache();
        let key = key("stream");
        let (ticket, first) = fetch(&cache, &key);
        let waiters = [first, join(&cache, &key), join(&cache, &key), join(&cache, &key)];
        thread::scope(|scope| {
            scope.spawn(move || end.come(ticket));
            for (way, waiter) in waiters.into_iter().enumerate() {
                scope.spawn(move || end.check(&wait_somehow(waiter, way)));
            }
        });
    });
}

#[test]
fn a_callback_is_called_once_unless_it_was_taken_back() {
    explore(|| {
        let end = End::any();
        let (cache, _clock) = cache();
        let (ticket, waiter) = fetch(&cache, &key("stream"));
        let calls = Arc::new(AtomicUsize::new(0));
        let taken_back = thread::scope(|scope| {
            scope.spawn(move || end.come(ticket));
            let calls = Arc::clone(&calls);
            let call = move |_| {
                calls.fetch_add(1, Ordering::Relaxed);
            };
            waiter.on_ready(call).cancel()
        });
        assert_eq!(calls.load(Ordering::Relaxed), usize::from(!taken_back));
    });
}

#[test]
fn a_callback_may_ask_the_cache_and_wait_for_others() {
    explore(|| {
        let (cache, _clock) = cache();
        let key = key("stream");
        let (ticket, waiter) = fetch(&cache, &key);
        let hits = Arc::new(AtomicUsize::new(0));
        thread::scope(|scope| {
            scope.spawn(|| End::Completed.come(ticket));
            scope.spawn(|| {
                let (cache, key, hits) = (cache.clone(), key.clone(), Arc::clone(&hits));
                drop(waiter.on_ready(move |_| {
                    // A panic here would be contained, so the hit is counted.
                    if let Ok(Begin::Hit(_)) = begin(&cache, &key) {
                        hits.fetch_add(1, Ordering::Relaxed);
                    }
                }));
            });
        });
        assert_eq!(hits.load(Ordering::Relaxed), 1);
    });
}

/// Counts how often its task is woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_future_that_is_dropped_leaves_no_waker_behind() {
    explore(|| {
        let (cache, _clock) = cache();
        let key = key("stream");
        let (ticket, first) = fetch(&cache, &key);
        let woken = Arc::new(Woken::default());
        thread::scope(|scope| {
            for waiter in [first, join(&cache, &key)] {
                scope.spawn(|| poll_twice_and_drop(waiter, &woken));
            }
        });
        assert_eq!(Arc::strong_count(&woken), 1);
        End::any().come(ticket);
        assert_eq!(woken.0.load(Ordering::Relaxed), 0);
    });
}

#[test]
fn a_future_that_is_dropped_at_the_end_is_woken_at_most_once() {
    explore(|| {
        let end = End::any();
        let (cache, _clock) = cache();
        let (ticket, waiter) = fetch(&cache, &key("stream"));
        let woken = Arc::new(Woken::default());
        thread::scope(|scope| {
            scope.spawn(move || end.come(ticket));
            poll_twice_and_drop(waiter, &woken);
        });
        assert_eq!(Arc::strong_count(&woken), 1);
        assert!(woken.0.load(Ordering::Relaxed) <= 1);
    });
}

fn poll_twice_and_drop(mut waiter: Waiter, woken: &Arc<Woken>) {
    let waker = Waker::from(Arc::clone(woken));
    for _ in 0..2 {
        let _ = Pin::new(&mut waiter).poll(&mut Context::from_waker(&waker));
    }
}
