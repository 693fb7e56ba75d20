//! Playback tokens: grants of the PlaybackGrant endpoint or of a source of the host's, and the minters
//! that put them into tokens.
//!
//! Two rooms: `grant` (what is fetched, and how), and `minter` on top of it. Uses every other room.

mod grant;
mod minter;

#[cfg(all(feature = "http", feature = "test-helpers"))]
pub use grant::read_answer;
pub use grant::{
    AsyncGrantSource, ClientOptions, Fetched, GRANT_TTL_MAX, GrantRequest, GrantSource, Origin,
    SourceTicket, source_fn,
};
#[cfg(feature = "http")]
pub use grant::{PlaybackGrantClient, UpstreamCheck};
pub use minter::{
    PlaybackMinter, PlaybackMinterBuilder, PlaybackToken, StreamMinter, TokenFuture, TokenOptions,
    forget,
};
