//! The windows and limits of a cache.

use grantmint_core::CachePolicy;
use napi_derive::napi;

use crate::argument::{from_ms, whole};
use crate::error::{OrThrow as _, Result};

/// The options of a policy. What is left out has core's default.
#[napi(object, object_to_js = false)]
pub struct PolicyOptions {
    /// Below this remaining lifetime callers wait for the fetch that is in flight.
    pub wait_below_ms: Option<f64>,
    /// At this remaining lifetime a refresh is due.
    pub soft_point_ms: Option<f64>,
    /// Subtracted from the lifetime of each grant.
    pub safety_margin_ms: Option<f64>,
    /// How long one fetch may take.
    pub fetch_timeout_ms: Option<f64>,
    /// How many keys the cache holds at most.
    pub max_keys: Option<f64>,
    /// Replaces every random number.
    pub jitter: Option<f64>,
}

impl PolicyOptions {
    pub(crate) fn to_core(&self) -> Result<CachePolicy> {
        let mut builder = CachePolicy::builder();
        if let Some(ms) = self.wait_below_ms {
            builder = builder.wait_below(from_ms(ms));
        }
        if let Some(ms) = self.soft_point_ms {
            builder = builder.soft_point(from_ms(ms));
        }
        if let Some(ms) = self.safety_margin_ms {
            builder = builder.safety_margin(from_ms(ms));
        }
        if let Some(ms) = self.fetch_timeout_ms {
            builder = builder.fetch_timeout(from_ms(ms));
        }
        if let Some(keys) = self.max_keys {
            let keys = whole(keys);
            builder = builder.max_keys(usize::try_from(keys).unwrap_or(usize::MAX));
        }
        if let Some(jitter) = self.jitter {
            builder = builder.jitter(jitter);
        }
        builder.build().or_throw()
    }
}
