//! The wire format of Access Tokens: what goes in, how it is signed, how it is read back.

mod access_token;
mod algorithm;
mod begun;
mod checks;
mod claims;
mod current;
mod decoded;
mod front;
mod grants;
mod jti;
mod minter;
mod parts;
mod prefix;
mod setters;
mod signer;
mod signing;
mod template;
mod verify;
mod warning;

#[cfg(test)]
mod test_support;

pub use access_token::{AccessToken, AccessTokenBuilder};
pub(crate) use algorithm::check_secret;
pub use algorithm::{Algorithm, sign};
pub(crate) use checks::{
    check_algorithm, check_critical, check_end, check_grants, check_party, check_signature,
    check_start, check_type, end,
};
pub(crate) use claims::{Claims, ClaimsOptions, check_identity, check_nbf, check_unix_seconds};
pub(crate) use current::{Current, Stamped};
pub use decoded::{Decoded, decode};
pub(crate) use front::{CARRY_MAX, Front, Tail, blocks_for, json_len, needs_escape};
pub use grants::{
    AccessTokenGrant, ChatGrant, CustomGrant, IpMessagingGrant, PlaybackGrant, RtcGrant, SyncGrant,
    TaskRouterGrant, VideoGrant, VoiceGrant,
};
pub(crate) use grants::{
    Content, IDENTITY_KEY, Member, SHAPES, is_room_too_long, write_json_string,
};
pub(crate) use jti::{JTI_LEN, next as next_jti};
pub use minter::{TokenMinter, TokenMinterBuilder};
pub(crate) use parts::{Object, Parts, Time, encoded_header};
pub(crate) use prefix::Prefix;
pub(crate) use signing::Signing;
pub(crate) use template::Template;
pub use verify::{VerifyOptions, verify, verify_jwt};
pub use warning::Warning;
pub(crate) use warning::{
    has_other_characters, has_short_secret, is_long_for_voice, is_long_ttl_for_voice,
    is_no_region_of_video,
};
