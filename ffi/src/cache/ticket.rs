//! The ticket: the task of fetching one grant.

use std::time::Duration;

use grantmint_core::{
    Error, Fetched, Grant, Result, SourceTicket, Start, Ticket, answer_grant, answer_ttl,
};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::panic::or_empty;
use crate::status::{grantmint_status_t, kind_of};
use crate::str::grantmint_str_t;
use crate::time;

/// The task of fetching one grant, for all callers that wait for it. Whoever has the ticket does
/// the fetch and ends it with `grantmint_ticket_complete` or `grantmint_ticket_fail`, at once or
/// later, from any thread. If the ticket is freed instead, the fetch ends as `abandoned`. If
/// nothing is done with it, the fetch ends by itself when its time is over.
pub struct grantmint_ticket_t(Fetch);

class!(grantmint_ticket_t);

enum Fetch {
    /// For a cache: the grant is any text.
    Cache(Ticket),
    /// For a playback minter's source: the grant is a JSON object.
    Source(SourceTicket),
}

impl grantmint_ticket_t {
    pub(crate) fn of_cache(ticket: Ticket) -> Self {
        Self(Fetch::Cache(ticket))
    }

    pub(crate) fn of_source(ticket: SourceTicket) -> Self {
        Self(Fetch::Source(ticket))
    }
}

/// Whether the request of a ticket may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_start_t {
    /// No: the fetch has ended with the status that the call returned.
    GRANTMINT_START_REFUSED = 0,
    /// Yes, now.
    GRANTMINT_START_GO = 1,
    /// Not yet: the account's rate limit is used up, or another process of the fleet is fetching the
    /// grant. Ask again later.
    GRANTMINT_START_LATER = 2,
    /// No, it is not needed: the fetch has ended with a grant that another process of the fleet has
    /// fetched.
    GRANTMINT_START_SERVED = 3,
}

/// Asks whether the request may be sent. Call it right before sending: the lifetime of the grant counts
/// from here. For a ticket of a playback minter's source the library has asked already.
///
/// `*start`: the answer. `*ms`: how many milliseconds the fetch may take, or after how many to ask
/// again; else 0. The ticket stays the caller's, even if refused or served: free it. A cache with a
/// `fleet` shares only what was fetched after `GRANTMINT_START_GO`.
///
/// Statuses: if refused, the reason: `throttled`, `overloaded`, or the cached error of the last
/// attempt.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ticket_start(
    ticket: *mut grantmint_ticket_t,
    start: *mut grantmint_start_t,
    ms: *mut u32,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (start, ms, ticket) = unsafe {
            (
                output::value(start, grantmint_start_t::GRANTMINT_START_REFUSED, "start")?,
                output::value(ms, 0, "ms")?,
                handle::exclusive(ticket, "ticket")?,
            )
        };
        let answer = match &mut ticket.0 {
            Fetch::Cache(ticket) => ticket.start(),
            Fetch::Source(ticket) => Start::Go(ticket.timeout()),
        };
        (*start, *ms) = match answer {
            Start::Go(time) => (grantmint_start_t::GRANTMINT_START_GO, time::left_ms(time)),
            Start::Later(time) => (grantmint_start_t::GRANTMINT_START_LATER, time::wait_ms(time)),
            Start::Served => (grantmint_start_t::GRANTMINT_START_SERVED, 0),
            Start::Refused(error) => return Err(error),
        };
        Ok(())
    })
}

/// Whether the fetch refreshes a grant that is still good, so that no caller waits for it. False
/// for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ticket_is_refresh(ticket: *const grantmint_ticket_t) -> bool {
    or_empty(|| {
        // SAFETY: [handles]
        let ticket = unsafe { handle::shared(ticket, "ticket")? };
        Ok(match &ticket.0 {
            Fetch::Cache(ticket) => ticket.is_refresh(),
            Fetch::Source(ticket) => ticket.is_refresh(),
        })
    })
}

/// The text of the cache key to fetch the grant for. Belongs to the ticket. None for a ticket of a
/// playback minter's source, which comes with a `grantmint_grant_request_t` instead.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_ticket_key(
    ticket: *const grantmint_ticket_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let ticket = unsafe { handle::shared(ticket, "ticket")? };
        Ok(match &ticket.0 {
            Fetch::Cache(ticket) => grantmint_str_t::of(ticket.key().text()),
            Fetch::Source(_) => grantmint_str_t::default(),
        })
    })
}

/// Ends the fetch with a grant, for all callers that wait for it.
///
/// `ticket`: consumed, whatever the status. `grant`: the grant, copied; for a playback minter a
/// JSON object, which goes into tokens byte for byte. `lifetime_ms`: how many milliseconds it lives,
/// counted from when the request was sent, and no more than was asked for; 0 for as long as was
/// asked for.
///
/// Statuses: `invalid_utf8`, `upstream_not_json`, `upstream_no_grant`, `upstream_too_large` for a
/// grant that cannot be used: the fetch then ends with that error. `invalid_ttl` for a lifetime over
/// what was asked for: the fetch then ends as `source_failed`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ticket_complete(
    ticket: *mut grantmint_ticket_t,
    grant: grantmint_str_t,
    lifetime_ms: u32,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let ticket = unsafe { handle::take(ticket, "ticket")? };
        // SAFETY: [strings]
        let grant = unsafe { grant.text("grant") };
        let lifetime = time::optional(lifetime_ms);
        match (ticket.0, grant) {
            (Fetch::Cache(ticket), Ok(grant)) => {
                let lifetime = lifetime.unwrap_or(ticket.key().ttl());
                let told = answer_grant(grant).and_then(|()| told(lifetime, ticket.key().ttl()));
                ticket.complete(Grant::new(grant), lifetime);
                told
            }
            (Fetch::Source(ticket), Ok(grant)) => match Fetched::new(grant) {
                Ok(fetched) => {
                    let lifetime = lifetime.unwrap_or(ticket.ttl());
                    let told = told(lifetime, ticket.ttl());
                    ticket.complete(fetched.with_ttl(lifetime));
                    told
                }
                Err(unusable) => Err(end(Fetch::Source(ticket), unusable)),
            },
            (fetch, Err(unusable)) => Err(end(fetch, unusable)),
        }
    })
}

/// What whoever completes a ticket is told of the lifetime. Core ends the fetch with what its callers
/// are told.
fn told(lifetime: Duration, asked: Duration) -> Result<()> {
    let checked = answer_ttl(lifetime.as_secs_f64(), asked);
    checked.map(|_| ()).map_err(|wrong| wrong.with_argument("lifetime_ms"))
}

/// Ends the fetch with an error, for all callers that wait for it.
///
/// `ticket`: consumed, whatever the status. `status`: a `grantmint_status_t` other than
/// `GRANTMINT_OK`. With `GRANTMINT_ERR_THROTTLED` nothing is fetched for the whole account during
/// `retry_after_ms`; with another retryable status nothing is fetched for this key. `message`: for
/// people to read; must hold no secret, token, grant or identity. `retry_after_ms`: after how many
/// milliseconds another try makes sense; 0 if unknown, `GRANTMINT_ZERO_MS` for at once.
///
/// Statuses: `invalid_argument` for a number that is not the status of an error, `invalid_utf8`:
/// the fetch then ends with that error.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ticket_fail(
    ticket: *mut grantmint_ticket_t,
    status: i32,
    message: grantmint_str_t,
    retry_after_ms: u32,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let ticket = unsafe { handle::take(ticket, "ticket")? };
        // SAFETY: [strings]
        let message = unsafe { message.text("message") };
        let failure = match (kind_of(status), message) {
            (Ok(kind), Ok(message)) => Error::new(kind, message.to_owned()),
            (Err(wrong), _) | (_, Err(wrong)) => return Err(end(ticket.0, wrong)),
        };
        end(
            ticket.0,
            match time::optional(retry_after_ms) {
                Some(after) => failure.with_retry_after(after),
                None => failure,
            },
        );
        Ok(())
    })
}

/// Ends a fetch with an error, and returns that error.
fn end(fetch: Fetch, error: Error) -> Error {
    match fetch {
        Fetch::Cache(ticket) => ticket.fail(error.clone()),
        Fetch::Source(ticket) => ticket.fail(error.clone()),
    }
    error
}

/// Frees a ticket and gives its fetch up, which ends as `abandoned`: waiters get that status, other
/// waiting calls begin again. Does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ticket_free(ticket: *mut grantmint_ticket_t) {
    // SAFETY: [handles]
    unsafe { handle::free(ticket) };
}
