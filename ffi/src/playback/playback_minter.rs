//! The playback minter: a token for each viewer of a stream, with the grant that all of them share.

use std::ffi::c_void;
use std::time::Duration;

use grantmint_core::PlaybackMinter;

use crate::api_key::grantmint_api_key_t;
use crate::boundary::boundary;
use crate::cache::events::grantmint_events_t;
use crate::cache::grant_cache::grantmint_grant_cache_t;
use crate::cache::stats::grantmint_stats_t;
use crate::cache::wait_options::grantmint_wait_options_t;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options;
use crate::output;
use crate::panic::or_empty;
use crate::playback::playback_minter_options::grantmint_playback_minter_options_t;
use crate::playback::playback_token::{
    answer, grantmint_playback_token_t, grantmint_token_callback_t,
};
use crate::playback::stream_minter::grantmint_stream_minter_t;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::string::grantmint_string_t;

/// Mints playback tokens: each viewer gets a token of their own, with a grant that is fetched only
/// about every 25 seconds per stream. Use one minter on all threads. Minters of one key share
/// one cache within the process unless their options say otherwise.
///
/// Twilio closed the PlaybackGrant endpoint, which is the default, in 2023: set `source`, or
/// `base_url` to a server that answers as it did.
///
/// ```c,no_run
/// grantmint_playback_minter_options_t options = GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT;
/// options.base_url = GRANTMINT_STR("http://127.0.0.1:8080");
/// grantmint_playback_minter_t *live = NULL;
/// grantmint_playback_token_t *token = NULL;
/// if (grantmint_playback_minter_new(key, &options, &live, &error) == GRANTMINT_OK &&
///     grantmint_playback_minter_token(live, GRANTMINT_STR("VJ00000000000000000000000000000003"),
///                                     GRANTMINT_STR("alice"), NULL, &token, &error) == GRANTMINT_OK) {
///     grantmint_str_t jwt = grantmint_playback_token_jwt(token);
///     printf("%.*s\n", (int)jwt.len, jwt.data);
/// } else if (grantmint_error_is_retryable(error)) {
///     printf("again in %u ms\n", (unsigned)grantmint_error_retry_after_ms(error));
/// }
/// grantmint_error_free(error);
/// grantmint_playback_token_free(token);
/// grantmint_playback_minter_free(live);
/// ```
pub struct grantmint_playback_minter_t(PlaybackMinter);

class!(grantmint_playback_minter_t);

/// Makes a minter that signs with a key, and by default fetches grants with it. Sends no request
/// and starts no thread.
///
/// `options`: null for all defaults. `*out`: the minter, to free with
/// `grantmint_playback_minter_free`; it keeps what it needs of `key` and `options`.
///
/// Statuses: 1xx for options that are out of range or exclude each other; `unsupported` if the
/// library was built without its HTTP client and there is no source.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_new(
    key: *const grantmint_api_key_t,
    options: *const grantmint_playback_minter_options_t,
    out: *mut *mut grantmint_playback_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [structs], [outputs]
        let (out, key, options) =
            unsafe { (output::object(out)?, handle::shared(key, "key")?, options::read(options)?) };
        // SAFETY: [handles], [strings], [structs], [arrays]
        let builder = unsafe { options.configure(PlaybackMinter::builder(key.key()))? };
        *out = handle::new(grantmint_playback_minter_t(builder.build()?));
        Ok(())
    })
}

/// Mints a token for one viewer of a stream (`VJ…`). Waits for a grant if there is none. If there
/// is one, takes no lock and sends no request.
///
/// `identity`: 1 to 512 bytes, beside a video grant at most 128 characters. `options`: null for
/// those of the minter. `*out`: the token, to free with `grantmint_playback_token_free`.
///
/// Statuses: 1xx for the arguments; 3xx of the fetch, the same for all calls that waited for it;
/// `deadline_exceeded` when no grant came in time, `overloaded` when the account's rate limit
/// is used up, `closed` after `grantmint_playback_minter_close`.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_token(
    minter: *const grantmint_playback_minter_t,
    streamer: grantmint_str_t,
    identity: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    out: *mut *mut grantmint_playback_token_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, minter, streamer, identity, options) = unsafe {
            (
                output::object(out)?,
                handle::shared(minter, "minter")?,
                streamer.text("streamer")?,
                identity.text("identity")?,
                options::read(options)?,
            )
        };
        let token = minter.0.token_with(streamer, identity, options.token())?;
        *out = handle::new(grantmint_playback_token_t::new(token));
        Ok(())
    })
}

/// As `grantmint_playback_minter_token`, but never blocks: the result goes to a callback, which is
/// called once. If the grant is there, that is before this call returns; else on the thread that
/// ends the fetch or, when the caller's time is over, on a thread of the library, which it must not
/// block.
///
/// `callback`: gets every error except those of the pointers and texts given here; not called
/// unless the status is `GRANTMINT_OK`. `userdata`: its first argument.
///
/// Statuses: 9xx and `invalid_argument` for the arguments alone.
///
/// # Safety
///
/// [handles], [strings], [structs], [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_token_then(
    minter: *const grantmint_playback_minter_t,
    streamer: grantmint_str_t,
    identity: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    callback: grantmint_token_callback_t,
    userdata: *mut c_void,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs]
        let (minter, streamer, identity, options) = unsafe {
            (
                handle::shared(minter, "minter")?,
                streamer.text("streamer")?,
                identity.text("identity")?,
                options::read(options)?,
            )
        };
        let answer = answer(callback, userdata)?;
        minter.0.token_then(streamer, identity, options.token(), answer);
        Ok(())
    })
}

/// Mints a token if the grant for it is there. Never waits; starts the fetch that is due.
///
/// `*out`: the bare token, to free with `grantmint_string_free`, or null.
///
/// Statuses: 1xx for the arguments, `closed`; never an error of upstream or of a source.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_try_token(
    minter: *const grantmint_playback_minter_t,
    streamer: grantmint_str_t,
    identity: grantmint_str_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, minter, streamer, identity) = unsafe {
            (
                output::object(out)?,
                handle::shared(minter, "minter")?,
                streamer.text("streamer")?,
                identity.text("identity")?,
            )
        };
        if let Some(token) = minter.0.try_token(streamer, identity)? {
            *out = handle::new(grantmint_string_t::new(token));
        }
        Ok(())
    })
}

/// Gets one stream, for hot paths.
///
/// `*out`: the stream, to free with `grantmint_stream_minter_free`; it keeps the minter alive.
///
/// Statuses: `invalid_sid`, `closed`; `throttled` or `overloaded` for a new stream while no request
/// may be sent.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_stream(
    minter: *const grantmint_playback_minter_t,
    streamer: grantmint_str_t,
    out: *mut *mut grantmint_stream_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, minter, streamer) = unsafe {
            (output::object(out)?, handle::shared(minter, "minter")?, streamer.text("streamer")?)
        };
        *out = handle::new(grantmint_stream_minter_t::new(minter.0.stream(streamer)?));
        Ok(())
    })
}

/// Starts to fetch a stream's grant before a caller asks for it. Does not wait.
///
/// Statuses: as `grantmint_playback_minter_stream`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_prefetch(
    minter: *const grantmint_playback_minter_t,
    streamer: grantmint_str_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (minter, streamer) =
            unsafe { (handle::shared(minter, "minter")?, streamer.text("streamer")?) };
        minter.0.prefetch(streamer)
    })
}

/// Has a stream's grant refreshed for a time even if no caller asks for it.
///
/// `time_ms`: for how many milliseconds, at most 48 h; 0 to end it.
///
/// Statuses: as `grantmint_playback_minter_stream`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_keep_warm(
    minter: *const grantmint_playback_minter_t,
    streamer: grantmint_str_t,
    time_ms: u32,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (minter, streamer) =
            unsafe { (handle::shared(minter, "minter")?, streamer.text("streamer")?) };
        minter.0.keep_warm(streamer, Duration::from_millis(time_ms.into()))
    })
}

/// Drops the grant and the cached error of a stream. If a fetch is running, its result still goes
/// to the callers that wait for it, but is not stored.
///
/// `*out`: whether the cache knew the stream; `out` may be null.
///
/// Statuses: `invalid_sid`, `closed`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_invalidate(
    minter: *const grantmint_playback_minter_t,
    streamer: grantmint_str_t,
    out: *mut bool,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (minter, streamer) =
            unsafe { (handle::shared(minter, "minter")?, streamer.text("streamer")?) };
        // SAFETY: [outputs]
        unsafe { output::tell(out, minter.0.invalidate(streamer)?) };
        Ok(())
    })
}

/// As `grantmint_playback_minter_invalidate`, if the grant is the one of this generation. Of many
/// callers that found a grant to be bad, only the first then has it fetched anew.
///
/// `*out`: whether it was dropped; `out` may be null.
///
/// Statuses: `invalid_sid`, `closed`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_invalidate_if(
    minter: *const grantmint_playback_minter_t,
    streamer: grantmint_str_t,
    generation: u64,
    out: *mut bool,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (minter, streamer) =
            unsafe { (handle::shared(minter, "minter")?, streamer.text("streamer")?) };
        // SAFETY: [outputs]
        unsafe { output::tell(out, minter.0.invalidate_if(streamer, generation)?) };
        Ok(())
    })
}

/// Signs and fetches with another key of the same account from now on. Grants stay, cached errors
/// are dropped. The results of running fetches still go to the callers that wait for them, but are
/// not stored.
///
/// Statuses: `invalid_credentials` for a key of another account, `closed`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_rotate(
    minter: *const grantmint_playback_minter_t,
    key: *const grantmint_api_key_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let (minter, key) =
            unsafe { (handle::shared(minter, "minter")?, handle::shared(key, "key")?) };
        minter.0.rotate(key.key())
    })
}

/// Reads the statistics of the minter's cache, for all who share it.
///
/// `*out`: a snapshot, to free with `grantmint_stats_free`.
///
/// Statuses: `closed`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_stats(
    minter: *const grantmint_playback_minter_t,
    out: *mut *mut grantmint_stats_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, minter) = unsafe { (output::object(out)?, handle::shared(minter, "minter")?) };
        *out = handle::new(grantmint_stats_t::new(minter.0.stats()?));
        Ok(())
    })
}

/// Takes the events since the last call out of the minter's cache: the last 1,024 at most, oldest
/// first.
///
/// `*out`: the events, to free with `grantmint_events_free`.
///
/// Statuses: `closed`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_drain_events(
    minter: *const grantmint_playback_minter_t,
    out: *mut *mut grantmint_events_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, minter) = unsafe { (output::object(out)?, handle::shared(minter, "minter")?) };
        *out = handle::new(grantmint_events_t::new(minter.0.drain_events()?));
        Ok(())
    })
}

/// Drops all grants and cached errors of the minter's cache, for all who share it, and wipes what the
/// minter has prepared with those grants.
///
/// Statuses: `closed`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_purge(
    minter: *const grantmint_playback_minter_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let minter = unsafe { handle::shared(minter, "minter")? };
        minter.0.purge()
    })
}

/// Gets the minter's cache.
///
/// `*out`: the cache, to free with `grantmint_grant_cache_free`.
///
/// Statuses: `closed`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_playback_minter_cache(
    minter: *const grantmint_playback_minter_t,
    out: *mut *mut grantmint_grant_cache_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, minter) = unsafe { (output::object(out)?, handle::shared(minter, "minter")?) };
        *out = handle::new(grantmint_grant_cache_t::new(minter.0.cache()?));
        Ok(())
    })
}

/// Closes the minter and its streams: later calls fail with `closed`, calls that wait still get
/// their result, and it keeps no grant warm any more. Others who share the cache go on, and minters
/// to come find it for a while: `grantmint_playback_minter_purge` first empties it. Does nothing
/// for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_close(
    minter: *const grantmint_playback_minter_t,
) {
    or_empty(|| {
        // SAFETY: [handles]
        unsafe { handle::shared(minter, "minter")? }.0.close();
        Ok(())
    });
}

/// Frees a minter; does nothing for null. Its streams and its running fetches go on.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_free(minter: *mut grantmint_playback_minter_t) {
    // SAFETY: [handles]
    unsafe { handle::free(minter) };
}
