//! The options of a grant cache.

use grantmint_core::{Error, ErrorKind, GrantCacheBuilder, Result};

use crate::cache::account_limits::limits;
use crate::cache::cache_policy::{grantmint_cache_policy_t, policy};
use crate::fleet::grantmint_fleet_t;
use crate::handle;
use crate::manual_clock::{clock, grantmint_manual_clock_t};
use crate::options::Options;
use crate::str::grantmint_str_t;
use crate::switch::switch;

/// The options of a grant cache. A member that is zero is left to its default.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_grant_cache_options_t {
    /// `sizeof` this struct; set by `GRANTMINT_GRANT_CACHE_OPTIONS_INIT`.
    pub struct_size: usize,
    /// When to refresh and wait, and how much to hold; read only during the call.
    pub policy: *const grantmint_cache_policy_t,
    /// Another clock, for tests.
    pub clock: *const grantmint_manual_clock_t,
    /// Whether the cache limits its fetches by a rate limit of its own, like that of an account: a
    /// `grantmint_switch_t`, off by default, and on if one of the three limits below is set.
    pub rate_limited: i32,
    /// Zero.
    pub reserved: u32,
    /// As that of `grantmint_playback_minter_options_t`, for this cache.
    pub calls_per_second: f64,
    /// As that of `grantmint_playback_minter_options_t`, for this cache.
    pub burst: u32,
    /// As that of `grantmint_playback_minter_options_t`, for this cache. A fetch of the host program does
    /// not count.
    pub max_fetches: u32,
    /// Shares grants with the caches of other processes that name the same fleet and `fleet_namespace`:
    /// of all of them one fetches each grant. The fleet needs a `secret`. A cache with `clock` shares
    /// nothing.
    pub fleet: *const grantmint_fleet_t,
    /// What the keys are for, as all processes of the fleet say it: 1 to 128 bytes; only with `fleet`.
    pub fleet_namespace: grantmint_str_t,
}

// SAFETY: it starts with its size, and pointers, numbers and texts may be zero.
unsafe impl Options for grantmint_grant_cache_options_t {}

impl grantmint_grant_cache_options_t {
    /// Passes on what was set, and nothing else.
    ///
    /// # Safety
    ///
    /// [structs], [handles], [strings]
    pub(crate) unsafe fn configure(self, builder: GrantCacheBuilder) -> Result<GrantCacheBuilder> {
        // SAFETY: [structs], [handles]
        let (policy, clock) = unsafe { (policy(self.policy)?, clock(self.clock)?) };
        let mut builder = builder;
        if let Some(policy) = policy {
            builder = builder.policy(policy);
        }
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        let rate_limited = switch(self.rate_limited, "rate_limited")?;
        let account = limits(self.calls_per_second, self.burst, self.max_fetches);
        // SAFETY: [handles], [strings]
        unsafe { self.shared(builder.limits(rate_limited, &account)?) }
    }

    /// # Safety
    ///
    /// [handles], [strings]
    unsafe fn shared(self, builder: GrantCacheBuilder) -> Result<GrantCacheBuilder> {
        // SAFETY: [handles], [strings]
        let (fleet, namespace) = unsafe {
            (handle::optional(self.fleet, "fleet")?, self.fleet_namespace.text("fleet_namespace")?)
        };
        match fleet {
            Some(fleet) => builder.fleet(fleet.fleet(), namespace).map_err(named),
            None if namespace.is_empty() => Ok(builder),
            None => {
                let what = "has no effect without fleet";
                Err(Error::of_argument(ErrorKind::InvalidArgument, "fleet_namespace", what))
            }
        }
    }
}

/// An error with the name that the namespace has here.
fn named(error: Error) -> Error {
    match error.argument() {
        Some("namespace") => error.with_argument("fleet_namespace"),
        _ => error,
    }
}
