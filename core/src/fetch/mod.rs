//! Who fetches for a cache, and when: the library's own threads, in turns, and refreshes without a
//! caller.
//!
//! `feed` joins a cache to its [`Source`]. Uses `cache`, and knows nothing of what is fetched.

mod feed;
mod fetchers;
mod lanes;
mod source;

pub(crate) use feed::Feed;
pub(crate) use source::Source;
