//! A ticket to fetch a grant.

use grantmint_core::{Error, Fetched, Grant, SourceTicket, Start, Ticket};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::panic::or_empty;
use crate::status::{grantmint_status_t, kind_of};
use crate::str::grantmint_str_t;
use crate::time;

/// The duty to fetch one grant, for all who wait for it. Bring it to an end with
/// `grantmint_ticket_complete` or `grantmint_ticket_fail`, at once or later, from any thread. One
/// that is freed instead ends its fetch as `abandoned`; one that is forgotten ends by itself when
/// its time is over.
pub struct grantmint_ticket_t(Duty);

class!(grantmint_ticket_t);

enum Duty {
    /// Of a cache: any text.
    Cache(Ticket),
    /// Of a playback minter's source: a playback grant, asked for from this key.
    Source(SourceTicket),
}

impl grantmint_ticket_t {
    pub(crate) fn of_cache(ticket: Ticket) -> Self {
        Self(Duty::Cache(ticket))
    }

    pub(crate) fn of_source(ticket: SourceTicket) -> Self {
        Self(Duty::Source(ticket))
    }
}

/// Whether a request may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_start_t {
    /// It may not: the fetch has ended with the status that the call returned.
    GRANTMINT_START_REFUSED = 0,
    /// Now.
    GRANTMINT_START_GO = 1,
    /// Not yet, as the account's budget is used up: ask again later.
    GRANTMINT_START_LATER = 2,
}

/// Asks whether the request may be sent, right before it would be: the grant's life counts from
/// here. The tickets of a playback minter's source have been asked already.
///
/// `*start`: whether. `*ms`: how many milliseconds the fetch may take, or after how many to ask
/// again. The ticket remains, even if refused.
///
/// Statuses: why it is refused: `throttled`, `overloaded`, or the stored error of the last attempt.
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
            Duty::Cache(ticket) => ticket.start(),
            Duty::Source(ticket) => Start::Go(ticket.timeout()),
        };
        (*start, *ms) = match answer {
            Start::Go(time) => (grantmint_start_t::GRANTMINT_START_GO, time::left_ms(time)),
            Start::Later(time) => (grantmint_start_t::GRANTMINT_START_LATER, time::wait_ms(time)),
            Start::Refused(error) => return Err(error),
        };
        Ok(())
    })
}

/// Whether a grant that is still good is being replaced: nobody waits for it then. False for null.
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
            Duty::Cache(ticket) => ticket.is_refresh(),
            Duty::Source(ticket) => ticket.is_refresh(),
        })
    })
}

/// The text of the cache key whose grant is wanted. Belongs to the ticket; none for a ticket of a
/// playback minter's source, which has a request instead.
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
            Duty::Cache(ticket) => grantmint_str_t::of(ticket.key().text()),
            Duty::Source(_) => grantmint_str_t::default(),
        })
    })
}

/// Ends the fetch with a grant, for all who wait.
///
/// `ticket`: taken, whatever the status. `grant`: the grant, copied; for a playback minter a JSON
/// object, which goes into tokens byte for byte. `life_ms`: for how many milliseconds it is good,
/// from when the request was sent; 0 for as long as was asked for.
///
/// Statuses: `invalid_utf8`, `upstream_not_json`, `upstream_no_grant`, `upstream_too_large` for a
/// grant that cannot be used: the fetch then ends with that error.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ticket_complete(
    ticket: *mut grantmint_ticket_t,
    grant: grantmint_str_t,
    life_ms: u32,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let ticket = unsafe { handle::take(ticket, "ticket")? };
        // SAFETY: [strings]
        let grant = unsafe { grant.text("grant") };
        let life = time::optional(life_ms);
        match (ticket.0, grant) {
            (Duty::Cache(ticket), Ok(grant)) => {
                let life = life.unwrap_or(ticket.key().ttl());
                ticket.complete(Grant::new(grant), life);
                Ok(())
            }
            (Duty::Source(ticket), Ok(grant)) => match Fetched::new(grant) {
                Ok(fetched) => {
                    ticket.complete(match life {
                        Some(life) => fetched.with_ttl(life),
                        None => fetched,
                    });
                    Ok(())
                }
                Err(unusable) => Err(end(Duty::Source(ticket), unusable)),
            },
            (duty, Err(unusable)) => Err(end(duty, unusable)),
        }
    })
}

/// Ends the fetch with an error, for all who wait.
///
/// `ticket`: taken, whatever the status. `status`: a `grantmint_status_t` other than
/// `GRANTMINT_OK`; `GRANTMINT_ERR_THROTTLED` keeps the whole account off upstream for
/// `retry_after_ms`, another error that may pass the stream. `message`: for people; must hold no
/// secret, token, grant or identity. `retry_after_ms`: after how many milliseconds a further try
/// makes sense; 0 if nothing is known of it, `GRANTMINT_ZERO_MS` for at once.
///
/// Statuses: `invalid_argument` for a status that is none, `invalid_utf8`: the fetch then ends with
/// that error.
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

/// Ends a fetch with an error, and gives that back.
fn end(duty: Duty, error: Error) -> Error {
    match duty {
        Duty::Cache(ticket) => ticket.fail(error.clone()),
        Duty::Source(ticket) => ticket.fail(error.clone()),
    }
    error
}

/// Ends the fetch as `abandoned`: those who wait begin again. Does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_ticket_free(ticket: *mut grantmint_ticket_t) {
    // SAFETY: [handles]
    unsafe { handle::free(ticket) };
}
