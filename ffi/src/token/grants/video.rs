//! The grant for rooms of Programmable Video.

use grantmint_core::VideoGrant;

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::options::{self, Options};
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::token::grants::grant::grantmint_grant_t;

/// The fields of a video grant. A text that is empty is left out of the token.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_video_grant_t {
    /// `sizeof` this struct; set by its `_INIT` macro.
    pub struct_size: usize,
    /// The only room to join, by its unique name or SID; any room if empty.
    pub room: grantmint_str_t,
}

// SAFETY: it starts with its size, and texts and numbers may be zero.
unsafe impl Options for grantmint_video_grant_t {}

/// Makes a grant whose holder joins rooms of Programmable Video.
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
pub unsafe extern "C" fn grantmint_grant_new_video(
    fields: *const grantmint_video_grant_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [strings], [outputs]
        let (out, room) = unsafe {
            let (out, fields) = (output::object(out)?, options::read(fields)?);
            (out, fields.room.text("room")?)
        };
        let grant = VideoGrant::new().room(room);
        *out = handle::new(grantmint_grant_t::new(grant));
        Ok(())
    })
}
