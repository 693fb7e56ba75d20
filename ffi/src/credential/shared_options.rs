//! The options that credentials and ICE servers have in common: those of the cache.

/// Passes on to a builder of the core what was set of them, and nothing else. All of them are members of
/// `$options` with the same names; `$builder` has methods of these names.
macro_rules! with_shared {
    ($options:expr, $builder:expr) => {{
        let (options, mut builder) = ($options, $builder);
        // SAFETY: [handles], [strings], [structs] as of the function that this stands in.
        let (share, cache, policy, clock, fleet) = unsafe {
            (
                options.share.optional("share")?,
                $crate::handle::optional(options.cache, "cache")?,
                $crate::cache::cache_policy::policy(options.policy)?,
                $crate::manual_clock::clock(options.clock)?,
                $crate::handle::optional(options.fleet, "fleet")?,
            )
        };
        if let Some(name) = share {
            builder = builder.share(name);
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
        if let Some(fleet) = fleet {
            builder = builder.fleet(fleet.fleet().clone());
        }
        if let Some(time) = $crate::time::optional(options.timeout_ms) {
            builder = builder.timeout(time);
        }
        if let Some(time) = $crate::time::optional(options.min_remaining_ms) {
            builder = builder.min_remaining(time);
        }
        if $crate::switch::switch(options.isolated, "isolated")? == Some(true) {
            builder = builder.isolated();
        }
        let is_limited = options.calls_per_second.to_bits() != 0
            || options.burst != 0
            || options.max_fetches != 0;
        if is_limited {
            builder = builder.account($crate::cache::account_limits::limits(
                options.calls_per_second,
                options.burst,
                options.max_fetches,
            ));
        }
        builder
    }};
}

pub(crate) use with_shared;
