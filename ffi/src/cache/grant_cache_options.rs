//! The options of a grant cache.

use grantmint_core::{GrantCacheBuilder, Result};

use crate::cache::account_limits::limits;
use crate::cache::cache_policy::{grantmint_cache_policy_t, policy};
use crate::manual_clock::{clock, grantmint_manual_clock_t};
use crate::options::Options;
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
}

// SAFETY: it starts with its size, and pointers may be zero.
unsafe impl Options for grantmint_grant_cache_options_t {}

impl grantmint_grant_cache_options_t {
    /// Passes on what was set, and nothing else.
    ///
    /// # Safety
    ///
    /// [structs], [handles]
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
        builder.limits(rate_limited, &account)
    }
}
