//! A waiter: one caller that waits for a fetch of a cache.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use grantmint_core::{Error, ErrorKind};
use napi_derive::napi;

use crate::error::{OrThrow as _, Result};
use crate::hit::Hit;
use crate::inbox::WakeCall;
use crate::lock::lock;
use crate::port::Port;

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

    /// As `try_result`, and wakes the call of this number when there is an outcome.
    #[napi(catch_unwind)]
    pub fn poll(&self, port: &Port, number: i64) -> Result<Option<Hit>> {
        let wake = WakeCall { inbox: Arc::clone(&port.inbox), number };
        self.look(&Waker::from(Arc::new(wake)))
    }

    /// The grant that is in the cache, if it has the remaining lifetime that the caller asked for.
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
