//! A fetch that a source of users has to run.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use grantmint_core::{Error, ErrorKind, Fetched, GrantRequest, Origin, SourceTicket};
use napi_derive::napi;

use crate::answer::lifetime;
use crate::error::Result;
use crate::fetch_error::fetch_error;
use crate::inbox::{Inbox, QueuedJob};
use crate::js_number::to_ms;
use crate::open_fetch::{Abandon as _, OpenFetch};

/// A job that JavaScript has taken over. If it is dropped, its fetch ends without an outcome, and those who
/// wait begin again.
#[napi]
pub struct Job {
    number: i64,
    source: i64,
    request: GrantRequest,
    fetch: Arc<OpenFetch<SourceTicket>>,
}

impl Job {
    /// Takes over a job that was left in an inbox. It is abandoned when the inbox's environment ends.
    pub(crate) fn new(job: QueuedJob, inbox: &Inbox) -> Self {
        let QueuedJob { source, request, ticket } = job;
        let fetch = Arc::new(OpenFetch::new(ticket));
        inbox.watch(&fetch);
        Self { number: next_number(), source, request, fetch }
    }
}

/// One for all environments of the process: the waiters of one fetch may be in several.
fn next_number() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[napi]
impl Job {
    /// Its own number, which the error carries that it ends with.
    #[napi(catch_unwind, getter)]
    pub fn number(&self) -> i64 {
        self.number
    }

    /// The number of the function to run.
    #[napi(catch_unwind, getter)]
    pub fn source(&self) -> i64 {
        self.source
    }

    /// The stream.
    #[napi(catch_unwind, getter)]
    pub fn streamer(&self) -> String {
        self.request.streamer().to_string()
    }

    /// The lifetime to ask for, in seconds.
    #[napi(catch_unwind, getter)]
    pub fn ttl(&self) -> u32 {
        self.request.ttl()
    }

    /// The origin to allow; any if none.
    #[napi(catch_unwind, getter)]
    pub fn origin(&self) -> Option<String> {
        self.request.origin().map(Origin::to_string)
    }

    /// Has the request count as sent now, right before the function is called: how long it has. None if it may not
    /// be sent: the fetch is over.
    #[napi(catch_unwind)]
    pub fn start(&self) -> Option<f64> {
        self.fetch.with(SourceTicket::start).flatten().map(to_ms)
    }

    /// Ends the fetch with a grant in JSON, or with an error if it is not a grant; unless its lifetime is
    /// refused.
    #[napi(catch_unwind)]
    pub fn complete(&self, grant: String, ttl: Option<f64>) -> Result<()> {
        let grant = Fetched::new(grant);
        let ttl = lifetime(ttl, Duration::from_secs(self.request.ttl().into()))?;
        self.end(|ticket| match grant {
            Ok(fetched) => ticket.complete(match ttl {
                Some(ttl) => fetched.with_ttl(ttl),
                None => fetched,
            }),
            Err(error) => ticket.fail(error),
        });
        Ok(())
    }

    /// Ends the fetch because the function threw something, or returned what is no grant.
    #[napi(catch_unwind)]
    pub fn fail(&self, message: String) {
        let error = Error::new(ErrorKind::SourceFailed, message);
        self.end(|ticket| ticket.fail(error.with_mark(self.number.unsigned_abs())));
    }

    /// Ends the fetch because the service behind the function limits requests.
    #[napi(catch_unwind)]
    pub fn throttle(&self, retry_after_ms: Option<f64>) -> Result<()> {
        let message = "the source of grants is throttled".to_owned();
        let error = fetch_error(ErrorKind::Throttled.code(), message, retry_after_ms)?;
        self.end(|ticket| ticket.fail(error));
        Ok(())
    }

    /// Ends the fetch without an outcome.
    #[napi(catch_unwind)]
    pub fn abandon(&self) {
        self.fetch.abandon();
    }

    fn end(&self, end: impl FnOnce(SourceTicket)) {
        if let Some(ticket) = self.fetch.take() {
            end(ticket);
        }
    }
}
