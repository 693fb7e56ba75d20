//! The grant for one live stream.

use grantmint_core::PlaybackGrant;

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::token::grants::grant::grantmint_grant_t;

/// Makes a grant whose holder watches one live stream. A playback minter fetches and adds it by
/// itself.
///
/// `json`: the object that the PlaybackGrant endpoint returns, which goes into the token byte for
/// byte. `*out`: the grant, to free with `grantmint_grant_free`.
///
/// Statuses: `invalid_grant` for anything but a JSON object of at most 64 KiB.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_playback(
    json: grantmint_str_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, json) = unsafe { (output::object(out)?, json.text("json")?) };
        *out = handle::new(grantmint_grant_t::new(PlaybackGrant::from_json(json)?));
        Ok(())
    })
}
