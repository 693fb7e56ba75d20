//! The token minter: many tokens that differ in their identity alone.

use std::ffi::c_char;

use grantmint_core::{Result, TokenMinter};

use crate::api_key::grantmint_api_key_t;
use crate::arrays;
use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options;
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::string::grantmint_string_t;
use crate::strings::grantmint_strings_t;
use crate::token::token_minter_options::grantmint_token_minter_options_t;
use crate::token::warning::{fill_warnings, grantmint_warning_t};

/// Mints Access Tokens of one kind: with the same key, grants and ttl, each for its own identity.
/// Everything but the identity is checked, encoded and hashed once a second. Any number of threads
/// may share one minter; they take no lock. For another room or lifetime, make another minter, or an
/// access token.
///
/// ```c
/// grantmint_video_grant_t room = GRANTMINT_VIDEO_GRANT_INIT;
/// room.room = GRANTMINT_STR("DailyStandup");
/// grantmint_grant_t *grant = NULL;
/// grantmint_token_minter_t *rooms = NULL;
/// grantmint_string_t *token = NULL;
/// grantmint_status_t status = grantmint_grant_new_video(&room, &grant, &error);
/// if (status == GRANTMINT_OK) {
///     const grantmint_grant_t *grants[] = {grant};
///     grantmint_token_minter_options_t options = GRANTMINT_TOKEN_MINTER_OPTIONS_INIT;
///     options.grants = grants;
///     options.grants_len = 1;
///     options.ttl = 14400;
///     status = grantmint_token_minter_new(key, &options, &rooms, &error);
/// }
/// if (status == GRANTMINT_OK)
///     status = grantmint_token_minter_mint(rooms, GRANTMINT_STR("alice"), &token, &error);
/// grantmint_string_free(token);
/// grantmint_token_minter_free(rooms);
/// grantmint_grant_free(grant);
/// ```
pub struct grantmint_token_minter_t(TokenMinter);

class!(grantmint_token_minter_t);

/// Makes a minter.
///
/// `options`: null for all defaults. `*out`: the minter, to free with
/// `grantmint_token_minter_free`; it keeps what it needs of `key` and `options`.
///
/// Statuses: `invalid_ttl`, `invalid_sid` for a malformed SID in a grant, `invalid_grant` for
/// grants that are too many, too large or given twice, `invalid_argument`.
///
/// # Safety
///
/// [handles], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_token_minter_new(
    key: *const grantmint_api_key_t,
    options: *const grantmint_token_minter_options_t,
    out: *mut *mut grantmint_token_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [structs], [outputs]
        let (out, options, key) =
            unsafe { (output::object(out)?, options::read(options)?, handle::shared(key, "key")?) };
        // SAFETY: [handles], [arrays]
        let builder = unsafe { options.configure(TokenMinter::builder(key.key()))? };
        *out = handle::new(grantmint_token_minter_t(builder.build()?));
        Ok(())
    })
}

/// Mints the token of one identity, issued now.
///
/// `identity`: 1 to 512 bytes, with a video grant at most 128 characters. `*out`: the token, to
/// free with `grantmint_string_free`.
///
/// Statuses: `invalid_identity`; `invalid_argument` while a token would end before its `nbf`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_token_minter_mint(
    minter: *const grantmint_token_minter_t,
    identity: grantmint_str_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, minter, identity) = unsafe {
            (output::object(out)?, handle::shared(minter, "minter")?, identity.text("identity")?)
        };
        *out = handle::new(grantmint_string_t::new(minter.0.mint(identity)?));
        Ok(())
    })
}

/// As `grantmint_token_minter_mint`, into a buffer of the caller's. This is the fastest way: it
/// allocates nothing. The token is not terminated.
///
/// `buffer`: room for `capacity` bytes. `*len`: the length of the token. All tokens of one minter
/// are of nearly one length; none is over `GRANTMINT_TOKEN_MAX_BYTES`.
///
/// Statuses: `buffer_too_small` if `*len` is over `capacity`: nothing else is written;
/// `invalid_identity`.
///
/// # Safety
///
/// [handles], [strings], [buffers], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_token_minter_mint_into(
    minter: *const grantmint_token_minter_t,
    identity: grantmint_str_t,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (minter, identity) =
            unsafe { (handle::shared(minter, "minter")?, identity.text("identity")?) };
        minter.0.mint_parts(identity, |parts| {
            // SAFETY: [buffers]
            unsafe { arrays::fill(parts.map(str::as_bytes), buffer.cast(), capacity, len) }
        })?
    })
}

/// Mints the token of one identity, issued at a Unix second of the caller's choice. Slower than
/// `grantmint_token_minter_mint` unless that is the current second.
///
/// `unix_seconds`: that second. `*out`: the token, to free with `grantmint_string_free`.
///
/// Statuses: `invalid_identity`, `invalid_argument` for a second after the year 9999.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_token_minter_mint_at(
    minter: *const grantmint_token_minter_t,
    identity: grantmint_str_t,
    unix_seconds: u64,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, minter, identity) = unsafe {
            (output::object(out)?, handle::shared(minter, "minter")?, identity.text("identity")?)
        };
        *out = handle::new(grantmint_string_t::new(minter.0.mint_at(identity, unix_seconds)?));
        Ok(())
    })
}

/// Mints one token for each identity, all issued in the same second. If one fails, there are none.
///
/// `identities`: an array of `count`. `*out`: the tokens in the same order, to free with
/// `grantmint_strings_free`.
///
/// Statuses: `invalid_identity`, with the index in the message.
///
/// # Safety
///
/// [handles], [strings], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_token_minter_mint_many(
    minter: *const grantmint_token_minter_t,
    identities: *const grantmint_str_t,
    count: usize,
    out: *mut *mut grantmint_strings_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [arrays], [outputs]
        let (out, minter, identities) = unsafe {
            (
                output::object(out)?,
                handle::shared(minter, "minter")?,
                arrays::array(identities, count, "identities")?,
            )
        };
        // SAFETY: [strings]
        let text = |identity: &grantmint_str_t| unsafe { identity.text("identities") };
        let identities: Vec<&str> = identities.iter().map(text).collect::<Result<_, _>>()?;
        *out = handle::new(grantmint_strings_t::new(minter.0.mint_many(&identities)?));
        Ok(())
    })
}

/// Reads the warnings about tokens of this kind. Most have none.
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
pub unsafe extern "C" fn grantmint_token_minter_warnings(
    minter: *const grantmint_token_minter_t,
    buffer: *mut grantmint_warning_t,
    capacity: usize,
    len: *mut usize,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [buffers]
        unsafe {
            let minter = handle::shared(minter, "minter")?;
            fill_warnings(minter.0.warnings(), buffer, capacity, len)
        }
    })
}

/// Frees a minter; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_token_minter_free(minter: *mut grantmint_token_minter_t) {
    // SAFETY: [handles]
    unsafe { handle::free(minter) };
}
