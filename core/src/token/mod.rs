//! The wire format of Access Tokens: what goes in, how it is signed, how it is read back.

mod access_token;
mod algorithm;
mod claims;
mod decoded;
mod grants;
mod jti;
mod minter;
mod prefix;
mod setters;
mod signer;
mod template;
mod verify;
mod warning;

#[cfg(test)]
mod test_support;

pub use access_token::{AccessToken, AccessTokenBuilder};
pub use algorithm::{Algorithm, sign};
pub(crate) use claims::{Claims, ClaimsOptions};
pub use decoded::{Decoded, decode};
pub use grants::{
    AccessTokenGrant, ChatGrant, CustomGrant, IpMessagingGrant, PlaybackGrant, RtcGrant, SyncGrant,
    TaskRouterGrant, VideoGrant, VoiceGrant,
};
pub use minter::{TokenMinter, TokenMinterBuilder};
pub(crate) use prefix::Prefix;
pub(crate) use template::Template;
pub use verify::{VerifyOptions, verify, verify_jwt};
pub use warning::Warning;
