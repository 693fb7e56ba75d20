//! A clock for tests, and the `clock=` argument.

use grantmint_core::Clock;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::time::{Seconds, Step};

/// A clock that moves only when told to, for tests. Minters and caches take it as clock=.
///
/// Args:
///     wall: The Unix time that it starts with, in seconds.
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

    /// Acts as if the machine had slept for a time, in seconds or as a timedelta.
    fn suspend(&self, seconds: Seconds) {
        self.0.suspend(seconds.0);
    }

    /// Moves the wall clock forward or back, in seconds or by a timedelta. The time since boot
    /// stays.
    fn jump_wall(&self, seconds: Step) {
        self.0.jump_wall(seconds.0);
    }

    /// The time since boot and the Unix time, both in seconds.
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
