//! The duty to fetch one grant of a cache.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use grantmint_core::{Error, ErrorKind, Grant, Start};
use napi_derive::napi;

use crate::error::{OrThrow as _, Result, to_core};
use crate::port::{Duty, lock};
use crate::time::{from_seconds, to_ms};

/// A ticket until it is brought to an end.
struct Open(Mutex<Option<grantmint_core::Ticket>>);

impl Duty for Open {
    fn give_up(&self) {
        let ticket = lock(&self.0).take();
        drop(ticket);
    }
}

/// The native part of a `Ticket`. One that is dropped ends its fetch without an outcome.
#[napi]
pub struct Ticket {
    key: String,
    ttl: Duration,
    is_refresh: bool,
    open: Arc<Open>,
}

impl Ticket {
    pub(crate) fn new(ticket: grantmint_core::Ticket) -> Self {
        Self {
            key: ticket.key().text().to_owned(),
            ttl: ticket.key().ttl(),
            is_refresh: ticket.is_refresh(),
            open: Arc::new(Open(Mutex::new(Some(ticket)))),
        }
    }

    pub(crate) fn duty(&self) -> &Arc<impl Duty + use<>> {
        &self.open
    }
}

/// Whether a request may be sent.
#[napi(object, object_from_js = false)]
pub struct Started {
    /// Whether it may be sent now.
    pub go: bool,
    /// How long it has if it may; else after what time to ask again.
    pub ms: f64,
}

#[napi]
impl Ticket {
    /// The key whose grant is wanted.
    #[napi(catch_unwind, getter)]
    pub fn key(&self) -> String {
        self.key.clone()
    }

    /// The life to ask for, in seconds.
    #[napi(catch_unwind, getter)]
    pub fn ttl(&self) -> f64 {
        self.ttl.as_secs_f64()
    }

    /// Whether a grant that is still good is being replaced.
    #[napi(catch_unwind, getter)]
    pub fn is_refresh(&self) -> bool {
        self.is_refresh
    }

    /// Asks whether the request may be sent.
    #[napi(catch_unwind)]
    pub fn start(&self) -> Result<Started> {
        let start = lock(&self.open.0).as_mut().map(grantmint_core::Ticket::start);
        match start {
            Some(Start::Go(time)) => Ok(Started { go: true, ms: to_ms(time) }),
            Some(Start::Later(time)) => Ok(Started { go: false, ms: to_ms(time) }),
            Some(Start::Refused(error)) => Err(error).or_throw(),
            None => Err(Error::new(ErrorKind::Abandoned, "this fetch has ended")).or_throw(),
        }
    }

    /// Ends the fetch with a grant.
    #[napi(catch_unwind)]
    pub fn complete(&self, grant: String, ttl: Option<f64>) -> Result<()> {
        let life = ttl.map_or(Ok(self.ttl), from_seconds)?;
        let ticket = lock(&self.open.0).take();
        if let Some(ticket) = ticket {
            ticket.complete(Grant::new(grant), life);
        }
        Ok(())
    }

    /// Ends the fetch with an error for all who wait.
    #[napi(catch_unwind)]
    pub fn fail(&self, code: String, message: String, retry_after_ms: Option<f64>) -> Result<()> {
        let error = to_core(&code, message, retry_after_ms)?;
        let ticket = lock(&self.open.0).take();
        if let Some(ticket) = ticket {
            ticket.fail(error);
        }
        Ok(())
    }

    /// Ends the fetch without an outcome.
    #[napi(catch_unwind)]
    pub fn abandon(&self) {
        self.open.give_up();
    }
}
