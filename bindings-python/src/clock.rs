//! A clock for tests.

use grantmint_core::Clock;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::time::{Seconds, Step};

/// A clock that moves only when told to, for tests. Minters and caches take it as clock=.
///
/// Args:
///     wall: The Unix time at which it stands, in seconds.
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct ManualClock(grantmint_core::ManualClock);

#[pymethods]
impl ManualClock {
    #[new]
    fn new(wall: Seconds) -> Self {
        Self(grantmint_core::ManualClock::new(wall.0))
    }

    /// Lets time pass, in seconds or as a timedelta.
    fn advance(&self, seconds: Seconds) {
        self.0.advance(seconds.0);
    }

    /// Puts the machine to sleep for a time, in seconds or as a timedelta, and wakes it.
    fn suspend(&self, seconds: Seconds) {
        self.0.suspend(seconds.0);
    }

    /// Steps the wall clock, forward or back, in seconds or by a timedelta; time since boot stays.
    fn jump_wall(&self, seconds: Step) {
        self.0.jump_wall(seconds.0);
    }

    /// What it shows, in seconds: the time since boot, and the Unix time.
    fn now(&self) -> (f64, f64) {
        let now = self.0.now();
        (now.boot().as_secs_f64(), now.wall().as_secs_f64())
    }

    fn __repr__(&self) -> String {
        format!("ManualClock({})", self.0.now().wall().as_secs_f64())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a ManualClock belongs to one process and is not pickled"))
    }
}

/// The clock of a `clock=` argument.
pub(crate) fn of(clock: Option<&Bound<'_, ManualClock>>) -> Option<Clock> {
    clock.map(|clock| Clock::from(&clock.get().0))
}
