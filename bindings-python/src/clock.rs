//! A clock for tests.

use std::time::Duration;

use grantmint_core::Clock;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::time::Seconds;

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

    /// Steps the wall clock, forward or back, in seconds; time since boot stays.
    fn jump_wall(&self, seconds: f64) {
        self.0.jump_wall(seconds);
    }

    /// The Unix time that it shows, in seconds.
    #[getter]
    fn wall(&self) -> f64 {
        self.0.now().wall().as_secs_f64()
    }

    /// The time since boot that it shows, in seconds.
    #[getter]
    fn boot(&self) -> f64 {
        self.0.now().boot().as_secs_f64()
    }

    fn __repr__(&self) -> String {
        let now = self.0.now();
        let seconds = |time: Duration| time.as_secs_f64();
        format!("ManualClock(wall={}, boot={})", seconds(now.wall()), seconds(now.boot()))
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a ManualClock belongs to one process and is not pickled"))
    }
}

/// The clock of a `clock=` argument.
pub(crate) fn of(clock: Option<&Bound<'_, ManualClock>>) -> Option<Clock> {
    clock.map(|clock| Clock::from(&clock.get().0))
}
