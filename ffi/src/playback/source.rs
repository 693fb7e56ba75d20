//! The source: a function of the host that fetches playback grants.

use std::ffi::c_void;
use std::sync::Arc;

use grantmint_core::{AsyncGrantSource, GrantRequest, SourceTicket};

use crate::boundary::boundary;
use crate::cache::ticket::grantmint_ticket_t;
use crate::callback::{self, Userdata, grantmint_userdata_free_t};
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::playback::grant_request::grantmint_grant_request_t;
use crate::status::grantmint_status_t;

/// Fetches one playback grant. Called on one of the library's fetcher threads. `request` is valid
/// only during the call. `ticket` is the callee's: complete, fail or free it now or later, on any
/// thread.
pub type grantmint_fetch_t = Option<
    unsafe extern "C" fn(
        userdata: *mut c_void,
        request: *const grantmint_grant_request_t,
        ticket: *mut grantmint_ticket_t,
    ),
>;

/// A function of the host that fetches playback grants from somewhere else than the PlaybackGrant
/// endpoint, for any number of minters. They keep it alive: it may be freed right after they are
/// made.
#[derive(Clone)]
pub struct grantmint_source_t(Arc<Fetch>);

class!(grantmint_source_t);

struct Fetch {
    function: unsafe extern "C" fn(
        *mut c_void,
        *const grantmint_grant_request_t,
        *mut grantmint_ticket_t,
    ),
    userdata: Userdata,
    userdata_free: grantmint_userdata_free_t,
}

impl Drop for Fetch {
    fn drop(&mut self) {
        if let Some(free) = self.userdata_free {
            // SAFETY: [callbacks] it is called once, after the last call of the function.
            unsafe { free(self.userdata.pointer()) };
        }
    }
}

impl AsyncGrantSource for grantmint_source_t {
    fn begin_fetch(&self, request: &GrantRequest, ticket: SourceTicket) {
        let request = grantmint_grant_request_t::new(request.clone(), ticket.timeout());
        let request = handle::new(request);
        let ticket = handle::new(grantmint_ticket_t::of_source(ticket));
        // SAFETY: [callbacks] it can be called on any thread, and takes the ticket.
        unsafe { (self.0.function)(self.0.userdata.pointer(), request, ticket) };
        // SAFETY: [callbacks] the request is not used after the call.
        unsafe { handle::free(request) };
    }
}

/// Makes a source of grants.
///
/// `fetch`: called for each grant that is needed, by up to four fetcher threads of one cache at
/// once, which it should not block. It decides how many of its fetches run at a time; the account's
/// rate limit bounds how many are started. `userdata`: its first argument. `userdata_free`: may be
/// null; called once when the source is freed and the last minter that fetches with it is gone; not
/// called unless the status is `GRANTMINT_OK`. `*out`: the source, to free with
/// `grantmint_source_free`.
///
/// Statuses: `null_pointer` for no `fetch`.
///
/// # Safety
///
/// [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_source_new(
    fetch: grantmint_fetch_t,
    userdata: *mut c_void,
    userdata_free: grantmint_userdata_free_t,
    out: *mut *mut grantmint_source_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [outputs]
        let out = unsafe { output::object(out)? };
        let function = callback::required(fetch, "fetch")?;
        let userdata = Userdata::new(userdata);
        *out =
            handle::new(grantmint_source_t(Arc::new(Fetch { function, userdata, userdata_free })));
        Ok(())
    })
}

/// Frees a source; does nothing for null. Minters that fetch with it go on.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_source_free(source: *mut grantmint_source_t) {
    // SAFETY: [handles]
    unsafe { handle::free(source) };
}
