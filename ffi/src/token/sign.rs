//! Signing a JSON Web Token from a header and claims.

use grantmint_core::sign;

use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::string::grantmint_string_t;
use crate::token::algorithm;

/// The longest token that is signed, decoded or verified, in bytes.
pub const GRANTMINT_TOKEN_MAX_BYTES: usize = 131_072;
const _: () = assert!(GRANTMINT_TOKEN_MAX_BYTES == grantmint_core::limits::TOKEN_MAX_BYTES);

/// Signs a JSON Web Token with any header and claims, which go into it byte for byte.
///
/// `algorithm`: a `grantmint_algorithm_t`, the one that the header names. `header`, `claims`: JSON
/// objects. `secret`: any bytes, at least one. `*out`: the token, to free with
/// `grantmint_string_free`.
///
/// ```c
/// grantmint_string_t *jwt = NULL;
/// grantmint_status_t status = grantmint_sign(
///     GRANTMINT_HS256, GRANTMINT_STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"),
///     GRANTMINT_STR("{\"sub\":\"alice\"}"), GRANTMINT_STR("another service's secret"), &jwt, &error);
/// if (status == GRANTMINT_OK)
///     grantmint_string_free(jwt);
/// ```
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
                output::object(out)?,
                header.text("header")?,
                claims.text("claims")?,
                secret.bytes("secret")?,
            )
        };
        let token = sign(algorithm::of_number(algorithm)?, header, claims, secret)?;
        *out = handle::new(grantmint_string_t::new(token));
        Ok(())
    })
}
