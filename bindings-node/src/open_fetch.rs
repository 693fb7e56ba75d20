//! A fetch that JavaScript has taken over and has not ended yet.

use std::sync::Mutex;

use crate::lock::lock;

/// Core's ticket for the fetch, until the fetch ends.
pub(crate) struct OpenFetch<T>(Mutex<Option<T>>);

impl<T> OpenFetch<T> {
    pub(crate) fn new(ticket: T) -> Self {
        Self(Mutex::new(Some(ticket)))
    }

    /// The ticket, for whoever ends the fetch; none if it has ended.
    pub(crate) fn take(&self) -> Option<T> {
        lock(&self.0).take()
    }

    /// What a function makes of the ticket, which stays; none if the fetch has ended.
    pub(crate) fn with<R>(&self, run: impl FnOnce(&mut T) -> R) -> Option<R> {
        lock(&self.0).as_mut().map(run)
    }
}

/// A fetch that can be abandoned: it ends without an outcome, and the waiters for it begin again.
pub(crate) trait Abandon: Send + Sync {
    fn abandon(&self);
}

impl<T: Send> Abandon for OpenFetch<T> {
    fn abandon(&self) {
        // The lock is released before the ticket is dropped.
        drop(self.take());
    }
}
