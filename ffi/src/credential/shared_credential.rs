//! A short-lived credential of a service, which all callers share.

use std::ffi::c_void;
use std::time::Duration;

use grantmint_core::Credential;

use crate::boundary::boundary;
use crate::cache::events::grantmint_events_t;
use crate::cache::grant_cache::grantmint_grant_cache_t;
use crate::cache::stats::grantmint_stats_t;
use crate::cache::wait_options::grantmint_wait_options_t;
use crate::credential::credential_options::grantmint_credential_options_t;
use crate::credential::issued::{answer, grantmint_issued_callback_t, grantmint_issued_t};
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options;
use crate::output;
use crate::panic::or_empty;
use crate::rest::rest_source::grantmint_rest_source_t;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;

/// A short-lived credential of a service, fetched once and shared by all who need one: refreshed ahead, with
/// one request for any number of callers. Use one on all threads. Those of one source and the same secrets
/// share one cache within the process unless their options say otherwise.
///
/// ```c,no_run
/// grantmint_rest_source_t *source = NULL;
/// grantmint_credential_t *token = NULL;
/// grantmint_issued_t *issued = NULL;
/// if (grantmint_rest_source_oauth2(GRANTMINT_STR("https://idp.example/oauth/token"),
///                                  GRANTMINT_STR("my app"), GRANTMINT_STR("its secret"), NULL, 0,
///                                  &source, &error) == GRANTMINT_OK &&
///     grantmint_credential_new(source, NULL, &token, &error) == GRANTMINT_OK &&
///     grantmint_credential_get(token, grantmint_str(NULL), NULL, &issued, &error) == GRANTMINT_OK) {
///     grantmint_str_t value = grantmint_issued_value(issued);
///     printf("Authorization: Bearer %.*s\n", (int)value.len, value.data);
/// }
/// grantmint_error_free(error);
/// grantmint_issued_free(issued);
/// grantmint_credential_free(token);
/// grantmint_rest_source_free(source);
/// ```
pub struct grantmint_credential_t(Credential);

class!(grantmint_credential_t);

/// Makes a credential of what a source brings. Sends no request and starts no thread.
///
/// `options`: null for all defaults. `*out`: the credential, to free with `grantmint_credential_free`; it
/// keeps what it needs of `source` and `options`.
///
/// Statuses: `invalid_argument` for what is out of its range or does not go together.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_credential_new(
    source: *const grantmint_rest_source_t,
    options: *const grantmint_credential_options_t,
    out: *mut *mut grantmint_credential_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [structs], [outputs]
        let (out, source, options) = unsafe {
            (output::object(out)?, handle::shared(source, "source")?, options::read(options)?)
        };
        // SAFETY: [handles], [strings], [structs]
        let builder = unsafe { options.configure(Credential::builder(source.source().clone()))? };
        *out = handle::new(grantmint_credential_t(builder.build()?));
        Ok(())
    })
}

/// Gets the credential, and waits for it if necessary.
///
/// `key`: whose credential, for a source that is `key`; with null as `data` nobody's. `options`: null for those of the credential. `*out`: the credential, to free with
/// `grantmint_issued_free`.
///
/// Statuses: `invalid_argument` for the key and a `min_remaining_ms` over half of the lifetime; 3xx of the fetch, the
/// same for all calls that waited for it; `deadline_exceeded` when none came in time, `overloaded` when the
/// rate limit is used up, `closed` after `grantmint_credential_close`.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_credential_get(
    credential: *const grantmint_credential_t,
    key: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    out: *mut *mut grantmint_issued_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, credential, key, options) = unsafe {
            (
                output::object(out)?,
                handle::shared(credential, "credential")?,
                key.given("key")?,
                options::read(options)?,
            )
        };
        let issued = credential.0.get_with(key, options.begin())?;
        *out = handle::new(grantmint_issued_t::new(issued));
        Ok(())
    })
}

/// As `grantmint_credential_get`, but never blocks: the result goes to a callback, which is called once. If
/// the credential is there, that is before this call returns; else on the thread that ends the fetch or,
/// when the caller's time is over, on a thread of the library, which it must not block.
///
/// `callback`: gets every error except those of the pointers and texts given here; not called unless the
/// status is `GRANTMINT_OK`. `userdata`: its first argument.
///
/// Statuses: 9xx for the arguments alone.
///
/// # Safety
///
/// [handles], [strings], [structs], [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_credential_get_then(
    credential: *const grantmint_credential_t,
    key: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    callback: grantmint_issued_callback_t,
    userdata: *mut c_void,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs]
        let (credential, key, options) = unsafe {
            (handle::shared(credential, "credential")?, key.given("key")?, options::read(options)?)
        };
        let answer = answer(callback, userdata)?;
        // Dropping the pending call does not cancel it.
        drop(credential.0.get_then(key, options.begin(), answer));
        Ok(())
    })
}

/// Gets the credential if it is there now, with the `min_remaining_ms` of the call. Never waits; starts the fetch
/// that is due.
///
/// `key`, `options`: as of `grantmint_credential_get`. `*out`: the credential, to free with
/// `grantmint_issued_free`, or null.
///
/// Statuses: 1xx for the arguments, `closed`, `unsupported` for a source that is `call`; never an error of
/// upstream.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_credential_try_get(
    credential: *const grantmint_credential_t,
    key: grantmint_str_t,
    options: *const grantmint_wait_options_t,
    out: *mut *mut grantmint_issued_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, credential, key, options) = unsafe {
            (
                output::object(out)?,
                handle::shared(credential, "credential")?,
                key.given("key")?,
                options::read(options)?,
            )
        };
        if let Some(issued) = credential.0.try_get(key, options.begin())? {
            *out = handle::new(grantmint_issued_t::new(issued));
        }
        Ok(())
    })
}

/// Starts to fetch the credential before a caller asks for it. Does not wait.
///
/// `key`: as of `grantmint_credential_get`.
///
/// Statuses: as `grantmint_credential_try_get`; that of the last fetch while no request may be sent.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_credential_prefetch(
    credential: *const grantmint_credential_t,
    key: grantmint_str_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (credential, key) =
            unsafe { (handle::shared(credential, "credential")?, key.given("key")?) };
        credential.0.prefetch(key)
    })
}

/// Has the credential refreshed for a time even if no caller asks for it.
///
/// `key`: as of `grantmint_credential_get`. `time_ms`: for how many milliseconds, at most 48 h; 0 to end it.
///
/// Statuses: as `grantmint_credential_prefetch`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_credential_keep_warm(
    credential: *const grantmint_credential_t,
    key: grantmint_str_t,
    time_ms: u32,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (credential, key) =
            unsafe { (handle::shared(credential, "credential")?, key.given("key")?) };
        credential.0.keep_warm(key, Duration::from_millis(time_ms.into()))
    })
}

/// Drops the credential and the cached error. If a fetch is running, its result still goes to the callers that
/// wait for it, but is not stored.
///
/// `key`: as of `grantmint_credential_get`. `*out`: whether there was such an entry; `out` may be null.
///
/// Statuses: as `grantmint_credential_try_get`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_credential_invalidate(
    credential: *const grantmint_credential_t,
    key: grantmint_str_t,
    out: *mut bool,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (credential, key) =
            unsafe { (handle::shared(credential, "credential")?, key.given("key")?) };
        // SAFETY: [outputs]
        unsafe { output::tell(out, credential.0.invalidate(key)?) };
        Ok(())
    })
}

/// As `grantmint_credential_invalidate`, if the credential is the one of this generation: of many callers whom a service
/// has refused it, only the first then has it fetched anew.
///
/// `key`: as of `grantmint_credential_get`. `*out`: whether it was dropped; `out` may be null.
///
/// Statuses: as `grantmint_credential_try_get`.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_credential_invalidate_if(
    credential: *const grantmint_credential_t,
    key: grantmint_str_t,
    generation: u64,
    out: *mut bool,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (credential, key) =
            unsafe { (handle::shared(credential, "credential")?, key.given("key")?) };
        // SAFETY: [outputs]
        unsafe { output::tell(out, credential.0.invalidate_if(key, generation)?) };
        Ok(())
    })
}

/// Drops all credentials and cached errors of the source in the cache, for all who share them.
///
/// Statuses: `closed`.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_credential_purge(
    credential: *const grantmint_credential_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let credential = unsafe { handle::shared(credential, "credential")? };
        credential.0.purge()
    })
}

/// Reads the statistics of the cache, for all who share it.
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
pub unsafe extern "C" fn grantmint_credential_stats(
    credential: *const grantmint_credential_t,
    out: *mut *mut grantmint_stats_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, credential) =
            unsafe { (output::object(out)?, handle::shared(credential, "credential")?) };
        *out = handle::new(grantmint_stats_t::new(credential.0.stats()?));
        Ok(())
    })
}

/// Takes the events since the last call out of the cache: the last 1,024 at most, oldest first.
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
pub unsafe extern "C" fn grantmint_credential_drain_events(
    credential: *const grantmint_credential_t,
    out: *mut *mut grantmint_events_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, credential) =
            unsafe { (output::object(out)?, handle::shared(credential, "credential")?) };
        *out = handle::new(grantmint_events_t::new(credential.0.drain_events()?));
        Ok(())
    })
}

/// Gets the cache.
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
pub unsafe extern "C" fn grantmint_credential_cache(
    credential: *const grantmint_credential_t,
    out: *mut *mut grantmint_grant_cache_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, credential) =
            unsafe { (output::object(out)?, handle::shared(credential, "credential")?) };
        *out = handle::new(grantmint_grant_cache_t::new(credential.0.cache()?));
        Ok(())
    })
}

/// Closes a credential: later calls fail with `closed`, those that wait are answered, and nothing is kept
/// warm for it. Others who share the cache go on. Does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_credential_close(credential: *const grantmint_credential_t) {
    or_empty(|| {
        // SAFETY: [handles]
        let credential = unsafe { handle::shared(credential, "credential")? };
        credential.0.close();
        Ok(())
    });
}

/// Closes and frees a credential; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_credential_free(credential: *mut grantmint_credential_t) {
    // SAFETY: [handles]
    unsafe { handle::free(credential) };
}
