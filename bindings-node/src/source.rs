//! A source of grants that is a function of the host: run in the environment that its minter lives in.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use grantmint_core::{
    AsyncGrantSource, Error, ErrorKind, Fetched, GrantRequest, Origin, SourceTicket,
};
use napi_derive::napi;

use crate::error::{Result, to_core};
use crate::port::{Desk, Duty, lock};
use crate::time::{from_seconds, to_ms};

/// Core's side of a function: called on the library's threads, which leave the duty to fetch with the
/// environment.
pub(crate) struct HostSource {
    /// What JavaScript calls the function.
    pub(crate) number: i64,
    pub(crate) desk: Arc<Desk>,
}

impl AsyncGrantSource for HostSource {
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
        let held = Held { source: self.number, request: request.clone(), ticket };
        self.desk.offer(held);
    }
}

/// A duty to fetch that nobody has taken over yet.
pub(crate) struct Held {
    source: i64,
    request: GrantRequest,
    ticket: SourceTicket,
}

/// A ticket until it is brought to an end.
struct Open(Mutex<Option<SourceTicket>>);

impl Duty for Open {
    fn give_up(&self) {
        let ticket = lock(&self.0).take();
        drop(ticket);
    }
}

/// A duty to fetch as JavaScript holds it. One that is dropped ends without an outcome, and others
/// begin again.
#[napi]
pub struct Job {
    source: i64,
    request: GrantRequest,
    timeout: Duration,
    is_refresh: bool,
    open: Arc<Open>,
}

impl Job {
    pub(crate) fn new(held: Held) -> Self {
        let Held { source, request, ticket } = held;
        let (timeout, is_refresh) = (ticket.timeout(), ticket.is_refresh());
        let open = Arc::new(Open(Mutex::new(Some(ticket))));
        Self { source, request, timeout, is_refresh, open }
    }

    pub(crate) fn duty(&self) -> &Arc<impl Duty + use<>> {
        &self.open
    }
}

#[napi]
impl Job {
    /// What JavaScript calls the function to run.
    #[napi(catch_unwind, getter)]
    pub fn source(&self) -> i64 {
        self.source
    }

    /// The stream.
    #[napi(catch_unwind, getter)]
    pub fn streamer(&self) -> String {
        self.request.streamer().to_string()
    }

    /// The life to ask for, in seconds.
    #[napi(catch_unwind, getter)]
    pub fn ttl(&self) -> u32 {
        self.request.ttl()
    }

    /// The origin to allow; any if none.
    #[napi(catch_unwind, getter)]
    pub fn origin(&self) -> Option<String> {
        self.request.origin().map(Origin::to_string)
    }

    /// How long the fetch has.
    #[napi(catch_unwind, getter)]
    pub fn timeout_ms(&self) -> f64 {
        to_ms(self.timeout)
    }

    /// Whether nobody waits for it.
    #[napi(catch_unwind, getter)]
    pub fn is_refresh(&self) -> bool {
        self.is_refresh
    }

    /// Ends the fetch with a grant, as JSON, or with the error of what is none. Throws, and ends
    /// nothing, if its life is no time.
    #[napi(catch_unwind)]
    pub fn complete(&self, grant: String, ttl: Option<f64>) -> Result<()> {
        let ttl = ttl.map(from_seconds).transpose()?;
        self.end(|ticket| match Fetched::new(grant) {
            Ok(fetched) => ticket.complete(match ttl {
                Some(ttl) => fetched.with_ttl(ttl),
                None => fetched,
            }),
            Err(error) => ticket.fail(error),
        });
        Ok(())
    }

    /// Ends the fetch because the function threw; others learn the class.
    #[napi(catch_unwind)]
    pub fn fail(&self, class: String) {
        let message = format!("the source of grants threw {class}");
        self.end(|ticket| ticket.fail(Error::new(ErrorKind::SourceFailed, message)));
    }

    /// Ends the fetch because the service behind the function limits requests.
    #[napi(catch_unwind)]
    pub fn throttle(&self, retry_after_ms: Option<f64>) -> Result<()> {
        let message = "the source of grants is throttled".to_owned();
        let error = to_core(ErrorKind::Throttled.code(), message, retry_after_ms)?;
        self.end(|ticket| ticket.fail(error));
        Ok(())
    }

    /// Ends the fetch without an outcome.
    #[napi(catch_unwind)]
    pub fn abandon(&self) {
        self.open.give_up();
    }

    fn end(&self, end: impl FnOnce(SourceTicket)) {
        let ticket = lock(&self.open.0).take();
        if let Some(ticket) = ticket {
            end(ticket);
        }
    }
}
