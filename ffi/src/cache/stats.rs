//! The statistics of a cache.

use grantmint_core::Stats;

use crate::arrays;
use crate::boundary::boundary;
use crate::error::grantmint_error_t;
use crate::handle::{self, class};
use crate::options::{self, Options};
use crate::output;
use crate::panic::or_empty;
use crate::status::grantmint_status_t;
use crate::str::grantmint_str_t;
use crate::string::grantmint_string_t;
use crate::time;

/// A snapshot of the statistics of a cache, counted since it was made or since the process forked.
pub struct grantmint_stats_t(Stats);

class!(grantmint_stats_t);

impl grantmint_stats_t {
    pub(crate) fn new(stats: Stats) -> Self {
        Self(stats)
    }
}

/// The numbers of a snapshot. From snapshot to snapshot counts only rise.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_counters_t {
    /// `sizeof` this struct; set by `GRANTMINT_COUNTERS_INIT`.
    pub struct_size: usize,
    /// Calls that got a grant at once, with no refresh due.
    pub hits_fresh: u64,
    /// Calls that got a grant at once, with a refresh due or running.
    pub hits_refreshing: u64,
    /// Calls that got a degraded grant, as no better one could be had.
    pub hits_degraded: u64,
    /// Calls that had to wait for a fetch, including the one that was told to do it.
    pub waits: u64,
    /// Calls refused at once with a cached error.
    pub refusals: u64,
    /// Fetches sent upstream.
    pub fetches: u64,
    /// Those fetches that refreshed a grant which was still good.
    pub refreshes: u64,
    /// Fetches answered with a 429.
    pub throttled: u64,
    /// Keys that were dropped to make space for others.
    pub evictions: u64,
    /// Keys now in the cache.
    pub keys: u64,
    /// Fetches running now.
    pub in_flight: u64,
    /// How many milliseconds are left of the account's cool-down.
    pub cooldown_left_ms: u64,
    /// How many milliseconds the clock of upstream is ahead of the local one, as the last answer
    /// showed; `GRANTMINT_CLOCK_OFFSET_UNKNOWN` if no answer has shown it yet.
    pub clock_offset_ms: i64,
    /// Grants that came with a `Date` of another clock than upstream's, such as a proxy's. It was
    /// left out of account.
    pub implausible_dates: u64,
    /// Those refusals for which the account's rate leaves no room.
    pub no_room: u64,
    /// Fetches that wait for their turn now, because of the account's rate.
    pub waiting: u64,
    /// Keys that were refused for want of room within the last minute, approximately.
    pub keys_refused: u64,
    /// How many calls per second the account may make now, which changes with need and with what
    /// upstream refuses; 0 without a rate limit. Of several accounts the lowest.
    pub calls_per_second: f64,
    /// Grants that another process of the fleet had fetched. This number and those below are 0 without
    /// a fleet.
    pub fleet_values: u64,
    /// Times that this process took it upon itself to fetch for the fleet.
    pub fleet_leases: u64,
    /// Fetches that waited for another process's.
    pub fleet_waits: u64,
    /// Fetches that were not sent because upstream had refused another process's.
    pub fleet_pauses: u64,
    /// Fetches that were sent although another process had the right to, or nobody could get it: what
    /// the fleet shares by was in trouble, or the other process took too long.
    pub fleet_alone: u64,
    /// Shared contents that were not handed out: torn, moved, changed, or sealed with another key.
    pub fleet_rejected: u64,
    /// Times that what the fleet shares by failed; `grantmint_stats_fleet_trouble` says how.
    pub fleet_errors: u64,
    /// 1 if the cache shares with a fleet, else 0.
    pub has_fleet: u32,
    /// 1 while what the fleet shares by is not used for some seconds because it failed, else 0.
    pub fleet_is_broken: u32,
    /// Those of `fleet_alone` that were sent because what the fleet shares by failed, or had failed before.
    pub fleet_alone_failed: u64,
    /// Those of `fleet_alone` that were sent because what the fleet shares by takes no writes.
    pub fleet_alone_nolease: u64,
    /// Those of `fleet_alone` that were sent because the other process took too long.
    pub fleet_alone_late: u64,
    /// Those of `fleet_alone` that were sent because what was shared could not be used, time after time.
    pub fleet_alone_rejected: u64,
    /// Grants that end more than two seconds sooner by this machine's clock than by that of what the fleet
    /// shares by.
    pub fleet_skewed: u64,
    /// Answers to whether another process has a grant or fetches it.
    pub fleet_answers: u64,
    /// How many microseconds all of these took together.
    pub fleet_answer_time_us: u64,
    /// How many milliseconds are left of the account's cool-down, as the fleet has told this process.
    pub fleet_cooldown_left_ms: u64,
    /// How many calls per second all processes together may make, when a fetch of this one was last let
    /// through; 0 before, and without a rate limit.
    pub fleet_calls_per_second: f64,
    /// 1 while there is a connection to the fleet's server, else 0. Always 0 with a folder alone.
    pub fleet_is_connected: u32,
    /// 1 if the fleet's server cannot do what a fleet needs, such as to run scripts or tell the time, else 0.
    pub fleet_is_unsupported: u32,
}

// SAFETY: it starts with its size, and numbers may be zero.
unsafe impl Options for grantmint_counters_t {}

/// In `clock_offset_ms`: no answer of upstream has shown its clock yet.
pub const GRANTMINT_CLOCK_OFFSET_UNKNOWN: i64 = i64::MIN;

/// How many fetches failed with one status.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_error_count_t {
    /// A `grantmint_status_t`.
    pub status: i32,
    /// Zero.
    pub reserved: u32,
    /// How many fetches.
    pub count: u64,
}

/// How many fetches took no longer than a time. Each bucket includes those before it.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_latency_bucket_t {
    /// The time in milliseconds; `UINT32_MAX` in the last bucket, which counts all.
    pub up_to_ms: u32,
    /// Zero.
    pub reserved: u32,
    /// How many fetches.
    pub count: u64,
}

/// Reads the numbers of a snapshot.
///
/// `counters`: filled in as far as its `struct_size` reaches.
///
/// Statuses: `struct_size`.
///
/// # Safety
///
/// [handles], [structs], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_stats_counters(
    stats: *const grantmint_stats_t,
    counters: *mut grantmint_counters_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let stats = &unsafe { handle::shared(stats, "stats")? }.0;
        let fleet = stats.fleet.clone().unwrap_or_default();
        let full = grantmint_counters_t {
            struct_size: size_of::<grantmint_counters_t>(),
            hits_fresh: stats.hits_fresh,
            hits_refreshing: stats.hits_refreshing,
            hits_degraded: stats.hits_degraded,
            waits: stats.waits,
            refusals: stats.refusals,
            fetches: stats.fetches,
            refreshes: stats.refreshes,
            throttled: stats.throttled,
            evictions: stats.evictions,
            keys: stats.keys as u64,
            in_flight: stats.in_flight as u64,
            cooldown_left_ms: time::wait_ms(stats.cooldown_left).into(),
            clock_offset_ms: stats.clock_offset_ms.unwrap_or(GRANTMINT_CLOCK_OFFSET_UNKNOWN),
            implausible_dates: stats.implausible_dates,
            no_room: stats.no_room,
            waiting: stats.waiting as u64,
            keys_refused: stats.keys_refused as u64,
            calls_per_second: stats.calls_per_second.unwrap_or(0.0),
            fleet_values: fleet.values,
            fleet_leases: fleet.leases,
            fleet_waits: fleet.waits,
            fleet_pauses: fleet.pauses,
            fleet_alone: fleet.alone,
            fleet_rejected: fleet.rejected,
            fleet_errors: fleet.errors,
            has_fleet: stats.fleet.is_some().into(),
            fleet_is_broken: fleet.is_broken.into(),
            fleet_alone_failed: fleet.alone_failed,
            fleet_alone_nolease: fleet.alone_nolease,
            fleet_alone_late: fleet.alone_late,
            fleet_alone_rejected: fleet.alone_rejected,
            fleet_skewed: fleet.skewed,
            fleet_answers: fleet.answers,
            fleet_answer_time_us: fleet.answer_time.as_micros().try_into().unwrap_or(u64::MAX),
            fleet_cooldown_left_ms: time::wait_ms(fleet.cooldown_left).into(),
            fleet_calls_per_second: fleet.calls_per_second.unwrap_or(0.0),
            fleet_is_connected: fleet.is_connected.into(),
            fleet_is_unsupported: fleet.is_unsupported.into(),
        };
        // SAFETY: [structs]
        unsafe { options::write(&full, counters) }
    })
}

/// What was wrong when what the fleet shares by failed last, for people to read; none if it never
/// failed, and without a fleet. Belongs to the snapshot.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_stats_fleet_trouble(
    stats: *const grantmint_stats_t,
) -> grantmint_str_t {
    or_empty(|| {
        // SAFETY: [handles]
        let stats = unsafe { handle::shared(stats, "stats")? };
        let fleet = stats.0.fleet.as_ref();
        Ok(grantmint_str_t::of_optional(fleet.and_then(|fleet| fleet.trouble.as_deref())))
    })
}

/// Reads how many fetches failed, by status. Statuses that never occurred are left out.
///
/// `buffer`: an array with room for `capacity` elements. `*len`: how many there are.
///
/// Statuses: `buffer_too_small` if there are more than `capacity`: nothing but `*len` is written.
///
/// # Safety
///
/// [handles], [buffers], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_stats_errors(
    stats: *const grantmint_stats_t,
    buffer: *mut grantmint_error_count_t,
    capacity: usize,
    len: *mut usize,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let stats = unsafe { handle::shared(stats, "stats")? };
        let count = |(kind, count): &(grantmint_core::ErrorKind, u64)| grantmint_error_count_t {
            status: kind.number(),
            reserved: 0,
            count: *count,
        };
        let counts: Vec<_> = stats.0.errors.iter().map(count).collect();
        // SAFETY: [buffers]
        unsafe { arrays::fill([&counts], buffer, capacity, len) }
    })
}

/// Reads how long fetches took.
///
/// `buffer`: an array with room for `capacity` buckets. `*len`: how many there are. `*sum_ms`: the
/// time of all fetches together, in milliseconds; `sum_ms` may be null.
///
/// Statuses: `buffer_too_small` if there are more than `capacity`: nothing but `*len` is written.
///
/// # Safety
///
/// [handles], [buffers], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_stats_latency(
    stats: *const grantmint_stats_t,
    buffer: *mut grantmint_latency_bucket_t,
    capacity: usize,
    len: *mut usize,
    sum_ms: *mut u64,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles]
        let latency = &unsafe { handle::shared(stats, "stats")? }.0.fetch_latency;
        let bucket = |up_to_ms, count| grantmint_latency_bucket_t { up_to_ms, reserved: 0, count };
        let bounded = latency.buckets.iter().map(|(up_to, n)| bucket(time::left_ms(*up_to), *n));
        let buckets: Vec<_> = bounded.chain([bucket(u32::MAX, latency.count)]).collect();
        let sum = u64::try_from(latency.sum.as_millis()).unwrap_or(u64::MAX);
        // SAFETY: [buffers], [outputs]
        unsafe {
            arrays::fill([&buckets], buffer, capacity, len)?;
            output::tell(sum_ms, sum);
        }
        Ok(())
    })
}

/// The snapshot as a page in the text format that Prometheus scrapes.
///
/// `cache`: the value of the label `cache` in each series. `*out`: the page, to free with
/// `grantmint_string_free`.
///
/// Statuses: none but those that any function may return.
///
/// # Safety
///
/// [handles], [strings], [outputs]
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn grantmint_stats_to_prometheus(
    stats: *const grantmint_stats_t,
    cache: grantmint_str_t,
    out: *mut *mut grantmint_string_t,
    error: *mut *mut grantmint_error_t,
) -> grantmint_status_t {
    boundary!(error, || {
        // SAFETY: [handles], [strings], [outputs]
        let (out, stats, cache) = unsafe {
            (output::object(out)?, handle::shared(stats, "stats")?, cache.text("cache")?)
        };
        *out = handle::new(grantmint_string_t::new(stats.0.to_prometheus(cache)));
        Ok(())
    })
}

/// Frees a snapshot; does nothing for null.
///
/// # Safety
///
/// [handles]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn grantmint_stats_free(stats: *mut grantmint_stats_t) {
    // SAFETY: [handles]
    unsafe { handle::free(stats) };
}
