//! The one kind of lock here.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, whatever became of those who did before: each state behind these locks is whole at every
/// step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
