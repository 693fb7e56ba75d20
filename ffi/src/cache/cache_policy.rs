//! The policy of a cache: when it refreshes and waits, and how much it holds.

use grantmint_core::{CachePolicy, Result};

use crate::options::{self, Options};
use crate::time;

/// When a cache refreshes and waits, and how much it holds. A time that is zero is left to its
/// default, which depends on the lifetime of each grant.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct grantmint_cache_policy_t {
    /// `sizeof` this struct; set by `GRANTMINT_CACHE_POLICY_INIT`.
    pub struct_size: usize,
    /// For tests: points to a number from 0 to 1, which replaces every random number. Read only
    /// during the call; null by default.
    pub jitter: *const f64,
    /// How many keys the cache holds before it drops the one that was not used for longest: 1 to
    /// 1,000,000, 10,000 by default.
    pub max_keys: usize,
    /// Below this remaining lifetime, in milliseconds, callers wait for the running fetch: by default
    /// 20,000 for a lifetime of 60 s, 5,000 for 15 s.
    pub wait_below_ms: u32,
    /// At this remaining lifetime, in milliseconds, a refresh is due: by default 30,000 for a lifetime of
    /// 60 s, 8,000 for 15 s.
    pub soft_point_ms: u32,
    /// Subtracted from every lifetime, for clocks that differ and time in transit, in milliseconds: by
    /// default 2,000 for a lifetime of 60 s, 1,000 for 15 s.
    pub safety_margin_ms: u32,
    /// How many milliseconds one fetch may take: by default 4,000 for a lifetime of 60 s, 3,000 for 15
    /// s.
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
