//! A playback grant: the request, what answers it, and how long what comes lives.
//!
//! `source` is how grants are fetched, `client` the built-in way: the PlaybackGrant endpoint of Twilio.
//! Uses `upstream` to send requests, and of `cache` and `fetch` the types that join it to them.

#[cfg(feature = "http")]
mod answer;
mod built_in;
#[cfg(feature = "http")]
mod check;
#[cfg(feature = "http")]
mod client;
mod fetched;
#[cfg(feature = "http")]
mod lifetime;
mod options;
mod origin;
mod request;
mod source;
#[cfg(all(feature = "http", feature = "test-helpers"))]
mod test_helper;
#[cfg(test)]
pub(crate) mod test_support;

#[cfg(feature = "http")]
pub use check::UpstreamCheck;
#[cfg(feature = "http")]
pub use client::PlaybackGrantClient;
pub use fetched::Fetched;
pub use options::ClientOptions;
pub use origin::Origin;
pub use request::{GRANT_TTL_MAX, GrantRequest};
pub use source::{AsyncGrantSource, GrantSource, SourceTicket, source_fn};
#[cfg(all(feature = "http", feature = "test-helpers"))]
pub use test_helper::read_answer;

pub(super) use built_in::BuiltIn;
pub(super) use request::{check_ttl, streamer_of};
pub(super) use source::ForKeys;
