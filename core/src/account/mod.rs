//! Who is throttled together, and who shares a cache.
//!
//! `governor` is the account's [`Gate`](crate::cache::Gate): cool-down, probe and `budget`. `registry`
//! finds what the minters of a process share. Uses `cache` and `upstream`.

mod budget;
mod governor;
mod registry;

pub(crate) use governor::Governor;
pub(crate) use registry::{AccountAt, CacheIdentity, cache, fingerprint, governor};
