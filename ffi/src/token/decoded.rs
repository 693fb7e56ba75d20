//! The content of a token: its header and claims.

use grantmint_core::{Decoded, decode};

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::output;
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;

/// The content of a token: its header and claims.
pub struct grantmint_decoded_t(Decoded);

class!(grantmint_decoded_t);

impl grantmint_decoded_t {
    pub(crate) fn new(decoded: Decoded) -> Self {
        Self(decoded)
    }
}

/// Decodes a token without checking its signature or its times. This is for tools: before acting on
/// a token, verify it.
///
/// `*out`: its content, to free with `grantmint_decoded_free`.
///
/// Statuses: `token_malformed`.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decode(
    token: grantmint_str_t,
    out: *mut *mut grantmint_decoded_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, token) = unsafe { (output::object(out)?, token.text("token")?) };
        *out = handle::new(grantmint_decoded_t(decode(token)?));
        Ok(())
    })
}

/// The header, byte for byte. Belongs to `decoded`; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_header_json(
    decoded: *const grantmint_decoded_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let decoded = unsafe { handle::shared(decoded, "decoded")? };
        Ok(grantmint_str_t::of(decoded.0.header_json()))
    })
}

/// The claims, byte for byte. Belongs to `decoded`; none for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_claims_json(
    decoded: *const grantmint_decoded_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let decoded = unsafe { handle::shared(decoded, "decoded")? };
        Ok(grantmint_str_t::of(decoded.0.claims_json()))
    })
}

/// The identity: whom the token is for. Belongs to `decoded`; none for null, or if the token has
/// none.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_identity(
    decoded: *const grantmint_decoded_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let decoded = unsafe { handle::shared(decoded, "decoded")? };
        Ok(grantmint_str_t::of_optional(decoded.0.identity()))
    })
}

/// `iss`: the SID of the key that signed, in an Access Token. Belongs to `decoded`; none for null,
/// or if the token has none.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_issuer(
    decoded: *const grantmint_decoded_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let decoded = unsafe { handle::shared(decoded, "decoded")? };
        Ok(grantmint_str_t::of_optional(decoded.0.issuer()))
    })
}

/// `sub`: the SID of the account, in an Access Token. Belongs to `decoded`; none for null, or if
/// the token has none.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_subject(
    decoded: *const grantmint_decoded_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let decoded = unsafe { handle::shared(decoded, "decoded")? };
        Ok(grantmint_str_t::of_optional(decoded.0.subject()))
    })
}

/// `jti`: the token's own identifier. Belongs to `decoded`; none for null, or if the token has
/// none.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_jti(
    decoded: *const grantmint_decoded_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let decoded = unsafe { handle::shared(decoded, "decoded")? };
        Ok(grantmint_str_t::of_optional(decoded.0.jti()))
    })
}

/// `twr` of the header: the region. Belongs to `decoded`; none for null, or if the token has none.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_region(
    decoded: *const grantmint_decoded_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let decoded = unsafe { handle::shared(decoded, "decoded")? };
        Ok(grantmint_str_t::of_optional(decoded.0.region()))
    })
}

/// `iat`: when the token was issued, in Unix seconds. Returns false, and `*unix_seconds` is 0, if
/// the token does not say.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_issued_at(
    decoded: *const grantmint_decoded_t,
    unix_seconds: *mut u64,
) -> bool {
    or_empty(|| {
        // SAFETY: [handles], [outputs]
        let (out, decoded) = unsafe {
            (output::value(unix_seconds, 0, "unix_seconds")?, handle::shared(decoded, "decoded")?)
        };
        let time = decoded.0.issued_at();
        *out = time.unwrap_or(0);
        Ok(time.is_some())
    })
}

/// `nbf`: from when on the token is valid, in Unix seconds, a fraction rounded up. Returns false,
/// and `*unix_seconds` is 0, if the token does not say.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_not_before(
    decoded: *const grantmint_decoded_t,
    unix_seconds: *mut u64,
) -> bool {
    or_empty(|| {
        // SAFETY: [handles], [outputs]
        let (out, decoded) = unsafe {
            (output::value(unix_seconds, 0, "unix_seconds")?, handle::shared(decoded, "decoded")?)
        };
        let time = decoded.0.not_before();
        *out = time.unwrap_or(0);
        Ok(time.is_some())
    })
}

/// `exp`: when the token expires, in Unix seconds, a fraction dropped. Returns false, and
/// `*unix_seconds` is 0, if the token does not say.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_decoded_expires_at(
    decoded: *const grantmint_decoded_t,
    unix_seconds: *mut u64,
) -> bool {
    or_empty(|| {
        // SAFETY: [handles], [outputs]
        let (out, decoded) = unsafe {
            (output::value(unix_seconds, 0, "unix_seconds")?, handle::shared(decoded, "decoded")?)
        };
        let time = decoded.0.expires_at();
        *out = time.unwrap_or(0);
        Ok(time.is_some())
    })
}

/// Frees the content of a token; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_decoded_free(decoded: *mut grantmint_decoded_t) {
    // SAFETY: [handles]
    unsafe { handle::free(decoded) };
}
