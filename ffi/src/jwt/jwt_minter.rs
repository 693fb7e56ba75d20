//! The JWT minter: tokens of one kind for any service that takes signed JSON Web Tokens.

use std::ffi::c_char;

use grantmint_core::{JwtMinter, JwtMinterBuilder, JwtUser, Result, SlotValue};

use super::jwt_minter_options::grantmint_jwt_minter_options_t;
use super::slot_value::{grantmint_slot_value_t, with_values};
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
use crate::token::warning::{fill_warnings, grantmint_warning_t};

/// Mints JSON Web Tokens of one kind for any service that takes HS256, HS384 or HS512: fixed claims, and
/// slots for what differs between users. All but the slots is checked, encoded and hashed once a second,
/// not once a token. Use one on all threads: they take no lock.
///
/// ```c
/// grantmint_jwt_minter_t *rooms = NULL;
/// grantmint_string_t *jwt = NULL;
/// grantmint_slot_value_t values[] = {grantmint_slot_text(GRANTMINT_STR("room"), GRANTMINT_STR("standup")),
///                                    grantmint_slot_bool(GRANTMINT_STR("moderator"), true)};
/// grantmint_str_t secret = GRANTMINT_STR("a secret of at least thirty-two bytes");
/// if (grantmint_jwt_minter_jitsi(GRANTMINT_STR("my_client"), secret, GRANTMINT_STR("jitsi"),
///                                GRANTMINT_STR("meet.example.com"), NULL, &rooms, &error) ==
///         GRANTMINT_OK &&
///     grantmint_jwt_minter_mint(rooms, GRANTMINT_STR("alice"), values, 2, &jwt, &error) ==
///         GRANTMINT_OK) {
///     grantmint_str_t text = grantmint_string_get(jwt);
///     printf("%.*s\n", (int)text.len, text.data);
/// }
/// grantmint_string_free(jwt);
/// grantmint_jwt_minter_free(rooms);
/// ```
pub struct grantmint_jwt_minter_t(JwtMinter);

class!(grantmint_jwt_minter_t);

/// Makes a minter of a builder and the options that C passed.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays]
pub(super) unsafe fn build(
    builder: JwtMinterBuilder,
    options: *const grantmint_jwt_minter_options_t,
    out: &mut *mut grantmint_jwt_minter_t,
) -> Result<()> {
    // SAFETY: [handles], [strings], [structs], [arrays]
    let builder = unsafe { options::read(options)?.configure(builder)? };
    *out = handle::new(grantmint_jwt_minter_t(builder.build()?));
    Ok(())
}

/// One user of `grantmint_jwt_minter_mint_many`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_jwt_user_t {
    /// Whom the token is for; null as `data` if tokens of this kind need not say so.
    pub identity: grantmint_str_t,
    /// The values of the slots.
    pub values: *const grantmint_slot_value_t,
    /// How many.
    pub values_len: usize,
}

/// Makes a minter.
///
/// `secret`: any bytes, at least one. `options`: null for all defaults: a required identity as `sub`, `iat`
/// and `exp`, an hour and HS256. `*out`: the minter, to free with `grantmint_jwt_minter_free`; it keeps what
/// it needs of both.
///
/// Statuses: `invalid_credentials` for an empty secret; `invalid_ttl`; `invalid_argument` for a claim that
/// is given twice, is one of the minter's own or is not valid JSON, and for a slot that is not well-formed
/// or stands in the way of another claim; `limit_exceeded` for over 64 slots.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_new(
    secret: grantmint_str_t,
    options: *const grantmint_jwt_minter_options_t,
    out: *mut *mut grantmint_jwt_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        unsafe {
            let (out, secret) = (output::object(out)?, secret.bytes("secret")?);
            build(JwtMinter::builder(secret), options, out)
        }
    })
}

/// Mints the token of one user, issued now.
///
/// `identity`: whom it is for; null as `data` if tokens of this kind need not say so. `values`: an array of
/// `count`, by the names of their slots; those in the order of the slots are found fastest. `*out`: the
/// token, to free with `grantmint_string_free`.
///
/// Statuses: `invalid_identity` for one that is missing, empty or too long; `invalid_argument` for a value of
/// the wrong kind, too long or not allowed, for a slot that is missing, unknown or given twice, and while a
/// token would end before its `nbf`; `limit_exceeded` for a token over 128 KiB.
///
/// # Safety
///
/// [handles], [strings], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_mint(
    minter: *const grantmint_jwt_minter_t,
    identity: grantmint_str_t,
    values: *const grantmint_slot_value_t,
    count: usize,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [arrays], [outputs]
        unsafe {
            let (out, minter) = (output::object(out)?, handle::shared(minter, "minter")?);
            let identity = identity.given("identity")?;
            let token = with_values(values, count, |values| minter.0.mint(identity, values))?;
            *out = handle::new(grantmint_string_t::new(token));
            Ok(())
        }
    })
}

/// As `grantmint_jwt_minter_mint`, into a buffer of the caller's. This is the fastest way: for 16 short
/// values and fewer it allocates nothing. The token is not terminated.
///
/// `buffer`: room for `capacity` bytes. `*len`: the length of the token; none is over 128 KiB.
///
/// Statuses: `buffer_too_small` if `*len` is over `capacity`: nothing else is written; else as
/// `grantmint_jwt_minter_mint`.
///
/// # Safety
///
/// [handles], [strings], [arrays], [buffers], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_mint_into(
    minter: *const grantmint_jwt_minter_t,
    identity: grantmint_str_t,
    values: *const grantmint_slot_value_t,
    count: usize,
    buffer: *mut c_char,
    capacity: usize,
    len: *mut usize,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (minter, identity) =
            unsafe { (handle::shared(minter, "minter")?, identity.given("identity")?) };
        let fill = |parts: [&str; 2]| {
            // SAFETY: [buffers]
            unsafe { arrays::fill(parts.map(str::as_bytes), buffer.cast(), capacity, len) }
        };
        // SAFETY: [strings], [arrays]
        unsafe { with_values(values, count, |values| minter.0.mint_parts(identity, values, fill)?) }
    })
}

/// Mints the token of one user, issued at a Unix second of the caller's choice. Slower than
/// `grantmint_jwt_minter_mint` unless that is the current second.
///
/// `unix_seconds`: that second. The rest as of `grantmint_jwt_minter_mint`.
///
/// Statuses: as `grantmint_jwt_minter_mint`; `invalid_argument` for a second after the year 9999.
///
/// # Safety
///
/// [handles], [strings], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_mint_at(
    minter: *const grantmint_jwt_minter_t,
    identity: grantmint_str_t,
    values: *const grantmint_slot_value_t,
    count: usize,
    unix_seconds: u64,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [arrays], [outputs]
        unsafe {
            let (out, minter) = (output::object(out)?, handle::shared(minter, "minter")?);
            let identity = identity.given("identity")?;
            let mint =
                |values: &[(&str, SlotValue<'_>)]| minter.0.mint_at(identity, values, unix_seconds);
            *out = handle::new(grantmint_string_t::new(with_values(values, count, mint)?));
            Ok(())
        }
    })
}

/// Mints one token for each user, all issued in the same second. If one fails, there are none.
///
/// `users`: an array of `count`. `*out`: the tokens in the same order, to free with
/// `grantmint_strings_free`.
///
/// Statuses: as `grantmint_jwt_minter_mint`, with the index in the message.
///
/// # Safety
///
/// [handles], [strings], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_mint_many(
    minter: *const grantmint_jwt_minter_t,
    users: *const grantmint_jwt_user_t,
    count: usize,
    out: *mut *mut grantmint_strings_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [arrays], [outputs]
        let (out, minter, users) = unsafe {
            (
                output::object(out)?,
                handle::shared(minter, "minter")?,
                arrays::array(users, count, "users")?,
            )
        };
        // SAFETY: [strings], [arrays]
        let values =
            users.iter().map(|user| unsafe { user.values() }).collect::<Result<Vec<_>>>()?;
        let each = users.iter().zip(&values).map(|(user, slots)| {
            // SAFETY: [strings]
            let identity = unsafe { user.identity.given("identity")? };
            Ok(JwtUser { identity, slots })
        });
        let each = each.collect::<Result<Vec<_>>>()?;
        *out = handle::new(grantmint_strings_t::new(minter.0.mint_many(&each)?));
        Ok(())
    })
}

impl grantmint_jwt_user_t {
    /// # Safety
    ///
    /// [strings], [arrays]
    unsafe fn values<'a>(&self) -> Result<Vec<(&'a str, SlotValue<'a>)>> {
        // SAFETY: [strings], [arrays]
        unsafe { with_values(self.values, self.values_len, |values| Ok(values.to_vec())) }
    }
}

/// Makes a minter whose slots of these names have their values already, prepared as fixed claims are: for
/// all the users of one room.
///
/// `values`: an array of `count`. `*out`: a new minter, to free with `grantmint_jwt_minter_free`.
///
/// Statuses: as `grantmint_jwt_minter_mint`.
///
/// # Safety
///
/// [handles], [strings], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_bind(
    minter: *const grantmint_jwt_minter_t,
    values: *const grantmint_slot_value_t,
    count: usize,
    out: *mut *mut grantmint_jwt_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [arrays], [outputs]
        unsafe {
            let (out, minter) = (output::object(out)?, handle::shared(minter, "minter")?);
            let bound = with_values(values, count, |values| minter.0.bind(values))?;
            *out = handle::new(grantmint_jwt_minter_t(bound));
            Ok(())
        }
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
pub unsafe extern "C" fn grantmint_jwt_minter_warnings(
    minter: *const grantmint_jwt_minter_t,
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
pub unsafe extern "C" fn grantmint_jwt_minter_free(minter: *mut grantmint_jwt_minter_t) {
    // SAFETY: [handles]
    unsafe { handle::free(minter) };
}
