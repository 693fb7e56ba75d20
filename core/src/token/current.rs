//! What is prepared for the present second, shared by all threads without a lock.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};

use super::front::Front;
use crate::clock::Clock;
use crate::error::Result;

/// Something prepared for one second.
pub(crate) trait Stamped {
    fn front(&self) -> &Front;
}

/// A clock, and what is prepared for the second that it shows.
pub(crate) struct Current<S> {
    clock: Clock,
    stamped: ArcSwap<S>,
}

impl<S: Stamped> Current<S> {
    pub(crate) fn new(clock: Clock, stamped: S) -> Self {
        Self { clock, stamped: ArcSwap::from_pointee(stamped) }
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What is prepared, for whichever second.
    #[inline]
    pub(crate) fn load(&self) -> Guard<Arc<S>> {
        self.stamped.load()
    }

    /// What is prepared for the present second, if need be by `stamp`.
    #[inline]
    pub(crate) fn get(&self, stamp: impl FnOnce(u64) -> Result<S>) -> Result<Guard<Arc<S>>> {
        let now = self.clock.unix_seconds();
        let current = self.stamped.load();
        if current.front().second() == now { Ok(current) } else { self.renew(&current, now, stamp) }
    }

    /// Prepares another second and publishes it for all threads, unless they are ahead of this one: two
    /// threads must not take turns at undoing each other's work.
    #[cold]
    fn renew(
        &self,
        current: &Arc<S>,
        now: u64,
        stamp: impl FnOnce(u64) -> Result<S>,
    ) -> Result<Guard<Arc<S>>> {
        let fresh = Arc::new(stamp(now)?);
        if !current.front().is_ahead_of(now) {
            self.stamped.compare_and_swap(current, Arc::clone(&fresh));
        }
        Ok(Guard::from_inner(fresh))
    }
}

impl<S: Stamped> Clone for Current<S> {
    fn clone(&self) -> Self {
        Self { clock: self.clock.clone(), stamped: ArcSwap::new(self.stamped.load_full()) }
    }
}
