//! Locks a mutex whether or not a thread panicked while it held it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, and ignores poisoning: what these mutexes guard is valid after each single change.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
