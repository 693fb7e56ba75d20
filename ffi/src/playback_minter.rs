//! Tokens of their own for all viewers of a stream, around the one grant that they share.

use std::ffi::c_void;
use std::time::Duration;

use grantmint_core::{PlaybackMinter, PlaybackToken, Result, TokenOptions};

use crate::api_key::grantmint_api_key_t;
use crate::callback::{self, Userdata};
use crate::clock::{clock, grantmint_manual_clock_t};
use crate::error::{grantmint_error_t, grantmint_status_t};
use crate::events::grantmint_events_t;
use crate::grant_cache::{grantmint_cache_policy_t, grantmint_grant_cache_t, policy};
use crate::grants::{grantmint_grant_t, grants};
use crate::handle::{self, class};
use crate::options::{self, Options, switch};
use crate::playback_token::{grantmint_playback_token_t, grantmint_token_callback_t};
use crate::source::grantmint_source_t;
use crate::stats::grantmint_stats_t;
use crate::stream_minter::grantmint_stream_minter_t;
use crate::strings::{grantmint_str_t, grantmint_string_t};
use crate::time;
use crate::waiter::grantmint_wait_options_t;

/// Mints playback tokens: a token of its own for each viewer, around a grant that is fetched about
/// once per stream and half a minute. To be shared by all threads. Minters of one key share one
/// cache within the process unless told otherwise.
pub struct grantmint_playback_minter_t(PlaybackMinter);

class!(grantmint_playback_minter_t);

/// What a playback minter may be told. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_playback_minter_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_PLAYBACK_MINTER_OPTIONS_INIT`.
    pub struct_size: usize,
    /// The only web origin that may play the streams, such as `https://www.example.com`, or `*`;
    /// any by default.
    pub allow_origin: grantmint_str_t,
    /// Further grants in each token, beside the playback grant; copied.
    pub grants: *const *const grantmint_grant_t,
    /// How many further grants.
    pub grants_len: usize,
    /// How many seconds each token lives: 1 to 86,400, 3,600 by default.
    pub ttl: u64,
    /// Fetches grants from somewhere else than the PlaybackGrant endpoint. The cache is then not
    /// shared unless asked.
    pub source: *const grantmint_source_t,
    /// The cache to use; not with `share`, `isolated` or `policy`.
    pub cache: *const grantmint_grant_cache_t,
    /// Shares the cache with all minters of the account that give this name: 1 to 128 bytes.
    pub share: grantmint_str_t,
    /// Scheme, host and port of upstream, `https://media.twilio.com` by default. Plain http is
    /// allowed on loopback only.
    pub base_url: grantmint_str_t,
    /// The URL of an HTTP proxy; the environment's is not read.
    pub proxy: grantmint_str_t,
    /// The path of a PEM file with the certificate authorities to trust instead of the built-in
    /// ones.
    pub ca_file: grantmint_str_t,
    /// The windows and limits of the cache; read during the call alone.
    pub policy: *const grantmint_cache_policy_t,
    /// Another clock, for tests. The minter then shares nothing with others.
    pub clock: *const grantmint_manual_clock_t,
    /// How many milliseconds a call waits for a grant, 5,000 by default.
    pub timeout_ms: u32,
    /// The least remaining life of the grant in a token, in milliseconds and net of the safety
    /// margin: 5,000 for grants of 60 s and 2,000 for 15 s by default; at most half of `grant_ttl`.
    pub min_remaining_ms: u32,
    /// The life to ask for grants with, in seconds: 1 to 60, 60 by default.
    pub grant_ttl: u32,
    /// Whether each token has a `jti` of its own in place of the vendor's: a `grantmint_switch_t`,
    /// on by default.
    pub unique: i32,
    /// Whether to share the cache with nobody: a `grantmint_switch_t`, off by default. The
    /// account's cool-down and budget are shared all the same.
    pub isolated: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and texts, pointers and numbers may be zero.
unsafe impl Options for grantmint_playback_minter_options_t {}

impl grantmint_wait_options_t {
    pub(crate) fn token(self) -> TokenOptions {
        let begin = self.begin();
        TokenOptions { min_remaining: begin.min_remaining, timeout: begin.timeout }
    }
}

/// A minter that signs, and by default fetches, with a key. Makes no call and starts no thread.
///
/// `options`: null for all defaults. `*out`: the minter, to free with
/// `grantmint_playback_minter_free`; it keeps what it needs of `key` and `options`.
///
/// Statuses: 1xx for what is out of its range or does not go together; `unsupported` for a library
/// without the HTTP client and a minter without a source.
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
        let (out, key, options) = unsafe {
            (handle::out_object(out)?, handle::shared(key, "key")?, options::read(options)?)
        };
        // SAFETY: [handles], [strings], [structs], [arrays]
        let builder = unsafe { configured(key, &options)? };
        *out = handle::new(grantmint_playback_minter_t(builder.build()?));
        Ok(())
    })
}

/// What was set is handed on, and nothing else.
///
/// # Safety
///
/// [handles], [strings], [structs], [arrays]
unsafe fn configured(
    key: &grantmint_api_key_t,
    options: &grantmint_playback_minter_options_t,
) -> Result<grantmint_core::PlaybackMinterBuilder> {
    // SAFETY: [strings]
    let (allow_origin, share, base_url, proxy, ca_file) = unsafe {
        (
            options.allow_origin.optional("allow_origin")?,
            options.share.optional("share")?,
            options.base_url.optional("base_url")?,
            options.proxy.optional("proxy")?,
            options.ca_file.optional("ca_file")?,
        )
    };
    // SAFETY: [handles], [structs], [arrays]
    let (grants, source, cache, policy, clock) = unsafe {
        (
            grants(options.grants, options.grants_len)?,
            handle::optional(options.source, "source")?,
            handle::optional(options.cache, "cache")?,
            policy(options.policy)?,
            clock(options.clock)?,
        )
    };
    let mut builder = PlaybackMinter::builder(&key.0);
    for grant in grants {
        builder = builder.grant(grant);
    }
    if let Some(origin) = allow_origin {
        builder = builder.allow_origin(origin);
    }
    if let Some(name) = share {
        builder = builder.share(name);
    }
    if let Some(url) = base_url {
        builder = builder.base_url(url);
    }
    if let Some(url) = proxy {
        builder = builder.proxy(url);
    }
    if let Some(path) = ca_file {
        builder = builder.ca_file(path);
    }
    if let Some(source) = source {
        builder = builder.source(source.clone());
    }
    if let Some(cache) = cache {
        builder = builder.cache(cache.cache());
    }
    if let Some(policy) = policy {
        builder = builder.policy(policy);
    }
    if let Some(clock) = clock {
        builder = builder.clock(clock);
    }
    if options.ttl != 0 {
        builder = builder.ttl(options.ttl);
    }
    if options.grant_ttl != 0 {
        builder = builder.grant_ttl(options.grant_ttl);
    }
    if let Some(time) = time::optional(options.timeout_ms) {
        builder = builder.timeout(time);
    }
    if let Some(time) = time::optional(options.min_remaining_ms) {
        builder = builder.min_remaining(time);
    }
    if let Some(unique) = switch(options.unique, "unique")? {
        builder = builder.unique(unique);
    }
    if switch(options.isolated, "isolated")? == Some(true) {
        builder = builder.isolated();
    }
    Ok(builder)
}

/// A token for one viewer of a stream (`VJ…`). Waits for a grant if there is none; a hit takes no
/// lock and makes no call.
///
/// `identity`: 1 to 512 bytes, beside a video grant at most 128 characters. `options`: null for
/// what the minter says. `*out`: the token, to free with `grantmint_playback_token_free`.
///
/// Statuses: 1xx for the arguments; 3xx of the fetch, shared by all who waited for it;
/// `deadline_exceeded` when no grant came in time, `overloaded` when the account's calls are used
/// up, `closed` after `grantmint_playback_minter_close`.
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
                handle::out_object(out)?,
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

/// As `grantmint_playback_minter_token`, by callback: called once, before this returns if the grant
/// is there, else on the thread that ends the fetch or, when the caller's time is over, on one of
/// the library's, which it must not block.
///
/// `callback`: gets every error but those of the pointers and texts given here; not called unless
/// the status is `GRANTMINT_OK`. `userdata`: its first argument.
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

/// Answers a call for a token.
pub(crate) fn answer(
    callback: grantmint_token_callback_t,
    userdata: *mut c_void,
) -> Result<impl FnOnce(Result<PlaybackToken>) + Send + 'static> {
    let callback = callback::required(callback, "callback")?;
    let userdata = Userdata::new(userdata);
    Ok(move |result: Result<PlaybackToken>| {
        callback::answer(callback, userdata, result.map(grantmint_playback_token_t::new));
    })
}

/// A token if the grant for it is there; never waits. Sets off the fetch that is due.
///
/// `*out`: the bare token, to free with `grantmint_string_free`, or null.
///
/// Statuses: 1xx for the arguments, `closed`; never an error of upstream.
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
                handle::out_object(out)?,
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

/// One stream, for hot paths.
///
/// `*out`: the stream, to free with `grantmint_stream_minter_free`; it keeps the minter alive.
///
/// Statuses: `invalid_sid`, `closed`; `throttled` or `overloaded` for a new stream while no call
/// may be made.
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
            (
                handle::out_object(out)?,
                handle::shared(minter, "minter")?,
                streamer.text("streamer")?,
            )
        };
        *out = handle::new(grantmint_stream_minter_t::new(minter.0.stream(streamer)?));
        Ok(())
    })
}

/// Fetches a stream's grant before anybody asks for it; does not wait.
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

/// Keeps a stream's grant fresh without it being read, for a time in milliseconds of at most 24 h;
/// 0 ends it.
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

/// Drops a stream's grant. A fetch in the air serves those who wait for it and is not stored.
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
        unsafe { handle::tell(out, minter.0.invalidate(streamer)?) };
        Ok(())
    })
}

/// Drops a stream's grant if it is the one of this generation: of many viewers who met a bad grant,
/// the first has it fetched anew.
///
/// `*out`: whether it was; `out` may be null.
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
        unsafe { handle::tell(out, minter.0.invalidate_if(streamer, generation)?) };
        Ok(())
    })
}

/// Signs and fetches with another key of the same account from now on. Grants stay, stored errors
/// go; fetches in the air serve those who wait for them and are not stored.
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
        minter.0.rotate(&key.0)
    })
}

/// What the cache has done, for all who share it.
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
        let (out, minter) =
            unsafe { (handle::out_object(out)?, handle::shared(minter, "minter")?) };
        *out = handle::new(grantmint_stats_t::new(minter.0.stats()?));
        Ok(())
    })
}

/// The cache's last 1,024 events since the last call, oldest first.
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
        let (out, minter) =
            unsafe { (handle::out_object(out)?, handle::shared(minter, "minter")?) };
        *out = handle::new(grantmint_events_t::new(minter.0.drain_events()?));
        Ok(())
    })
}

/// Empties the cache for all who share it.
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

/// The cache.
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
        let (out, minter) =
            unsafe { (handle::out_object(out)?, handle::shared(minter, "minter")?) };
        *out = handle::new(grantmint_grant_cache_t::new(minter.0.cache()?));
        Ok(())
    })
}

/// Detaches the minter and its streams: later calls fail with `closed`, those that wait are
/// answered, and it keeps nothing warm any more. Others who share the cache go on. Does nothing for
/// null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_close(
    minter: *const grantmint_playback_minter_t,
) {
    crate::panic::or_empty(|| {
        // SAFETY: [handles]
        unsafe { handle::shared(minter, "minter")? }.0.close();
        Ok(())
    });
}

/// Frees a minter; does nothing for null. Its streams and the fetches in the air go on.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_playback_minter_free(minter: *mut grantmint_playback_minter_t) {
    // SAFETY: [handles]
    unsafe { handle::free(minter) };
}
