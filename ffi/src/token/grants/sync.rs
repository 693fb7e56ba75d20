//! The grant for Sync.

use grantmint_core::SyncGrant;

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::options::{self, Options};
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::token::grants::grant::grantmint_grant_t;

/// The fields of a sync grant. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_sync_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The service, `IS…`.
    pub service_sid: grantmint_str_t,
    /// A name for the device and user.
    pub endpoint_id: grantmint_str_t,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_sync_grant_t {}

/// Makes a grant whose holder reads and writes the state of a Sync service.
///
/// `fields`: null for no fields. `*out`: the grant, to free with `grantmint_grant_free`.
///
/// Statuses: `struct_size`, `invalid_utf8`.
///
/// # Safety
///
/// [structs], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_sync(
    fields: *const grantmint_sync_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, service_sid, endpoint_id) = unsafe {
            let (out, fields) = (output::object(out)?, options::read(fields)?);
            (out, fields.service_sid.text("service_sid")?, fields.endpoint_id.text("endpoint_id")?)
        };
        let grant = SyncGrant::new().service_sid(service_sid).endpoint_id(endpoint_id);
        *out = handle::new(grantmint_grant_t::new(grant));
        Ok(())
    })
}
