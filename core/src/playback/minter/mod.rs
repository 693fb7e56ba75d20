//! The minters of playback tokens: a token of its own for each viewer of a stream, around the grant
//! that all of them share.
//!
//! `shared` is what clones share and do; `stream` and `streams` are the streams that a minter has been
//! asked for. Joins `token` to `cache`; grants come through `fetch` from a source of `grant`.

mod builder;
#[cfg(shuttle)]
mod by_hand;
mod forget;
#[cfg(test)]
mod lingering;
mod options;
mod playback_minter;
mod shared;
mod signing;
mod stream;
mod stream_minter;
mod streams;
mod token;

pub use builder::PlaybackMinterBuilder;
pub use forget::forget;
pub use options::TokenOptions;
pub use playback_minter::PlaybackMinter;
pub use stream_minter::StreamMinter;
pub use token::{PlaybackToken, TokenFuture};
