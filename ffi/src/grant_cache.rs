//! The grant cache as a state machine: for hosts that fetch by themselves.

use std::ffi::c_void;
use std::ptr;
use std::time::Duration;

use grantmint_core::{
    Begin, BeginOptions, CachePolicy, GrantCache, Handle, Hit, Key, Result, Ticket,
};

use crate::callback::{self, Userdata};
use crate::clock::{clock, grantmint_manual_clock_t};
use crate::error::{grantmint_error_t, grantmint_status_t};
use crate::events::grantmint_events_t;
use crate::handle::{self, class};
use crate::options::{self, Options, switch};
use crate::panic::or_empty;
use crate::stats::grantmint_stats_t;
use crate::strings::grantmint_str_t;
use crate::ticket::{grantmint_lead_t, grantmint_ticket_t};
use crate::time;
use crate::waiter::{
    grantmint_hit_callback_t, grantmint_hit_t, grantmint_wait_options_t, grantmint_waiter_t,
};

/// A cache of short-lived grants under keys: a text of 1 to 512 bytes and the life in milliseconds,
/// 1 ms to 24 h, that its grants are asked for with. Any number of threads may share it. It does
/// nothing by itself: whoever asks may be told to fetch.
pub struct grantmint_grant_cache_t(GrantCache);

/// One key of a cache, looked up once, for hot paths. Keeps its cache alive.
pub struct grantmint_grant_handle_t(Handle);

class!(grantmint_grant_cache_t, grantmint_grant_handle_t);

impl grantmint_grant_cache_t {
    pub(crate) fn new(cache: GrantCache) -> Self {
        Self(cache)
    }

    pub(crate) fn cache(&self) -> &GrantCache {
        &self.0
    }
}

/// The windows and limits of a cache. A member that is zero scales with the life of each grant.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_cache_policy_t {
    /// `sizeof` this struct; set by `GRANTMINT_CACHE_POLICY_INIT`.
    pub struct_size: usize,
    /// Fixes every random number to the one that this points to, 0 to 1: for tests.
    pub jitter: *const f64,
    /// How many keys the cache holds before the one idle longest has to go: 1 to 1,000,000, 10,000
    /// by default.
    pub max_keys: usize,
    /// Below this remaining life, in milliseconds, callers wait for the fetch in the air: 20,000
    /// for a life of 60 s, 5,000 for 15 s.
    pub wait_below_ms: u32,
    /// At this remaining life, in milliseconds, a refresh is due: 30,000 for a life of 60 s, 8,000
    /// for 15 s.
    pub soft_point_ms: u32,
    /// Taken off every life for clocks and transit, in milliseconds: 2,000 for a life of 60 s,
    /// 1,000 for 15 s.
    pub safety_margin_ms: u32,
    /// How many milliseconds one fetch may take: 4,000 for a life of 60 s, 3,000 for 15 s.
    pub fetch_timeout_ms: u32,
}

// SAFETY: it starts with its size, and pointers and numbers may be zero.
unsafe impl Options for grantmint_cache_policy_t {}

/// The policy of an options struct, if it was set.
///
/// # Safety
///
/// [structs]
pub(crate) unsafe fn policy(
    policy: *const grantmint_cache_policy_t,
) -> Result<Option<CachePolicy>> {
    if policy.is_null() {
        return Ok(None);
    }
    // SAFETY: [structs] the jitter too, if it is not null, points to a number.
    let (policy, jitter) = unsafe {
        let policy = options::read(policy)?;
        (policy, policy.jitter.as_ref())
    };
    let mut builder = CachePolicy::builder();
    if let Some(time) = time::optional(policy.wait_below_ms) {
        builder = builder.wait_below(time);
    }
    if let Some(time) = time::optional(policy.soft_point_ms) {
        builder = builder.soft_point(time);
    }
    if let Some(time) = time::optional(policy.safety_margin_ms) {
        builder = builder.safety_margin(time);
    }
    if let Some(time) = time::optional(policy.fetch_timeout_ms) {
        builder = builder.fetch_timeout(time);
    }
    if policy.max_keys != 0 {
        builder = builder.max_keys(policy.max_keys);
    }
    if let Some(jitter) = jitter {
        builder = builder.jitter(*jitter);
    }
    builder.build().map(Some)
}

/// What a cache may be told. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_grant_cache_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_GRANT_CACHE_OPTIONS_INIT`.
    pub struct_size: usize,
    /// The windows and limits; read during the call alone.
    pub policy: *const grantmint_cache_policy_t,
    /// Another clock, for tests.
    pub clock: *const grantmint_manual_clock_t,
    /// Whether the cache's calls are counted against a budget of its own, as those of one account
    /// are: a `grantmint_switch_t`, off by default.
    pub governed: i32,
    /// Zero.
    pub reserved: u32,
}

// SAFETY: it starts with its size, and pointers may be zero.
unsafe impl Options for grantmint_grant_cache_options_t {}

/// What a caller of `grantmint_grant_cache_begin` is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum grantmint_outcome_t {
    /// Nothing: the call failed.
    GRANTMINT_NOTHING = 0,
    /// Use `hit`.
    GRANTMINT_HIT = 1,
    /// Use `hit`, and have its successor fetched for `ticket`.
    GRANTMINT_HIT_AND_LEAD = 2,
    /// Have a grant fetched for `ticket`, and wait with `waiter`.
    GRANTMINT_LEAD = 3,
    /// Wait with `waiter` for the fetch in the air.
    GRANTMINT_WAIT = 4,
}

/// What a caller of `grantmint_grant_cache_begin` gets. What is not null is the caller's to bring
/// to an end or to free.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_begin_t {
    /// What to do.
    pub outcome: grantmint_outcome_t,
    /// A grant, or null.
    pub hit: *mut grantmint_hit_t,
    /// The duty to fetch, or null.
    pub ticket: *mut grantmint_ticket_t,
    /// A place among those who wait, or null.
    pub waiter: *mut grantmint_waiter_t,
}

impl grantmint_begin_t {
    const NOTHING: Self = Self {
        outcome: grantmint_outcome_t::GRANTMINT_NOTHING,
        hit: ptr::null_mut(),
        ticket: ptr::null_mut(),
        waiter: ptr::null_mut(),
    };

    fn new(begin: Begin) -> Self {
        use grantmint_outcome_t::*;
        let hit = |hit| handle::new(grantmint_hit_t::new(hit));
        let ticket = |ticket| handle::new(grantmint_ticket_t::of_cache(ticket));
        let waiter = |waiter| handle::new(grantmint_waiter_t::new(waiter));
        match begin {
            Begin::Hit(h) => Self { outcome: GRANTMINT_HIT, hit: hit(h), ..Self::NOTHING },
            Begin::HitAndLead(h, t) => Self {
                outcome: GRANTMINT_HIT_AND_LEAD,
                hit: hit(h),
                ticket: ticket(t),
                ..Self::NOTHING
            },
            Begin::Lead(t, w) => Self {
                outcome: GRANTMINT_LEAD,
                ticket: ticket(t),
                waiter: waiter(w),
                ..Self::NOTHING
            },
            Begin::Wait(w) => Self { outcome: GRANTMINT_WAIT, waiter: waiter(w), ..Self::NOTHING },
        }
    }
}

/// # Safety
///
/// [strings]
unsafe fn key(text: grantmint_str_t, ttl_ms: u32) -> Result<Key> {
    // SAFETY: [strings]
    let text = unsafe { text.text("key")? };
    Key::new(text, Duration::from_millis(ttl_ms.into()))
}

/// # Safety
///
/// [structs]
unsafe fn wish(options: *const grantmint_wait_options_t) -> Result<BeginOptions> {
    // SAFETY: [structs]
    unsafe { options::read(options) }.map(grantmint_wait_options_t::begin)
}

/// Hands duties to a function of the host.
fn leader(
    lead: grantmint_lead_t,
    userdata: *mut c_void,
) -> Result<impl Fn(Ticket) + Send + Sync + 'static> {
    let (lead, userdata) = (callback::required(lead, "lead")?, Userdata::new(userdata));
    Ok(move |ticket| {
        let ticket = handle::new(grantmint_ticket_t::of_cache(ticket));
        // SAFETY: [callbacks] it can be called on any thread, and takes the ticket.
        unsafe { lead(userdata.pointer(), ticket) };
    })
}

/// An empty cache.
///
/// `options`: null for all defaults. `*out`: the cache, to free with `grantmint_grant_cache_free`.
///
/// Statuses: `invalid_argument` for a policy out of range.
///
/// # Safety
///
/// [structs], [handles], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_cache_new(
    options: *const grantmint_grant_cache_options_t,
    out: *mut *mut grantmint_grant_cache_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [structs], [handles], [outputs]
        let (out, options, policy, clock) = unsafe {
            let (out, options) = (handle::out_object(out)?, options::read(options)?);
            (out, options, policy(options.policy)?, clock(options.clock)?)
        };
        let mut builder = GrantCache::builder();
        if let Some(policy) = policy {
            builder = builder.policy(policy);
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        if switch(options.governed, "governed")? == Some(true) {
            builder = builder.governed();
        }
        *out = handle::new(grantmint_grant_cache_t(builder.build()));
        Ok(())
    })
}

/// Asks for a grant and says what to do; never blocks, and a hit takes no lock. To have that done,
/// use `grantmint_grant_cache_get`.
///
/// `options`: null for all defaults. `*out`: what the caller gets.
///
/// Statuses: the stored error of the last attempt while upstream is left alone, with the time to
/// wait; `overloaded` when the fetch could not start within the caller's time; `limit_exceeded` and
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
        let (out, cache, key, wish) = unsafe {
            (
                handle::out(out, grantmint_begin_t::NOTHING, "out")?,
                handle::shared(cache, "cache")?,
                self::key(key, ttl_ms)?,
                wish(options)?,
            )
        };
        *out = grantmint_begin_t::new(cache.0.begin(&key, wish)?);
        Ok(())
    })
}

/// A grant, waiting for it if need be.
///
/// `lead`: called on this thread with the duty to fetch, if that falls to this call, up to three
/// times; where a grant that is still good is being refreshed, it should hand the ticket on rather
/// than fetch at once. `userdata`: its first argument. `options`: null for all defaults. `*out`: the
/// grant, to free with `grantmint_hit_free`.
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
    lead: grantmint_lead_t,
    userdata: *mut c_void,
    out: *mut *mut grantmint_hit_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, cache, key, wish) = unsafe {
            (
                handle::out_object(out)?,
                handle::shared(cache, "cache")?,
                self::key(key, ttl_ms)?,
                wish(options)?,
            )
        };
        let hit = cache.0.get(&key, wish, leader(lead, userdata)?)?;
        *out = handle::new(grantmint_hit_t::new(hit));
        Ok(())
    })
}

/// As `grantmint_grant_cache_get`, by callback: called once, before this returns if the grant is
/// there, else on the thread that ends the fetch or, when the caller's time is over, on one of the
/// library's, which it must not block.
///
/// `lead`: as there; may be called on those threads too, until `callback` has been called.
/// `callback`: not called unless the status is `GRANTMINT_OK`. `userdata`: the first argument of
/// both.
///
/// Statuses: for the arguments alone.
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
    lead: grantmint_lead_t,
    callback: grantmint_hit_callback_t,
    userdata: *mut c_void,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs]
        let (cache, key, wish) =
            unsafe { (handle::shared(cache, "cache")?, self::key(key, ttl_ms)?, wish(options)?) };
        let callback = callback::required(callback, "callback")?;
        let (lead, userdata) = (leader(lead, userdata)?, Userdata::new(userdata));
        let answer = move |result: Result<Hit>| {
            callback::answer(callback, userdata, result.map(grantmint_hit_t::new));
        };
        // The call goes on when its handle is dropped.
        drop(cache.0.get_then(&key, wish, lead, answer));
        Ok(())
    })
}

/// A grant that is there now and keeps the promise; never waits, and never tells of an error of
/// upstream.
///
/// `lead`, `userdata`: as in `grantmint_grant_cache_get`, called if a fetch is due. `*out`: the
/// grant, to free with `grantmint_hit_free`, or null.
///
/// Statuses: for the arguments alone.
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
    lead: grantmint_lead_t,
    userdata: *mut c_void,
    out: *mut *mut grantmint_hit_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [structs], [outputs]
        let (out, cache, key, wish) = unsafe {
            (
                handle::out_object(out)?,
                handle::shared(cache, "cache")?,
                self::key(key, ttl_ms)?,
                wish(options)?,
            )
        };
        if let Some(hit) = cache.0.try_get(&key, wish, leader(lead, userdata)?)? {
            *out = handle::new(grantmint_hit_t::new(hit));
        }
        Ok(())
    })
}

/// Looks a key up once, for `grantmint_grant_handle_begin`.
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
            (handle::out_object(out)?, handle::shared(cache, "cache")?, self::key(key, ttl_ms)?)
        };
        *out = handle::new(grantmint_grant_handle_t(cache.0.handle(&key)?));
        Ok(())
    })
}

/// As `grantmint_grant_cache_begin`, for the key of a handle.
///
/// # Safety
///
/// [handles], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_grant_handle_begin(
    handle: *const grantmint_grant_handle_t,
    options: *const grantmint_wait_options_t,
    out: *mut grantmint_begin_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [structs], [outputs]
        let (out, handle, wish) = unsafe {
            (
                handle::out(out, grantmint_begin_t::NOTHING, "out")?,
                handle::shared(handle, "handle")?,
                wish(options)?,
            )
        };
        *out = grantmint_begin_t::new(handle.0.begin(wish)?);
        Ok(())
    })
}

/// Frees a handle; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_handle_free(handle: *mut grantmint_grant_handle_t) {
    // SAFETY: [handles]
    unsafe { handle::free(handle) };
}

/// The duty to fetch a key's grant before anybody asks for it.
///
/// `*out`: the ticket; null if the grant is there and no refresh is due, if it is being fetched
/// already, or if upstream is left alone.
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
            (handle::out_object(out)?, handle::shared(cache, "cache")?, self::key(key, ttl_ms)?)
        };
        if let Some(ticket) = cache.0.prefetch(&key)? {
            *out = handle::new(grantmint_ticket_t::of_cache(ticket));
        }
        Ok(())
    })
}

/// Has a key refreshed without being read, for a time in milliseconds of at most 24 h; 0 ends it.
/// The duties to fetch come from `grantmint_grant_cache_poll`.
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

/// After how many milliseconds `grantmint_grant_cache_poll` has something to do. False, and `*ms`
/// 0, if nothing is to come.
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
        let (out, cache) = unsafe { (handle::out(ms, 0, "ms")?, handle::shared(cache, "cache")?) };
        let next = cache.0.next_wakeup();
        *out = next.map_or(0, time::wait_ms);
        Ok(next.is_some())
    })
}

/// Ends the fetches that are past their time, and hands on the duties to fetch what is kept warm
/// and due.
///
/// `lead`: called on this thread for each. `userdata`: its first argument.
///
/// # Safety
///
/// [handles], [callbacks], [outputs]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_poll(
    cache: *const grantmint_grant_cache_t,
    lead: grantmint_lead_t,
    userdata: *mut c_void,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let cache = unsafe { handle::shared(cache, "cache")? };
        let lead = leader(lead, userdata)?;
        cache.0.poll().into_iter().for_each(lead);
        Ok(())
    })
}

/// Empties one entry. A fetch in the air serves those who wait for it and is not stored.
///
/// `*out`: whether there was such an entry; `out` may be null.
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
        unsafe { handle::tell(out, cache.0.invalidate(&key)) };
        Ok(())
    })
}

/// Empties one entry if it holds the grant of this generation: so of many callers who met a bad
/// grant only the first has it fetched anew.
///
/// `*out`: whether it did; `out` may be null.
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
        unsafe { handle::tell(out, cache.0.invalidate_if(&key, generation)) };
        Ok(())
    })
}

/// Empties every entry, for all who share this cache.
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

/// Starts anew with other credentials: grants stay, stored errors go, and fetches in the air serve
/// those who wait for them but are not stored.
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

/// What the cache has done.
///
/// `*out`: a snapshot, to free with `grantmint_stats_free`.
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
        let (out, cache) = unsafe { (handle::out_object(out)?, handle::shared(cache, "cache")?) };
        *out = handle::new(grantmint_stats_t::new(cache.0.stats()));
        Ok(())
    })
}

/// The last 1,024 events since the last call, oldest first.
///
/// `*out`: the events, to free with `grantmint_events_free`.
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
        let (out, cache) = unsafe { (handle::out_object(out)?, handle::shared(cache, "cache")?) };
        *out = handle::new(grantmint_events_t::new(cache.0.drain_events()));
        Ok(())
    })
}

/// Frees a cache; does nothing for null. Others who share it go on; its grants are wiped when the
/// last of them is gone.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_grant_cache_free(cache: *mut grantmint_grant_cache_t) {
    // SAFETY: [handles]
    unsafe { handle::free(cache) };
}
