//! A grant that this library does not know.

use grantmint_core::{CustomGrant, Json};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::token::grants::grant::grantmint_grant_t;

/// Makes a grant that this library does not know: any JSON under a key of the caller's choice.
///
/// `key`: 1 to 64 bytes, not `identity`. `json`: at most 64 KiB and 64 levels, which goes into the
/// token byte for byte. `*out`: the grant, to free with `grantmint_grant_free`.
///
/// Statuses: `invalid_grant`.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_new_custom(
    key: grantmint_str_t,
    json: grantmint_str_t,
    out: *mut *mut grantmint_grant_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, key, json) =
            unsafe { (output::object(out)?, key.text("key")?, json.text("json")?) };
        *out = handle::new(grantmint_grant_t::new(CustomGrant::new(key, Json::parse(json)?)?));
        Ok(())
    })
}
