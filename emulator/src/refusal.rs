//! Why a token is turned away: the one table of reasons.

use std::fmt;

use serde::Serialize;

/// Why a player or a participant was turned away. Never holds any part of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// A stable name.
    pub reason: &'static str,
    /// The number of Twilio's error list that it goes by.
    pub code: u32,
    /// One line for people.
    pub message: &'static str,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.message, self.reason, self.code)
    }
}

impl std::error::Error for Refusal {}

macro_rules! refusals {
    ($($name:ident = $reason:literal $code:literal $message:literal;)*) => {
        $(pub(crate) const $name: Refusal =
            Refusal { reason: $reason, code: $code, message: $message };)*
    };
}

refusals! {
    // Any Access Token.
    TOKEN_MALFORMED = "token_malformed" 20101 "The token is not three parts of base64url and JSON";
    TOKEN_TOO_LONG = "token_too_long" 20101 "The token is longer than 128 KiB";
    HEADER_TYP = "header_typ" 20102 "The header's typ is not JWT";
    HEADER_ALG = "header_alg" 20102 "The header's alg is not HS256";
    HEADER_CTY = "header_cty" 20102 "The header's cty is not twilio-fpa;v=1";
    ISSUER_UNKNOWN = "issuer_unknown" 20103 "iss is not the SID of a known API key";
    SUBJECT_MISMATCH = "subject_mismatch" 20103 "sub is not the account of the key";
    SIGNATURE_INVALID = "signature_invalid" 20107 "The signature is not the key's";
    EXPIRY_MISSING = "expiry_missing" 20104 "exp is absent or not a number";
    TOKEN_EXPIRED = "token_expired" 20104 "The token has expired";
    LIFETIME_TOO_LONG = "lifetime_too_long" 20157 "The token would live for more than 24 hours";
    NOT_YET_VALID = "not_yet_valid" 20105 "The token is not valid yet";
    GRANTS_MISSING = "grants_missing" 20106 "grants is absent or not an object";

    // The player.
    PLAYER_GRANT_MISSING = "player_grant_missing" 20101 "There is no player grant";
    PLAYER_GRANT_NOT_OBJECT = "player_grant_not_object" 20101 "The player grant is not an object";
    PLAYER_GRANT_WRAPPED =
        "player_grant_wrapped" 20101 "The player grant is wrapped in another object";
    PLAYBACK_URL_MISSING = "playback_url_missing" 20101 "The player grant has no playbackUrl";
    STREAMER_MISSING = "streamer_missing" 20101 "The player grant has no playerStreamerSid";
    CREDENTIALS_INVALID =
        "credentials_invalid" 20101 "requestCredentials is not null, omit, same-origin or include";

    // The CDN.
    URL_MALFORMED = "url_malformed" 56001 "playbackUrl is no playback URL with a token";
    URL_TOKEN_MALFORMED = "url_token_malformed" 56001 "The URL's token is no ES384 token";
    URL_TOKEN_SIGNATURE = "url_token_signature" 56001 "The URL's token was not signed here";
    URL_TOKEN_EXPIRED = "url_token_expired" 56001 "The URL's token has expired";
    CHANNEL_MISMATCH = "channel_mismatch" 56001 "The URL is not that of the player streamer";
    ORIGIN_NOT_ALLOWED = "origin_not_allowed" 56001 "The grant is for another origin";

    // A video room.
    IDENTITY_MISSING = "identity_missing" 20106 "The token names no identity";
    IDENTITY_TOO_LONG = "identity_too_long" 20106 "The identity is longer than 128 characters";
    VIDEO_GRANT_MISSING = "video_grant_missing" 20106 "There is no video grant";
    VIDEO_GRANT_NOT_OBJECT = "video_grant_not_object" 20106 "The video grant is not an object";
    ROOM_NOT_STRING = "room_not_string" 20106 "The room of the video grant is not a string";
    ROOM_NOT_ALLOWED = "room_not_allowed" 20106 "The video grant is for another room";
    REGION_NOT_US1 = "region_not_us1" 20101 "Video rooms take tokens of keys in us1 only";
}
