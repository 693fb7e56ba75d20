//! Tokens on their way back: signing anything, taking apart, checking.

use grantmint_core::{
    Algorithm, Decoded, Error, ErrorKind, Result, VerifyOptions, decode, sign, verify, verify_jwt,
};

use crate::api_key::grantmint_api_key_t;
use crate::error::{grantmint_error_t, grantmint_status_t};
use crate::handle::{self, class};
use crate::options::{self, Options};
use crate::panic::or_empty;
use crate::strings::{grantmint_str_t, grantmint_string_t};

/// The longest token that is signed, decoded or verified, in bytes.
pub const GRANTMINT_TOKEN_MAX_BYTES: usize = 131_072;
const _: () = assert!(GRANTMINT_TOKEN_MAX_BYTES == grantmint_core::limits::TOKEN_MAX_BYTES);

/// A signature algorithm. Twilio takes HS256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_algorithm_t {
    /// HMAC with SHA-256.
    GRANTMINT_HS256 = 256,
    /// HMAC with SHA-384.
    GRANTMINT_HS384 = 384,
    /// HMAC with SHA-512.
    GRANTMINT_HS512 = 512,
}

/// How to verify. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_verify_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_VERIFY_OPTIONS_INIT`.
    pub struct_size: usize,
    /// The Unix second to take for the present one; the machine's by default.
    pub now: u64,
    /// How many seconds `exp` and `nbf` may be off: 0 to 300, 0 by default.
    pub leeway: u32,
    /// The one algorithm to accept, a `grantmint_algorithm_t`: HS256 by default. A token never
    /// chooses it.
    pub algorithm: i32,
}

// SAFETY: it starts with its size, and numbers may be zero.
unsafe impl Options for grantmint_verify_options_t {}

impl grantmint_verify_options_t {
    fn checked(self) -> Result<VerifyOptions> {
        let mut options = VerifyOptions::new().leeway(self.leeway.into());
        if self.now != 0 {
            options = options.now(self.now);
        }
        if self.algorithm != 0 {
            options = options.algorithm(algorithm(self.algorithm)?);
        }
        Ok(options)
    }
}

fn algorithm(value: i32) -> Result<Algorithm> {
    match value {
        256 => Ok(Algorithm::Hs256),
        384 => Ok(Algorithm::Hs384),
        512 => Ok(Algorithm::Hs512),
        _ => {
            Err(Error::new(ErrorKind::InvalidArgument, "algorithm is not a grantmint_algorithm_t"))
        }
    }
}

/// The content of a token.
pub struct grantmint_decoded_t(Decoded);

class!(grantmint_decoded_t);

/// Checks an Access Token: made with this key, for its account, valid now.
///
/// `options`: null for all defaults. `*out`: what it says, to free with `grantmint_decoded_free`.
///
/// Statuses: `token_malformed`, `token_algorithm`, `token_signature`, `token_issuer` for another
/// key or account, `token_expired`, `token_not_yet_valid`, `token_claims`; `invalid_argument` for
/// the options.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_verify(
    token: grantmint_str_t,
    key: *const grantmint_api_key_t,
    options: *const grantmint_verify_options_t,
    out: *mut *mut grantmint_decoded_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, token, key, options) = unsafe {
            (
                handle::out_object(out)?,
                token.text("token")?,
                handle::shared(key, "key")?,
                options::read(options)?,
            )
        };
        *out = handle::new(grantmint_decoded_t(verify(token, &key.0, &options.checked()?)?));
        Ok(())
    })
}

/// Checks another vendor's token: signed with this secret, valid now; of any issuer, subject and
/// type.
///
/// `secret`: any bytes, at least one. `options`: null for all defaults. `*out`: what it says, to
/// free with `grantmint_decoded_free`.
///
/// Statuses: as `grantmint_verify` but for `token_issuer`; `invalid_credentials` for an empty
/// secret.
///
/// # Safety
///
/// [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_verify_jwt(
    token: grantmint_str_t,
    secret: grantmint_str_t,
    options: *const grantmint_verify_options_t,
    out: *mut *mut grantmint_decoded_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [structs], [outputs]
        let (out, token, secret, options) = unsafe {
            (
                handle::out_object(out)?,
                token.text("token")?,
                secret.bytes("secret")?,
                options::read(options)?,
            )
        };
        *out = handle::new(grantmint_decoded_t(verify_jwt(token, secret, &options.checked()?)?));
        Ok(())
    })
}

/// Takes a token apart without checking its signature or its times: for tools. To act on a token,
/// verify it.
///
/// `*out`: what it says, to free with `grantmint_decoded_free`.
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
        let (out, token) = unsafe { (handle::out_object(out)?, token.text("token")?) };
        *out = handle::new(grantmint_decoded_t(decode(token)?));
        Ok(())
    })
}

/// Signs a header and claims given as JSON, which go into the token byte for byte.
///
/// `algorithm`: a `grantmint_algorithm_t`, the one that the header names. `secret`: any bytes, at
/// least one. `*out`: the token, to free with `grantmint_string_free`.
///
/// Statuses: `invalid_argument` for an unknown algorithm and for what is not a JSON object,
/// `invalid_credentials` for an empty secret, `limit_exceeded` for a token over 128 KiB.
///
/// # Safety
///
/// [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_sign(
    algorithm: i32,
    header: grantmint_str_t,
    claims: grantmint_str_t,
    secret: grantmint_str_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [strings], [outputs]
        let (out, header, claims, secret) = unsafe {
            (
                handle::out_object(out)?,
                header.text("header")?,
                claims.text("claims")?,
                secret.bytes("secret")?,
            )
        };
        let token = sign(self::algorithm(algorithm)?, header, claims, secret)?;
        *out = handle::new(grantmint_string_t::new(token));
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

/// Whom the token is for. Belongs to `decoded`; none for null, or if it is not there.
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

/// `iss`: the SID of the key that signed, in an Access Token. Belongs to `decoded`; none for null, or if it is not there.
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

/// `sub`: the SID of the account, in an Access Token. Belongs to `decoded`; none for null, or if it is not there.
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

/// `jti`: the token's own identifier. Belongs to `decoded`; none for null, or if it is not there.
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

/// `twr` of the header: the region. Belongs to `decoded`; none for null, or if it is not there.
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

/// `iat`: when the token was issued, in Unix seconds. False, and `*unix_seconds`
/// 0, if the token does not say.
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
            (handle::out(unix_seconds, 0, "unix_seconds")?, handle::shared(decoded, "decoded")?)
        };
        let time = decoded.0.issued_at();
        *out = time.unwrap_or(0);
        Ok(time.is_some())
    })
}

/// `nbf`: from when on it is valid, in Unix seconds, a fraction rounded up. False, and `*unix_seconds`
/// 0, if the token does not say.
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
            (handle::out(unix_seconds, 0, "unix_seconds")?, handle::shared(decoded, "decoded")?)
        };
        let time = decoded.0.not_before();
        *out = time.unwrap_or(0);
        Ok(time.is_some())
    })
}

/// `exp`: when it ends, in Unix seconds, a fraction dropped. False, and `*unix_seconds`
/// 0, if the token does not say.
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
            (handle::out(unix_seconds, 0, "unix_seconds")?, handle::shared(decoded, "decoded")?)
        };
        let time = decoded.0.expires_at();
        *out = time.unwrap_or(0);
        Ok(time.is_some())
    })
}

/// Frees what a token said; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_decoded_free(decoded: *mut grantmint_decoded_t) {
    // SAFETY: [handles]
    unsafe { handle::free(decoded) };
}
