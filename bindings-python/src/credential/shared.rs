//! The options of what fetches by a cache: credentials, and ICE servers.

use grantmint_core::BeginOptions;
use pyo3::prelude::*;

use crate::argument::given;
use crate::time::Seconds;

/// Sets those that were given on a builder of core.
macro_rules! set_shared {
    (
        $builder:ident, $min_remaining:ident, $timeout:ident, $cache:ident, $share:ident, $isolated:ident,
        $policy:ident, $fleet:ident, $calls_per_second:ident, $burst:ident, $max_fetches:ident, $clock:ident $(,)?
    ) => {
        set_given!($builder, {
            min_remaining: given($min_remaining, "min_remaining")?,
            timeout: given($timeout, "timeout")?,
            cache: given($cache, "cache")?.map(|cache| &cache.cache),
            share: given($share, "share")?,
            policy: $policy.as_ref().map($crate::policy::of).transpose()?,
            fleet: given($fleet, "fleet")?,
            account: Some($crate::account::options($calls_per_second, $burst, $max_fetches)?),
            clock: given($clock, "clock")?,
        });
        if $isolated {
            $builder = $builder.isolated();
        }
    };
}

pub(crate) use set_shared;

/// What one call asks for.
pub(crate) fn of_call(
    min_remaining: Option<Seconds<'_>>,
    timeout: Option<Seconds<'_>>,
) -> PyResult<BeginOptions> {
    Ok(BeginOptions::new()
        .min_remaining(given(min_remaining, "min_remaining")?)
        .timeout(given(timeout, "timeout")?))
}
