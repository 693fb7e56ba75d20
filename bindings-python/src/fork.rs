//! Values that a forked child makes anew.
//!
//! A lock that another thread of the parent held stays locked in the child for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use arc_swap::ArcSwap;
use pyo3::prelude::*;

static GENERATION: AtomicU32 = AtomicU32::new(0);

/// Called by Python in each forked child.
#[pyfunction]
pub(crate) fn _after_fork() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// The number of forks behind this process. It tells a process from its parent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Generation(u32);

impl Generation {
    /// The generation of this process.
    pub(crate) fn now() -> Self {
        Self(GENERATION.load(Ordering::Relaxed))
    }
}

/// A value with locks in it. A forked child makes a new one, and leaks the old one: dropping that
/// could need its locks.
pub(crate) struct PerProcess<T>(ArcSwap<(Generation, T)>);

impl<T: Default> PerProcess<T> {
    pub(crate) fn new() -> Self {
        Self(ArcSwap::from_pointee((Generation::now(), T::default())))
    }

    /// Runs a function on the value of this process.
    pub(crate) fn with<R>(&self, run: impl FnOnce(&T) -> R) -> R {
        let current = self.0.load();
        let generation = Generation::now();
        if current.0 == generation {
            return run(&current.1);
        }
        let before = self.0.compare_and_swap(&*current, Arc::new((generation, T::default())));
        if Arc::ptr_eq(&before, &current) {
            std::mem::forget(Arc::clone(&current));
        }
        run(&self.0.load().1)
    }
}
