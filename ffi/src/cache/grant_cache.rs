//! The grant cache, for hosts that fetch by themselves.

use std::ffi::c_void;
use std::time::Duration;

use grantmint_core::{GrantCache, Hit, Key, Result};

use crate::boundary::boundary;
use crate::cache::begin::grantmint_begin_t;
use crate::cache::events::grantmint_events_t;
use crate::cache::fetch::{fetcher, grantmint_ticket_callback_t};
use crate::cache::grant_cache_options::grantmint_grant_cache_options_t;
use crate::cache::grant_handle::grantmint_grant_handle_t;
use crate::cache::hit::{grantmint_hit_callback_t, grantmint_hit_t};
use crate::cache::stats::grantmint_stats_t;
use crate::cache::ticket::grantmint_ticket_t;
use crate::cache::wait_options::grantmint_wait_options_t;
use crate::callback::{self, Userdata};
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options;
use crate::output;
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::time;

/// A cache of short-lived grants. A key is a text of 1 to 512 bytes together with the lifetime to ask
/// for its grants with: `ttl_ms`, 1 ms to 48 h in milliseconds. Any number of threads may share a
/// cache. It fetches nothing by itself: it gives a ticket to one of the callers, which does the
/// fetch.
///
/// ```c
/// grantmint_grant_cache_t *cache = NULL;
/// grantmint_begin_t begun = {0};
/// grantmint_hit_t *hit = NULL;
/// grantmint_start_t start;
/// uint32_t ms;
/// if (grantmint_grant_cache_new(NULL, &cache, &error) == GRANTMINT_OK &&
///     grantmint_grant_cache_begin(cache, GRANTMINT_STR("service"), 60000, NULL, &begun, &error) ==
///         GRANTMINT_OK &&
///     begun.outcome == GRANTMINT_FETCH &&
///     grantmint_ticket_start(begun.ticket, &start, &ms, &error) == GRANTMINT_OK &&
///     start == GRANTMINT_START_GO &&
///     // Here the grant is fetched, within so many milliseconds.
///     grantmint_ticket_complete(begun.ticket, GRANTMINT_STR("a grant"), 0, &error) == GRANTMINT_OK &&
///     grantmint_waiter_wait(begun.waiter, &hit, &error) == GRANTMINT_OK) {
///     grantmint_str_t grant = grantmint_hit_grant(hit);
///     printf("%.*s\n", (int)grant.len, grant.data);
/// }
/// grantmint_hit_free(hit);
/// grantmint_grant_cache_free(cache);
/// ```
pub struct grantmint_grant_cache_t(GrantCache);

class!(grantmint_grant_cache_t);

impl grantmint_grant_cache_t {
    pub(crate) fn new(cache: GrantCache) -> Self {
        Self(cache)
    }

    pub(crate) fn cache(&self) -> &GrantCache {
        &self.0
    }
}

/// The key that C passed as a text and a lifetime.
///
/// # Safety
///
/// [strings]
unsafe fn key(text: grantmint_str_t, ttl_ms: u32) -> Result<Key> {
    // SAFETY: [strings]
    let text = unsafe { text.text("key")? };
    Key::new(text, Duration::from_millis(ttl_ms.into()))
}

/// Makes an empty cache.
///
/// `options`: null for all defaults. `*out`: the cache, to free with `grantmint_grant_cache_free`.
///
/// Statuses: `invalid_argument` for a policy out of range, a `fleet` without a secret and a
/// `fleet_namespace` of another length; `unsupported` for a `fleet` where there are none.
///
/// # Safety
///
/// [structs], [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_new(
    options: *const grantmint_grant_cache_options_t,
    out: *mut *mut grantmint_grant_cache_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [outputs]
        let (out, options) = unsafe { (output::object(out)?, options::read(options)?) };
        // SAFETY: [structs], [handles], [strings]
        let builder = unsafe { options.configure(GrantCache::builder())? };
        *out = handle::new(grantmint_grant_cache_t(builder.build()));
        Ok(())
    })
}

/// Asks for a grant, and tells the caller what to do. Never blocks; a hit takes no lock. To have
/// all of that done in one call, use `grantmint_grant_cache_get`.
///
/// `options`: null for all defaults. `*out`: what to do, and the objects for that.
///
/// Statuses: during the pause after a failed fetch its cached error, with the time to wait;
/// `overloaded` when the fetch could not start within the caller's time; `limit_exceeded` and
/// `invalid_ttl` for the key, `invalid_argument` for the options.
///
/// # Safety
///
/// [handles], [strings], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_begin(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    options: *const grantmint_wait_options_t,
    out: *mut grantmint_begin_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, cache, key, options) = unsafe {
            (
                output::value(out, grantmint_begin_t::NOTHING, "out")?,
                handle::shared(cache, "cache")?,
                self::key(key, ttl_ms)?,
                options::read(options)?.begin(),
            )
        };
        *out = grantmint_begin_t::new(cache.0.begin(&key, options)?);
        Ok(())
    })
}

/// Gets a grant, and waits for it if necessary.
///
/// `fetch`: called on this thread with a ticket if this call has to do the fetch; up to three times,
/// as a fetch that was abandoned is begun again; not called if another process of the cache's fleet
/// brings the grant, which this call then waits for. If `grantmint_ticket_is_refresh`, it should give
/// the ticket to another thread rather than fetch at once, as the call already has a grant.
/// `userdata`: its first argument. `options`: null for all defaults. `*out`: the grant, to free
/// with `grantmint_hit_free`.
///
/// Statuses: as `grantmint_grant_cache_begin` and `grantmint_waiter_wait`.
///
/// # Safety
///
/// [handles], [strings], [structs], [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_get(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    options: *const grantmint_wait_options_t,
    fetch: grantmint_ticket_callback_t,
    userdata: *mut c_void,
    out: *mut *mut grantmint_hit_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, cache, key, options) = unsafe {
            (
                output::object(out)?,
                handle::shared(cache, "cache")?,
                self::key(key, ttl_ms)?,
                options::read(options)?.begin(),
            )
        };
        let hit = cache.0.get(&key, options, fetcher(fetch, userdata)?)?;
        *out = handle::new(grantmint_hit_t::new(hit));
        Ok(())
    })
}

/// As `grantmint_grant_cache_get`, but never blocks: the result goes to a callback, which is called
/// once. If the grant is there, that is before this call returns; else on the thread that ends the
/// fetch or, when the caller's time is over, on a thread of the library, which it must not block.
///
/// `fetch`: as there; may be called on those threads too, until `callback` has been called.
/// `callback`: not called unless the status is `GRANTMINT_OK`. `userdata`: the first argument of
/// both.
///
/// Statuses: `limit_exceeded` and `invalid_ttl` for the key, `null_pointer` for no `fetch` or
/// `callback`. Those of `grantmint_grant_cache_get` go to the callback.
///
/// # Safety
///
/// [handles], [strings], [structs], [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_get_then(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    options: *const grantmint_wait_options_t,
    fetch: grantmint_ticket_callback_t,
    callback: grantmint_hit_callback_t,
    userdata: *mut c_void,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs]
        let (cache, key, options) = unsafe {
            (
                handle::shared(cache, "cache")?,
                self::key(key, ttl_ms)?,
                options::read(options)?.begin(),
            )
        };
        let callback = callback::required(callback, "callback")?;
        let (fetch, userdata) = (fetcher(fetch, userdata)?, Userdata::new(userdata));
        let answer = move |result: Result<Hit>| {
            callback::answer(callback, userdata, result.map(grantmint_hit_t::new));
        };
        // Dropping the pending call does not cancel it.
        drop(cache.0.get_then(&key, options, fetch, answer));
        Ok(())
    })
}

/// Gets the grant that is there now, if it has `min_remaining_ms` left. Never waits, and never
/// returns an error of upstream.
///
/// `fetch`, `userdata`: as in `grantmint_grant_cache_get`, called if a fetch is due. `*out`: the
/// grant, to free with `grantmint_hit_free`, or null.
///
/// Statuses: `limit_exceeded` and `invalid_ttl` for the key, `invalid_argument` for the options,
/// `null_pointer` for no `fetch`.
///
/// # Safety
///
/// [handles], [strings], [structs], [callbacks], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_try_get(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    options: *const grantmint_wait_options_t,
    fetch: grantmint_ticket_callback_t,
    userdata: *mut c_void,
    out: *mut *mut grantmint_hit_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, cache, key, options) = unsafe {
            (
                output::object(out)?,
                handle::shared(cache, "cache")?,
                self::key(key, ttl_ms)?,
                options::read(options)?.begin(),
            )
        };
        if let Some(hit) = cache.0.try_get(&key, options, fetcher(fetch, userdata)?)? {
            *out = handle::new(grantmint_hit_t::new(hit));
        }
        Ok(())
    })
}

/// Looks a key up once, so that `grantmint_grant_handle_begin` need not.
///
/// `*out`: the handle, to free with `grantmint_grant_handle_free`.
///
/// Statuses: as `grantmint_grant_cache_begin` for a new key.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_handle(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    out: *mut *mut grantmint_grant_handle_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, cache, key) = unsafe {
            (output::object(out)?, handle::shared(cache, "cache")?, self::key(key, ttl_ms)?)
        };
        *out = handle::new(grantmint_grant_handle_t::new(cache.0.handle(&key)?));
        Ok(())
    })
}

/// Gets the ticket to fetch a key's grant before a caller asks for it.
///
/// `*out`: the ticket; null if the grant is there and no refresh is due, if it is being fetched
/// already, or during the pause after a failed fetch.
///
/// Statuses: as `grantmint_grant_cache_begin` for a new key.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_prefetch(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    out: *mut *mut grantmint_ticket_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, cache, key) = unsafe {
            (output::object(out)?, handle::shared(cache, "cache")?, self::key(key, ttl_ms)?)
        };
        if let Some(ticket) = cache.0.prefetch(&key)? {
            *out = handle::new(grantmint_ticket_t::of_cache(ticket));
        }
        Ok(())
    })
}

/// Has a key's grant refreshed for a time even if no caller asks for it. The tickets for that come
/// from `grantmint_grant_cache_poll`.
///
/// `time_ms`: for how many milliseconds, at most 48 h; 0 to end it.
///
/// Statuses: as `grantmint_grant_cache_begin` for a new key.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_keep_warm(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    time_ms: u32,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (cache, key) = unsafe { (handle::shared(cache, "cache")?, self::key(key, ttl_ms)?) };
        cache.0.keep_warm(&key, Duration::from_millis(time_ms.into()))
    })
}

/// Says when to call `grantmint_grant_cache_poll`.
///
/// `*ms`: after how many milliseconds it has something to do. Returns false, and `*ms` is 0, if it
/// will have nothing to do.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_next_wakeup(
    cache: *const grantmint_grant_cache_t,
    ms: *mut u32,
) -> bool {
    or_empty(|| {
        // SAFETY: [handles], [outputs]
        let (out, cache) =
            unsafe { (output::value(ms, 0, "ms")?, handle::shared(cache, "cache")?) };
        let next = cache.0.next_wakeup();
        *out = next.map_or(0, time::wait_ms);
        Ok(next.is_some())
    })
}

/// Ends the fetches that are past their time, and starts those that are due for keys kept warm.
///
/// `fetch`: called on this thread with the ticket of each. `userdata`: its first argument.
///
/// Statuses: `null_pointer` for no `fetch`.
///
/// # Safety
///
/// [handles], [callbacks], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_poll(
    cache: *const grantmint_grant_cache_t,
    fetch: grantmint_ticket_callback_t,
    userdata: *mut c_void,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let cache = unsafe { handle::shared(cache, "cache")? };
        let fetch = fetcher(fetch, userdata)?;
        cache.0.poll().into_iter().for_each(fetch);
        Ok(())
    })
}

/// Drops the grant and the cached error of one key. If a fetch is running, its result still goes to
/// the callers that wait for it, but is not stored.
///
/// `*out`: whether there was such an entry; `out` may be null.
///
/// Statuses: `limit_exceeded` and `invalid_ttl` for the key.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_invalidate(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    out: *mut bool,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (cache, key) = unsafe { (handle::shared(cache, "cache")?, self::key(key, ttl_ms)?) };
        // SAFETY: [outputs]
        unsafe { output::tell(out, cache.0.invalidate(&key)) };
        Ok(())
    })
}

/// As `grantmint_grant_cache_invalidate`, if the grant is the one of this generation. Of many
/// callers that found a grant to be bad, only the first then has it fetched anew.
///
/// `*out`: whether it was dropped; `out` may be null.
///
/// Statuses: `limit_exceeded` and `invalid_ttl` for the key.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_invalidate_if(
    cache: *const grantmint_grant_cache_t,
    key: grantmint_str_t,
    ttl_ms: u32,
    generation: u64,
    out: *mut bool,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings]
        let (cache, key) = unsafe { (handle::shared(cache, "cache")?, self::key(key, ttl_ms)?) };
        // SAFETY: [outputs]
        unsafe { output::tell(out, cache.0.invalidate_if(&key, generation)) };
        Ok(())
    })
}

/// Drops all grants and cached errors, for all who share this cache.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_purge(
    cache: *const grantmint_grant_cache_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let cache = unsafe { handle::shared(cache, "cache")? };
        cache.0.purge();
        Ok(())
    })
}

/// Tells the cache that the host fetches with other credentials from now on. Grants stay, stored
/// errors are dropped. The results of running fetches still go to the callers that wait for them,
/// but are not stored.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_rotate(
    cache: *const grantmint_grant_cache_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let cache = unsafe { handle::shared(cache, "cache")? };
        cache.0.rotate();
        Ok(())
    })
}

/// Reads the statistics of the cache.
///
/// `*out`: a snapshot, to free with `grantmint_stats_free`.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_stats(
    cache: *const grantmint_grant_cache_t,
    out: *mut *mut grantmint_stats_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, cache) = unsafe { (output::object(out)?, handle::shared(cache, "cache")?) };
        *out = handle::new(grantmint_stats_t::new(cache.0.stats()));
        Ok(())
    })
}

/// Takes the events since the last call out of the cache: the last 1,024 at most, oldest first.
///
/// `*out`: the events, to free with `grantmint_events_free`.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_drain_events(
    cache: *const grantmint_grant_cache_t,
    out: *mut *mut grantmint_events_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [outputs]
        let (out, cache) = unsafe { (output::object(out)?, handle::shared(cache, "cache")?) };
        *out = handle::new(grantmint_events_t::new(cache.0.drain_events()));
        Ok(())
    })
}

/// Frees a cache; does nothing for null. Minters and handles that use it go on. Its grants are
/// wiped from memory when the last of them is gone.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_free(cache: *mut grantmint_grant_cache_t) {
    // SAFETY: [handles]
    unsafe { handle::free(cache) };
}
