//! The function of the host that is handed tickets.

use std::ffi::c_void;

use grantmint_core::{Result, Ticket};

use crate::cache::ticket::grantmint_ticket_t;
use crate::callback::{self, Userdata};
use crate::handle;

/// Is handed the duty to fetch, which is the callee's to bring to an end.
pub type grantmint_lead_t =
    Option<unsafe extern "C" fn(userdata: *mut c_void, ticket: *mut grantmint_ticket_t)>;

/// Hands duties to a function of the host.
pub(crate) fn leader(
    lead: grantmint_lead_t,
    userdata: *mut c_void,
) -> Result<impl Fn(Ticket) + Send + Sync + 'static> {
    let (lead, userdata) = (callback::required(lead, "lead")?, Userdata::new(userdata));
    Ok(move |ticket| {
        let ticket = handle::new(grantmint_ticket_t::of_cache(ticket));
        // SAFETY: [callbacks] it can be called on any thread, and takes the ticket.
        unsafe { lead(userdata.pointer(), ticket) };
    })
}
