//! A ticket of a cache: whoever holds it fetches one grant for all who wait for it.

use std::sync::Arc;
use std::time::Duration;

use grantmint_core::{Error, ErrorKind, Grant, Start};
use napi_derive::napi;

use crate::answer::lifetime;
use crate::error::{OrThrow as _, Result};
use crate::fetch_error::fetch_error;
use crate::inbox::Inbox;
use crate::js_number::to_ms;
use crate::open_fetch::{Abandon as _, OpenFetch};

/// The native part of a `Ticket`. If it is dropped, its fetch ends without an outcome.
#[napi]
pub struct Ticket {
    key: String,
    ttl: Duration,
    is_refresh: bool,
    fetch: Arc<OpenFetch<grantmint_core::Ticket>>,
}

impl Ticket {
    /// A ticket that is abandoned when the inbox's environment ends.
    pub(crate) fn new(ticket: grantmint_core::Ticket, inbox: &Inbox) -> Self {
        let (key, is_refresh) = (ticket.key().text().to_owned(), ticket.is_refresh());
        let ttl = ticket.key().ttl();
        let fetch = Arc::new(OpenFetch::new(ticket));
        inbox.watch(&fetch);
        Self { key, ttl, is_refresh, fetch }
    }
}

/// Whether a request may be sent.
#[napi(object, object_from_js = false)]
pub struct Started {
    /// Whether it may be sent now.
    pub go: bool,
    /// If it may: how long it has. If not: after what time to ask again.
    pub ms: f64,
    /// Whether it is not needed, as another process of the fleet had what it asks for.
    pub served: bool,
}

impl Started {
    fn unserved(go: bool, time: Duration) -> Self {
        Self { go, ms: to_ms(time), served: false }
    }
}

#[napi]
impl Ticket {
    /// The key whose grant is wanted.
    #[napi(catch_unwind, getter)]
    pub fn key(&self) -> String {
        self.key.clone()
    }

    /// The lifetime to ask for, in seconds.
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
        match self.fetch.with(grantmint_core::Ticket::start) {
            Some(Start::Go(time)) => Ok(Started::unserved(true, time)),
            Some(Start::Later(time)) => Ok(Started::unserved(false, time)),
            Some(Start::Served) => Ok(Started { go: false, ms: 0.0, served: true }),
            Some(Start::Refused(error)) => Err(error).or_throw(),
            None => Err(Error::new(ErrorKind::Abandoned, "this fetch has ended")).or_throw(),
        }
    }

    /// Ends the fetch with a grant, unless its lifetime is refused.
    #[napi(catch_unwind)]
    pub fn complete(&self, grant: String, ttl: Option<f64>) -> Result<()> {
        let grant = Grant::new(grant);
        let lifetime = lifetime(ttl, self.ttl)?.unwrap_or(self.ttl);
        if let Some(ticket) = self.fetch.take() {
            ticket.complete(grant, lifetime);
        }
        Ok(())
    }

    /// Ends the fetch with an error for all who wait.
    #[napi(catch_unwind)]
    pub fn fail(&self, code: String, message: String, retry_after_ms: Option<f64>) -> Result<()> {
        let error = fetch_error(&code, message, retry_after_ms)?;
        if let Some(ticket) = self.fetch.take() {
            ticket.fail(error);
        }
        Ok(())
    }

    /// Ends the fetch without an outcome.
    #[napi(catch_unwind)]
    pub fn abandon(&self) {
        self.fetch.abandon();
    }
}
