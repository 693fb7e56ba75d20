//! Who is throttled together, and who shares a cache.
//!
//! `limiter` is the [`Limiter`](crate::cache::Limiter) of an account, and `desk` what it decides: `pace` says how fast
//! the account may be called, `order` who goes first, `turned_away` who is refused. `registry` finds by `identity` what the minters of a process share, `lingering` says how long that is kept without
//! a minter, and `habit` notices minters that are made for one request. Uses `cache` and `upstream`.

mod desk;
mod habit;
mod identity;
mod limiter;
mod lingering;
mod order;
mod pace;
mod registry;
mod sharing;
mod turned_away;

pub use habit::minter_advice;

#[cfg(feature = "http")]
pub(crate) use identity::fingerprint_of;
pub(crate) use identity::{AccountAt, CacheIdentity, Fingerprint, credential_name, fingerprint};
pub(crate) use registry::Registry;
pub(crate) use sharing::{Sharing, User};
