//! A value that is used up by the first call that takes it.

use std::sync::Mutex;

use pyo3::prelude::*;

use crate::lock::lock;

/// A value until it is used up. Any number of threads may try to.
pub(crate) struct OneUse<T>(Mutex<Option<T>>);

impl<T: Send> OneUse<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Mutex::new(Some(value)))
    }

    /// Uses the value up without holding the interpreter or the lock; does nothing if that has been
    /// done.
    pub(crate) fn use_up(&self, py: Python<'_>, run: impl FnOnce(T) + Send) {
        py.detach(|| {
            let value = lock(&self.0).take();
            if let Some(value) = value {
                run(value);
            }
        });
    }

    /// Runs a function on the value without holding the interpreter; returns None if the value has
    /// been used up.
    pub(crate) fn with<R: Send>(
        &self,
        py: Python<'_>,
        run: impl FnOnce(&mut T) -> R + Send,
    ) -> Option<R> {
        py.detach(|| lock(&self.0).as_mut().map(run))
    }
}
