//! What credentials and ICE servers are told alike about their cache.

use grantmint_core::{AccountOptions, BeginOptions};
use napi_derive::napi;

use crate::account;
use crate::argument::from_ms;
use crate::policy::PolicyOptions;

/// The options. What is left out has core's default.
#[napi(object, object_to_js = false)]
#[allow(missing_docs, reason = "the names of index.d.cts, which explains them")]
pub struct SharedOptions {
    pub min_remaining_ms: Option<f64>,
    pub timeout_ms: Option<f64>,
    pub share: Option<String>,
    pub isolated: Option<bool>,
    pub calls_per_second: Option<f64>,
    pub burst: Option<f64>,
    pub max_fetches: Option<f64>,
    pub policy: Option<PolicyOptions>,
}

impl SharedOptions {
    /// What is said of the account's limits, if anything is.
    pub(crate) fn account(&self) -> Option<AccountOptions> {
        let is_said =
            self.calls_per_second.is_some() || self.burst.is_some() || self.max_fetches.is_some();
        is_said.then(|| account::options(self.calls_per_second, self.burst, self.max_fetches))
    }
}

/// The options of one call.
pub(crate) fn of_call(min_remaining_ms: Option<f64>, timeout_ms: Option<f64>) -> BeginOptions {
    BeginOptions::new()
        .min_remaining(min_remaining_ms.map(from_ms))
        .timeout(timeout_ms.map(from_ms))
}

/// Sets the options on a builder of core: those of credentials and of ICE servers have the same methods.
macro_rules! set_shared {
    ($builder:ident, $options:expr, $cache:expr, $fleet:expr, $clock:expr) => {{
        let options = $options;
        if let Some(ms) = options.min_remaining_ms {
            $builder = $builder.min_remaining($crate::argument::from_ms(ms));
        }
        if let Some(ms) = options.timeout_ms {
            $builder = $builder.timeout($crate::argument::from_ms(ms));
        }
        if let Some(account) = options.account() {
            $builder = $builder.account(account);
        }
        if let Some(cache) = $cache {
            $builder = $builder.cache(&cache.cache);
        }
        if let Some(name) = &options.share {
            $builder = $builder.share(name);
        }
        if options.isolated == Some(true) {
            $builder = $builder.isolated();
        }
        if let Some(policy) = &options.policy {
            $builder = $builder.policy(policy.to_core()?);
        }
        if let Some(fleet) = $fleet {
            $builder = $builder.fleet(fleet.fleet.clone());
        }
        if $clock.is_some() {
            $builder = $builder.clock($crate::clock::of($clock));
        }
    }};
}
pub(crate) use set_shared;
