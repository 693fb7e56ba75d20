//! Who is throttled together, and who shares a cache.
//!
//! `limiter` is the [`Limiter`](crate::cache::Limiter) of an account: its cool-down, its probe and its rate limit. `registry`
//! finds by `identity` what the minters of a process share, `lingering` says how long that is kept without
//! a minter, and `habit` notices minters that are made for one request. Uses `cache` and `upstream`.

mod habit;
mod identity;
mod limiter;
mod lingering;
mod rate_limit;
mod registry;

pub use habit::minter_advice;

pub(crate) use identity::{AccountAt, CacheIdentity, Fingerprint, credential_name, fingerprint};
pub(crate) use limiter::AccountLimiter;
pub(crate) use registry::Registry;
