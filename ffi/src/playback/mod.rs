//! Tokens for the viewers of live streams, and where the grants in them come from.

mod playback_minter;
mod playback_minter_options;
mod playback_token;

mod source;

mod forget;
mod grant_request;
mod stream_minter;

pub use forget::*;
pub use grant_request::*;
pub use playback_minter::*;
pub use playback_minter_options::*;
pub use playback_token::*;
pub use source::*;
pub use stream_minter::*;
