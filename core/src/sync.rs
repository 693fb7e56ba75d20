//! The locks of the whole crate.
//!
//! On targets that fork they are the standard library's. `parking_lot` keeps one process-wide table
//! of parked threads; a child that was forked while another thread held a part of that table can
//! hang on a lock it made itself. A standard lock is one word of its own, so a new one is always
//! sound in a child. Where nothing forks, and under ThreadSanitizer (which sees through
//! `parking_lot` but not through the uninstrumented standard library), `parking_lot` serves.
//! Under shuttle both are replaced by locks whose every step is scheduled.
//!
//! Poison is ignored on purpose: no invariant here is broken half-way. Every state behind these
//! locks is replaced as a whole, and no foreign code runs while one is held.

use std::time::Duration;

#[cfg(shuttle)]
use shuttle::sync as imp;
#[cfg(all(unix, not(grantmint_tsan), not(shuttle)))]
use std::sync as imp;

#[cfg(any(shuttle, all(unix, not(grantmint_tsan))))]
mod chosen {
    use std::sync::PoisonError;

    use super::{Duration, imp};

    pub(crate) use imp::MutexGuard;

    /// A lock that a panic does not poison.
    #[derive(Default)]
    pub(crate) struct Mutex<T>(imp::Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) fn new(value: T) -> Self {
            Self(imp::Mutex::new(value))
        }

        pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// The value of a lock that nobody else can have, without taking it.
        pub(crate) fn get_mut(&mut self) -> &mut T {
            self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
        }
    }

    /// A condition to wait for with a [`Mutex`].
    #[derive(Default)]
    pub(crate) struct Condvar(imp::Condvar);

    impl Condvar {
        /// Waits until notified or for a time; may wake for no reason.
        pub(crate) fn wait_for<'a, T>(
            &self,
            guard: MutexGuard<'a, T>,
            time: Duration,
        ) -> MutexGuard<'a, T> {
            let waited = self.0.wait_timeout(guard, time);
            waited.map_or_else(|poisoned| poisoned.into_inner().0, |(guard, _)| guard)
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }

        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }
    }
}

#[cfg(not(any(shuttle, all(unix, not(grantmint_tsan)))))]
mod chosen {
    use super::Duration;

    pub(crate) use parking_lot::{Mutex, MutexGuard};

    /// A condition to wait for with a [`Mutex`].
    #[derive(Default)]
    pub(crate) struct Condvar(parking_lot::Condvar);

    impl Condvar {
        /// Waits until notified or for a time; may wake for no reason.
        pub(crate) fn wait_for<'a, T>(
            &self,
            mut guard: MutexGuard<'a, T>,
            time: Duration,
        ) -> MutexGuard<'a, T> {
            self.0.wait_for(&mut guard, time);
            guard
        }

        pub(crate) fn notify_all(&self) {
            self.0.notify_all();
        }

        pub(crate) fn notify_one(&self) {
            self.0.notify_one();
        }
    }
}

pub(crate) use chosen::{Condvar, Mutex, MutexGuard};

/// Under shuttle other threads may run here. It sees locks only, so this stands where something is
/// read or written without one and another thread's step in between matters.
#[inline]
pub(crate) fn step() {
    // Time does not pass there; unlike to yield, this takes no priority from the thread.
    #[cfg(shuttle)]
    shuttle::thread::sleep(Duration::ZERO);
}
