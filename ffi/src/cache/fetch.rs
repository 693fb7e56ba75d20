//! `fetch`: the function of the host that gets the tickets of fetches.

use std::ffi::c_void;

use grantmint_core::{Result, Ticket};

use crate::cache::ticket::grantmint_ticket_t;
use crate::callback::{self, Userdata};
use crate::handle;

/// Gets the ticket of a fetch that is due. The ticket is the callee's: complete, fail or free it,
/// now or later, on any thread.
pub type grantmint_ticket_callback_t =
    Option<unsafe extern "C" fn(userdata: *mut c_void, ticket: *mut grantmint_ticket_t)>;

/// Calls a function of the host with each ticket.
pub(crate) fn fetcher(
    fetch: grantmint_ticket_callback_t,
    userdata: *mut c_void,
) -> Result<impl Fn(Ticket) + Send + Sync + 'static> {
    let (fetch, userdata) = (callback::required(fetch, "fetch")?, Userdata::new(userdata));
    Ok(move |ticket| {
        let ticket = handle::new(grantmint_ticket_t::of_cache(ticket));
        // SAFETY: [callbacks] it can be called on any thread, and takes the ticket.
        unsafe { fetch(userdata.pointer(), ticket) };
    })
}
