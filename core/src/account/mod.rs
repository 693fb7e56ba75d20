//! Who is throttled together, and who shares a cache.
//!
//! `governor` is the account's [`Gate`](crate::cache::Gate): cool-down, probe and `budget`. `registry`
//! finds by `identity` what the minters of a process share, `lingering` says how long that is kept without
//! a minter, and `habit` notices minters that are made for one request. Uses `cache` and `upstream`.

mod budget;
mod governor;
mod habit;
mod identity;
mod lingering;
mod registry;

pub use habit::minter_advice;

pub(crate) use governor::Governor;
pub(crate) use identity::{AccountAt, CacheIdentity, fingerprint};
pub(crate) use registry::Registry;
