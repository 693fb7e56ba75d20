//! An outcome that comes once and that many wait for: by blocking, by a callback or as tasks.

use std::collections::BTreeMap;
use std::task::Waker;
use std::time::Duration;

use crate::sync::{Condvar, Mutex};
use crate::thread::contained;

/// An outcome that comes once, and the waiters for it.
pub(crate) struct Completion<T> {
    state: Mutex<State<T>>,
    completed: Condvar,
}

struct State<T> {
    outcome: Option<T>,
    /// Those to be told, in the order in which they subscribed.
    subscribers: BTreeMap<Subscription, Wake>,
    next: Subscription,
}

/// The number of a subscriber.
pub(crate) type Subscription = u64;

/// How a subscriber is told that the outcome is there.
pub(crate) enum Wake {
    Callback(Box<dyn FnOnce() + Send>),
    Task(Waker),
}

impl<T> Default for Completion<T> {
    fn default() -> Self {
        let state = State { outcome: None, subscribers: BTreeMap::new(), next: 0 };
        Self { state: Mutex::new(state), completed: Condvar::default() }
    }
}

impl<T: Clone> Completion<T> {
    /// The outcome, once there is one.
    pub(crate) fn outcome(&self) -> Option<T> {
        self.state.lock().outcome.clone()
    }

    /// Blocks until the outcome is there or for a time; may return early.
    pub(crate) fn wait(&self, time: Duration) {
        let state = self.state.lock();
        if state.outcome.is_none() {
            drop(self.completed.wait_for(state, time));
        }
    }

    /// Has a subscriber told of the outcome; gives the wake back if that is there already.
    pub(crate) fn subscribe(&self, wake: Wake) -> Result<Subscription, Wake> {
        let mut state = self.state.lock();
        if state.outcome.is_some() {
            return Err(wake);
        }
        let subscription = state.next;
        state.next += 1;
        state.subscribers.insert(subscription, wake);
        Ok(subscription)
    }

    /// Takes another waker for a task that has subscribed; false if the outcome is there.
    pub(crate) fn set_waker(&self, subscription: Subscription, waker: &Waker) -> bool {
        // A waker may do anything when it is cloned or dropped, so not under the lock.
        let mut new = waker.clone();
        let mut state = self.state.lock();
        let Some(Wake::Task(old)) = state.subscribers.get_mut(&subscription) else {
            return false;
        };
        std::mem::swap(old, &mut new);
        drop(state);
        true
    }

    /// Removes a subscriber; false if the outcome came first.
    pub(crate) fn unsubscribe(&self, subscription: Subscription) -> bool {
        let mut state = self.state.lock();
        let removed = state.subscribers.remove(&subscription);
        // What a callback owns may do anything when dropped, so not under the lock.
        drop(state);
        removed.is_some()
    }

    /// Sets the outcome and tells everybody; only the first outcome counts. No lock is held while
    /// callbacks run, and a callback that panics does not keep the others from being told.
    pub(crate) fn complete(&self, outcome: T) {
        let mut state = self.state.lock();
        if state.outcome.is_some() {
            return;
        }
        state.outcome = Some(outcome);
        let subscribers = std::mem::take(&mut state.subscribers);
        drop(state);
        self.completed.notify_all();
        for wake in subscribers.into_values() {
            contained(|| match wake {
                Wake::Callback(callback) => callback(),
                Wake::Task(waker) => waker.wake(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn counting(calls: &Arc<AtomicUsize>) -> Wake {
        let calls = Arc::clone(calls);
        Wake::Callback(Box::new(move || {
            calls.fetch_add(1, Ordering::Relaxed);
        }))
    }

    fn subscribe(completion: &Completion<()>, wake: Wake) -> Subscription {
        completion.subscribe(wake).ok().expect("there is no outcome yet")
    }

    #[test]
    fn who_leaves_leaves_nothing_behind() {
        let (completion, calls) = (Completion::default(), Arc::new(AtomicUsize::new(0)));
        let all: Vec<_> = (0..1000).map(|_| subscribe(&completion, counting(&calls))).collect();
        assert!(all.into_iter().all(|one| completion.unsubscribe(one)));
        assert_eq!(completion.state.lock().subscribers.len(), 0);
        assert_eq!(Arc::strong_count(&calls), 1, "no callback is kept");
        completion.complete(());
        assert_eq!(calls.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_callback_that_panics_keeps_nobody_from_being_told() {
        let (completion, calls) = (Completion::default(), Arc::new(AtomicUsize::new(0)));
        subscribe(&completion, counting(&calls));
        subscribe(&completion, Wake::Callback(Box::new(|| panic!("in a callback, on purpose"))));
        subscribe(&completion, counting(&calls));
        completion.complete(());
        completion.complete(());
        assert_eq!(calls.load(Ordering::Relaxed), 2);
        assert!(completion.subscribe(counting(&calls)).is_err(), "the outcome is there");
    }
}
