//! The grant for conversations, the predecessor of video rooms.

use grantmint_core::RtcGrant;

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::options::{self, Options};
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::token::grants::grant::grantmint_grant_t;

/// The fields of a grant for conversations, the predecessor of video rooms. A text that is empty is
/// left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_rtc_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The profile, `CP…`.
    pub configuration_profile_sid: grantmint_str_t,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_rtc_grant_t {}

/// Makes a grant whose holder takes part in conversations, the predecessor of video rooms: legacy.
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
pub unsafe extern "C" fn grantmint_grant_new_rtc(
    fields: *const grantmint_rtc_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, configuration_profile_sid) = unsafe {
            let (out, fields) = (output::object(out)?, options::read(fields)?);
            (out, fields.configuration_profile_sid.text("configuration_profile_sid")?)
        };
        let grant = RtcGrant::new().configuration_profile_sid(configuration_profile_sid);
        *out = handle::new(grantmint_grant_t::new(grant));
        Ok(())
    })
}
