//! Verifying a token.

use grantmint_core::{verify, verify_jwt};

use crate::api_key::grantmint_api_key_t;
use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle;
use crate::options;
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::token::decoded::grantmint_decoded_t;
use crate::token::verify_options::grantmint_verify_options_t;

/// Verifies that an Access Token was signed with this key, for its account, and is valid now.
///
/// It takes one key: after a rotation, verify tokens of the old key with the old key until they have
/// expired.
///
/// `options`: null for all defaults, as for a leeway of 0. `*out`: its content, to free with
/// `grantmint_decoded_free`.
///
/// ```c
/// grantmint_decoded_t *content = NULL;
/// grantmint_status_t status =
///     grantmint_verify(GRANTMINT_STR("the token"), key, NULL, &content, &error);
/// if (status == GRANTMINT_ERR_TOKEN_MALFORMED)
///     grantmint_error_free(error);
/// grantmint_decoded_free(content);
/// ```
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
                output::object(out)?,
                token.text("token")?,
                handle::shared(key, "key")?,
                options::read(options)?,
            )
        };
        *out =
            handle::new(grantmint_decoded_t::new(verify(token, key.key(), &options.checked()?)?));
        Ok(())
    })
}

/// Verifies that another service's token was signed with this secret and is valid now. Its issuer,
/// subject and type may be any.
///
/// `secret`: any bytes, at least one. `options`: null for all defaults. `*out`: its content, to
/// free with `grantmint_decoded_free`.
///
/// Statuses: as `grantmint_verify` except `token_issuer`; `invalid_credentials` for an empty
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
                output::object(out)?,
                token.text("token")?,
                secret.bytes("secret")?,
                options::read(options)?,
            )
        };
        *out =
            handle::new(grantmint_decoded_t::new(verify_jwt(token, secret, &options.checked()?)?));
        Ok(())
    })
}
