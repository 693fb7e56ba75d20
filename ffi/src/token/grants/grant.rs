//! The grant, whatever its kind: its name and JSON in a token.

use grantmint_core::{AccessTokenGrant, Result};

use crate::arrays;
use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::string::grantmint_string_t;

/// A grant: something that a token lets its holder do. Tokens and minters copy it: it may be freed
/// right after they are made. Its fields are checked then, or by `grantmint_grant_to_json`.
pub struct grantmint_grant_t(AccessTokenGrant);

class!(grantmint_grant_t);

impl grantmint_grant_t {
    pub(crate) fn new(grant: impl Into<AccessTokenGrant>) -> Self {
        Self(grant.into())
    }
}

/// The grants of an options struct.
///
/// # Safety
///
/// [arrays], [handles]
pub(crate) unsafe fn grants(
    grants: *const *const grantmint_grant_t,
    len: usize,
) -> Result<Vec<AccessTokenGrant>> {
    // SAFETY: [arrays]
    let grants = unsafe { arrays::array(grants, len, "grants")? };
    // SAFETY: [handles]
    let grant = |grant: &*const grantmint_grant_t| unsafe { handle::shared(*grant, "grants") };
    grants.iter().map(|pointer| Ok(grant(pointer)?.0.clone())).collect()
}

/// The name that the grant has in a token. Belongs to the grant; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_key(grant: *const grantmint_grant_t) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let grant = unsafe { handle::shared(grant, "grant")? };
        Ok(grantmint_str_t::of(grant.0.key()))
    })
}

/// The JSON that a token has under `grantmint_grant_key`.
///
/// `*out`: the text, to free with `grantmint_string_free`.
///
/// Statuses: `invalid_sid` for a malformed SID, `invalid_grant` for a room name that is too long.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_to_json(
    grant: *const grantmint_grant_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, grant) = unsafe { (output::object(out)?, handle::shared(grant, "grant")?) };
        *out = handle::new(grantmint_string_t::new(grant.0.to_json()?));
        Ok(())
    })
}

/// Frees a grant; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_free(grant: *mut grantmint_grant_t) {
    // SAFETY: [handles]
    unsafe { handle::free(grant) };
}
