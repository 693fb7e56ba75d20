//! A clock for tests.

use grantmint_core::Clock;
use napi_derive::napi;

use crate::argument::from_seconds;

/// The native part of a `ManualClock`.
#[napi]
pub struct ManualClock {
    clock: grantmint_core::ManualClock,
}

#[napi]
impl ManualClock {
    /// A clock that stands still at a Unix time.
    #[napi(catch_unwind, factory)]
    pub fn at(wall: f64) -> Self {
        Self { clock: grantmint_core::ManualClock::new(from_seconds(wall)) }
    }

    /// Lets time pass.
    #[napi(catch_unwind)]
    pub fn advance(&self, seconds: f64) {
        self.clock.advance(from_seconds(seconds));
    }

    /// Puts the machine to sleep for a time.
    #[napi(catch_unwind)]
    pub fn suspend(&self, seconds: f64) {
        self.clock.suspend(from_seconds(seconds));
    }

    /// Steps the wall clock.
    #[napi(catch_unwind)]
    pub fn jump_wall(&self, seconds: f64) {
        self.clock.jump_wall(seconds);
    }

    /// Time since boot, in seconds.
    #[napi(catch_unwind, getter)]
    pub fn boot(&self) -> f64 {
        self.clock.now().boot().as_secs_f64()
    }

    /// Unix time, in seconds.
    #[napi(catch_unwind, getter)]
    pub fn wall(&self) -> f64 {
        self.clock.now().wall().as_secs_f64()
    }
}

/// The clock of a `clock` option.
pub(crate) fn of(clock: Option<&ManualClock>) -> Clock {
    clock.map_or_else(Clock::system, |clock| Clock::from(&clock.clock))
}
