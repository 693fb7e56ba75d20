//! One token.

use grantmint_core::{AccessToken, Result, Warning};

use crate::api_key::grantmint_api_key_t;
use crate::clock::{clock, grantmint_manual_clock_t};
use crate::error::{grantmint_error_t, grantmint_status_t};
use crate::grants::{grantmint_grant_t, grants};
use crate::handle::{self, class};
use crate::options::{self, Options, switch};
use crate::strings::{self, grantmint_str_t, grantmint_string_t};

/// One Access Token: for whom, with what grants, for how long. To mint for many, use a
/// `grantmint_token_minter_t`: the same bytes, several times as fast.
pub struct grantmint_access_token_t(AccessToken);

class!(grantmint_access_token_t);

/// What an access token may be told. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_access_token_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_ACCESS_TOKEN_OPTIONS_INIT`.
    pub struct_size: usize,
    /// The grants, which are copied.
    pub grants: *const *const grantmint_grant_t,
    /// How many grants.
    pub grants_len: usize,
    /// How many seconds the token lives: 1 to 86,400, 3,600 by default.
    pub ttl: u64,
    /// The Unix second at which the token ends, in place of `ttl`; not both.
    pub valid_until: u64,
    /// The Unix second before which the token is not valid; left out by default, as clocks differ.
    pub nbf: u64,
    /// Another clock, for tests.
    pub clock: *const grantmint_manual_clock_t,
    /// Whether the token has a `jti` of its own in place of the vendor's: a `grantmint_switch_t`,
    /// off by default.
    pub unique: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and pointers and numbers may be zero.
unsafe impl Options for grantmint_access_token_options_t {}

/// Advice on a token that is minted all the same. Both texts are static.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_warning_t {
    /// A stable name, such as `short_secret`.
    pub code: grantmint_str_t,
    /// What to do about it.
    pub message: grantmint_str_t,
}

impl From<Warning> for grantmint_warning_t {
    fn from(warning: Warning) -> Self {
        let (code, message) = (warning.code(), warning.message());
        Self { code: grantmint_str_t::of(code), message: grantmint_str_t::of(message) }
    }
}

/// Hands advice to an array of the caller's.
///
/// # Safety
///
/// [buffers]
pub(crate) unsafe fn fill_warnings(
    warnings: Vec<Warning>,
    buffer: *mut grantmint_warning_t,
    capacity: usize,
    len: *mut usize,
) -> Result<()> {
    let warnings: Vec<grantmint_warning_t> = warnings.into_iter().map(Into::into).collect();
    // SAFETY: [buffers]
    unsafe { strings::fill(&warnings, buffer, capacity, len) }
}

/// A token for one identity.
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
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        let (out, key, identity, options, grants, clock) = unsafe {
            let (out, options) = (handle::out_object(out)?, options::read(options)?);
            (
                out,
                handle::shared(key, "key")?,
                identity.text("identity")?,
                options,
                grants(options.grants, options.grants_len)?,
                clock(options.clock)?,
            )
        };
        let mut builder = AccessToken::builder(&key.0, identity).grants(grants);
        if options.ttl != 0 {
            builder = builder.ttl(options.ttl);
        }
        if options.valid_until != 0 {
            builder = builder.valid_until(options.valid_until);
        }
        if options.nbf != 0 {
            builder = builder.nbf(options.nbf);
        }
        if let Some(unique) = switch(options.unique, "unique")? {
            builder = builder.unique(unique);
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        *out = handle::new(grantmint_access_token_t(builder.build()?));
        Ok(())
    })
}

/// The signed token, issued now.
///
/// `*out`: the text, to free with `grantmint_string_free`.
///
/// Statuses: `invalid_ttl` if `valid_until` is not 1 to 86,400 seconds away.
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
        let (out, token) = unsafe { (handle::out_object(out)?, handle::shared(token, "token")?) };
        *out = handle::new(grantmint_string_t::new(token.0.to_jwt()?));
        Ok(())
    })
}

/// Advice on this token; none for most.
///
/// `buffer`: an array with room for `capacity` of them. `*len`: how many there are.
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
