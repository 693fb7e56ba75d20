//! One stream of a playback minter: the hot path.

use std::ffi::c_void;

use grantmint_core::StreamMinter;

use crate::boundary::boundary;
use crate::cache::wait_options::grantmint_wait_options_t;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options;
use crate::output;
use crate::playback::playback_token::{
    answer, grantmint_playback_token_t, grantmint_token_callback_t,
};
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::string::grantmint_string_t;

/// One stream of a playback minter. Get it once and keep it for as long as the stream is live. Use
/// it on all threads.
pub struct grantmint_stream_minter_t(StreamMinter);

class!(grantmint_stream_minter_t);

impl grantmint_stream_minter_t {
    pub(crate) fn new(stream: StreamMinter) -> Self {
        Self(stream)
    }
}

/// As `grantmint_playback_minter_token`, for this stream.
///
/// Statuses: as `grantmint_playback_minter_token`, but never `invalid_sid`.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_stream_minter_token(
    stream: *const grantmint_stream_minter_t,
    identity: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    out: *mut *mut grantmint_playback_token_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, stream, identity, options) = unsafe {
            (
                output::object(out)?,
                handle::shared(stream, "stream")?,
                identity.text("identity")?,
                options::read(options)?,
            )
        };
        let token = stream.0.token_with(identity, options.token())?;
        *out = handle::new(grantmint_playback_token_t::new(token));
        Ok(())
    })
}

/// As `grantmint_playback_minter_token_then`, for this stream.
///
/// Statuses: as `grantmint_playback_minter_token_then`.
///
/// # Safety
///
/// [handles], [strings], [structs], [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_stream_minter_token_then(
    stream: *const grantmint_stream_minter_t,
    identity: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    callback: grantmint_token_callback_t,
    userdata: *mut c_void,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs]
        let (stream, identity, options) = unsafe {
            (handle::shared(stream, "stream")?, identity.text("identity")?, options::read(options)?)
        };
        stream.0.token_then(identity, options.token(), answer(callback, userdata)?);
        Ok(())
    })
}

/// As `grantmint_playback_minter_try_token`, for this stream.
///
/// Statuses: `invalid_identity`, `closed`; never an error of upstream or of a source.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_stream_minter_try_token(
    stream: *const grantmint_stream_minter_t,
    identity: grantmint_str_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, stream, identity) = unsafe {
            (output::object(out)?, handle::shared(stream, "stream")?, identity.text("identity")?)
        };
        if let Some(token) = stream.0.try_token(identity)? {
            *out = handle::new(grantmint_string_t::new(token));
        }
        Ok(())
    })
}

/// Frees a stream; does nothing for null. Its minter goes on.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_stream_minter_free(stream: *mut grantmint_stream_minter_t) {
    // SAFETY: [handles]
    unsafe { handle::free(stream) };
}
