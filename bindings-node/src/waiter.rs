//! A place among those who wait for one fetch of a cache.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use grantmint_core::{Error, ErrorKind};
use napi_derive::napi;

use crate::error::{OrThrow as _, Result};
use crate::hit::Hit;
use crate::port::{Desk, Port, lock};

/// The native part of a `Waiter`.
#[napi]
pub struct Waiter {
    waiter: Mutex<Option<grantmint_core::Waiter>>,
}

impl Waiter {
    pub(crate) fn new(waiter: grantmint_core::Waiter) -> Self {
        Self { waiter: Mutex::new(Some(waiter)) }
    }

    fn look(&self, waker: &Waker) -> Result<Option<Hit>> {
        let mut this = lock(&self.waiter);
        let Some(waiter) = this.as_mut() else {
            return Err(Error::new(ErrorKind::Cancelled, "this waiter has been used up"))
                .or_throw();
        };
        let result = match Pin::new(waiter).poll(&mut Context::from_waker(waker)) {
            Poll::Pending => return Ok(None),
            Poll::Ready(result) => result,
        };
        let waiter = this.take();
        drop(this);
        drop(waiter);
        result.or_throw().map(|hit| Some(Hit::from(&hit)))
    }
}

#[napi]
impl Waiter {
    /// The grant, if there is an outcome.
    #[napi(catch_unwind)]
    pub fn try_result(&self) -> Result<Option<Hit>> {
        self.look(Waker::noop())
    }

    /// As `try_result`, and has the port rung under a number when there is an outcome.
    #[napi(catch_unwind)]
    pub fn poll(&self, port: &Port, number: i64) -> Result<Option<Hit>> {
        let rung = Rung { desk: Arc::clone(&port.desk), number };
        self.look(&Waker::from(Arc::new(rung)))
    }

    /// The grant to fall back on, if there is one that keeps the promise.
    #[napi(catch_unwind)]
    pub fn fallback(&self) -> Option<Hit> {
        let hit = lock(&self.waiter).as_ref().and_then(grantmint_core::Waiter::fallback);
        hit.map(|hit| Hit::from(&hit))
    }

    /// Gives up.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        let waiter = lock(&self.waiter).take();
        drop(waiter);
    }
}

/// Rings an environment.
struct Rung {
    desk: Arc<Desk>,
    number: i64,
}

impl Wake for Rung {
    fn wake(self: Arc<Self>) {
        self.desk.ring(self.number);
    }
}
