//! Minters of the tokens that services want, each with its claims, slots and lengths.

use grantmint_core::JwtMinter;

use super::jwt_minter::{build, grantmint_jwt_minter_t};
use super::jwt_minter_options::grantmint_jwt_minter_options_t;
use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::output;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;

/// Makes a minter of LiveKit's tokens. The slots have the names of its Python library's grants: `name`,
/// `metadata`, `attributes`, `room_join`, `room`, `can_publish` and so on. Tokens are valid for six hours
/// and from 10 seconds before their minting on. Who joins a room needs a `room` and an identity.
///
/// `options`: null for all defaults. `*out`: the minter, to free with `grantmint_jwt_minter_free`.
///
/// Statuses: as `grantmint_jwt_minter_new`.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_livekit(
    api_key: grantmint_str_t,
    api_secret: grantmint_str_t,
    options: *const grantmint_jwt_minter_options_t,
    out: *mut *mut grantmint_jwt_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        unsafe {
            let out = output::object(out)?;
            let (key, secret) = (api_key.text("api_key")?, api_secret.text("api_secret")?);
            build(JwtMinter::livekit(key, secret), options, out)
        }
    })
}

/// As `grantmint_jwt_minter_livekit`, with the key of the environment variables `LIVEKIT_API_KEY` and
/// `LIVEKIT_API_SECRET`. Do not call it while another thread changes the environment.
///
/// Statuses: `invalid_credentials` names a variable that is missing; else as `grantmint_jwt_minter_new`.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_livekit_from_env(
    options: *const grantmint_jwt_minter_options_t,
    out: *mut *mut grantmint_jwt_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        unsafe {
            let out = output::object(out)?;
            build(JwtMinter::livekit_from_env()?, options, out)
        }
    })
}

/// Makes a minter of the tokens of Zoom's Video SDK. The slots have the names of its claims: `tpc`, the
/// session's name, and `role_type`, 1 for a host and 0 for a participant, are required. The identity is
/// `user_identity`; a `user_key` may stand in its place. Tokens are valid for two hours by default, 1,800
/// to 172,800 seconds.
///
/// `options`: null for all defaults. `*out`: the minter, to free with `grantmint_jwt_minter_free`.
///
/// Statuses: as `grantmint_jwt_minter_new`.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_zoom_video_sdk(
    sdk_key: grantmint_str_t,
    sdk_secret: grantmint_str_t,
    options: *const grantmint_jwt_minter_options_t,
    out: *mut *mut grantmint_jwt_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        unsafe {
            let out = output::object(out)?;
            let (key, secret) = (sdk_key.text("sdk_key")?, sdk_secret.text("sdk_secret")?);
            build(JwtMinter::zoom_video_sdk(key, secret), options, out)
        }
    })
}

/// Makes a minter of the tokens of a Jitsi Meet of your own. `aud` and `sub` are what it is configured with:
/// the audience that it accepts, `jitsi` for most, and its domain or tenant in lower case. The slots are
/// `room`, which is required and may be `*`, and of the user the identity, `name`, `email`, `avatar`,
/// `moderator` and `affiliation`; beside it `group` and `features`. Tokens are valid from 10 seconds before
/// their minting on.
///
/// `options`: null for all defaults. `*out`: the minter, to free with `grantmint_jwt_minter_free`.
///
/// Statuses: as `grantmint_jwt_minter_new`.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_jitsi(
    app_id: grantmint_str_t,
    app_secret: grantmint_str_t,
    aud: grantmint_str_t,
    sub: grantmint_str_t,
    options: *const grantmint_jwt_minter_options_t,
    out: *mut *mut grantmint_jwt_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        unsafe {
            let out = output::object(out)?;
            let (id, secret) = (app_id.text("app_id")?, app_secret.text("app_secret")?);
            let (aud, sub) = (aud.text("aud")?, sub.text("sub")?);
            build(JwtMinter::jitsi(id, secret, aud, sub), options, out)
        }
    })
}

/// Makes a minter of the self-signed meeting tokens of Daily, signed with the API key. The slots have the
/// names of its REST API, and become the short names of the token: `room_name` is required, as a token
/// without it opens every room; the identity is `user_id`.
///
/// `options`: null for all defaults. `*out`: the minter, to free with `grantmint_jwt_minter_free`.
///
/// Statuses: as `grantmint_jwt_minter_new`.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_jwt_minter_daily(
    domain_id: grantmint_str_t,
    api_key: grantmint_str_t,
    options: *const grantmint_jwt_minter_options_t,
    out: *mut *mut grantmint_jwt_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [arrays], [outputs]
        unsafe {
            let out = output::object(out)?;
            let (id, key) = (domain_id.text("domain_id")?, api_key.text("api_key")?);
            build(JwtMinter::daily(id, key), options, out)
        }
    })
}
