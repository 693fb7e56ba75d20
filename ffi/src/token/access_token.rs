//! One Access Token, for one identity.

use grantmint_core::AccessToken;

use crate::api_key::grantmint_api_key_t;
use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options;
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::string::grantmint_string_t;
use crate::token::access_token_options::grantmint_access_token_options_t;
use crate::token::warning::{fill_warnings, grantmint_warning_t};

/// One Access Token: for whom, with what grants, for how long. To mint for many identities, use a
/// `grantmint_token_minter_t`: the same bytes, several times as fast.
///
/// ```c
/// grantmint_access_token_t *token = NULL;
/// grantmint_string_t *jwt = NULL;
/// if (grantmint_access_token_new(key, GRANTMINT_STR("alice"), NULL, &token, &error) == GRANTMINT_OK &&
///     grantmint_access_token_to_jwt(token, &jwt, &error) == GRANTMINT_OK) {
///     grantmint_str_t text = grantmint_string_get(jwt);
///     printf("%.*s\n", (int)text.len, text.data);
/// }
/// grantmint_string_free(jwt);
/// grantmint_access_token_free(token);
/// ```
pub struct grantmint_access_token_t(AccessToken);

class!(grantmint_access_token_t);

/// Makes a token for one identity.
///
/// `identity`: 1 to 512 bytes, with a video grant at most 128 characters. `options`: null for all
/// defaults. `*out`: the token, to free with `grantmint_access_token_free`; it keeps what it needs
/// of `key`.
///
/// Statuses: `invalid_identity`, `invalid_ttl`, `invalid_sid`, `invalid_grant`, `invalid_argument`.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_access_token_new(
    key: *const grantmint_api_key_t,
    identity: grantmint_str_t,
    options: *const grantmint_access_token_options_t,
    out: *mut *mut grantmint_access_token_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, options, key, identity) = unsafe {
            (
                output::object(out)?,
                options::read(options)?,
                handle::shared(key, "key")?,
                identity.text("identity")?,
            )
        };
        let builder = AccessToken::builder(key.key(), identity);
        // SAFETY: [handles], [arrays]
        let builder = unsafe { options.configure(builder)? };
        *out = handle::new(grantmint_access_token_t(builder.build()?));
        Ok(())
    })
}

/// Signs the token, issued now.
///
/// `*out`: the signed token, to free with `grantmint_string_free`.
///
/// Statuses: `invalid_ttl` if `valid_until` is not 1 to 86,400 seconds away, `invalid_argument` if
/// the token would end before its `nbf`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_access_token_to_jwt(
    token: *const grantmint_access_token_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, token) = unsafe { (output::object(out)?, handle::shared(token, "token")?) };
        *out = handle::new(grantmint_string_t::new(token.0.to_jwt()?));
        Ok(())
    })
}

/// Reads the warnings about this token. Most tokens have none.
///
/// `buffer`: an array with room for `capacity` warnings. `*len`: how many there are.
///
/// Statuses: `buffer_too_small` if there are more than `capacity`: nothing but `*len` is written.
///
/// # Safety
///
/// [handles], [buffers], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_access_token_warnings(
    token: *const grantmint_access_token_t,
    buffer: *mut grantmint_warning_t,
    capacity: usize,
    len: *mut usize,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [buffers]
        unsafe {
            let token = handle::shared(token, "token")?;
            fill_warnings(token.0.warnings(), buffer, capacity, len)
        }
    })
}

/// Frees a token; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_access_token_free(token: *mut grantmint_access_token_t) {
    // SAFETY: [handles]
    unsafe { handle::free(token) };
}
