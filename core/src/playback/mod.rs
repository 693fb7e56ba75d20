//! Where grants come from, and the two halves joined: tokens of their own for all viewers of a
//! stream around the one grant that they share.

mod builder;
#[cfg(feature = "http")]
mod client;
mod feed;
mod fetchers;
mod governor;
mod lanes;
mod minter;
mod options;
mod origin;
mod registry;
mod shared;
mod source;
mod stream;
mod streams;
#[cfg(test)]
mod test_support;
mod token;

pub use builder::PlaybackMinterBuilder;
#[cfg(feature = "http")]
pub use client::PlaybackGrantClient;
#[cfg(all(feature = "http", feature = "test-doors"))]
pub use client::read_answer;
pub use minter::{PlaybackMinter, TokenOptions};
pub use options::ClientOptions;
pub use origin::Origin;
pub use source::{
    AsyncGrantSource, Fetched, GRANT_TTL_MAX, GrantRequest, GrantSource, SourceTicket,
};
pub use stream::StreamMinter;
pub use token::PlaybackToken;
