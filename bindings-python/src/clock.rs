//! A clock for tests, and the `clock=` argument.

use grantmint_core::Clock;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use crate::argument::Kind;
use crate::time::{Seconds, Step};

/// A clock that moves only when told to, for tests. Minters and caches take it as clock=.
///
/// Args:
///     wall: The Unix time that it starts with, in seconds.
///
/// Example:
///     >>> clock = ManualClock(1_700_000_000)
///     >>> clock.advance(60)
///     >>> clock.now()[1]
///     1700000060.0
#[pyclass(frozen, module = "grantmint")]
pub(crate) struct ManualClock(grantmint_core::ManualClock);

#[pymethods]
impl ManualClock {
    #[new]
    fn new(wall: Seconds<'_>) -> PyResult<Self> {
        Ok(Self(grantmint_core::ManualClock::new(wall.named("wall")?)))
    }

    /// Lets time pass, in seconds or as a timedelta.
    fn advance(&self, seconds: Seconds<'_>) -> PyResult<()> {
        self.0.advance(seconds.named("seconds")?);
        Ok(())
    }

    /// Acts as if the machine had slept for a time, in seconds or as a timedelta.
    fn suspend(&self, seconds: Seconds<'_>) -> PyResult<()> {
        self.0.suspend(seconds.named("seconds")?);
        Ok(())
    }

    /// Moves the wall clock forward or back, in seconds or by a timedelta. The time since boot
    /// stays.
    fn jump_wall(&self, seconds: Step<'_>) -> PyResult<()> {
        self.0.jump_wall(seconds.named("seconds")?);
        Ok(())
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
        Err(PyTypeError::new_err(
            "a ManualClock belongs to one process and is not pickled: make it in each process",
        ))
    }
}

impl Kind for ManualClock {
    type Value<'a> = Clock;

    const NEEDED: &'static str = "a ManualClock";

    fn convert<'a>(value: Borrowed<'a, 'a, PyAny>, _: &str) -> PyResult<Clock> {
        Ok(Clock::from(&value.cast::<Self>()?.get().0))
    }
}
