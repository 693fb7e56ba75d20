//! Why a token is turned away: the one table of reasons.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::finding::FindingKind;

/// Why a room, a player or Voice turns a token away. Never holds any part of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// A stable name.
    pub reason: &'static str,
    /// The number of Twilio's error list that it goes by.
    pub code: u32,
    /// One line for people.
    pub message: &'static str,
}

impl Refusal {
    pub(super) const fn new(reason: &'static str, code: u32, message: &'static str) -> Self {
        Self { reason, code, message }
    }

    /// Everybody turns a token away in which such a fault was found.
    pub(crate) const fn of_finding(kind: FindingKind, twilio: u32) -> Self {
        Self::new(kind.code(), twilio, kind.meaning())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.message, self.reason, self.code)
    }
}

impl std::error::Error for Refusal {}

macro_rules! refusals {
    ($($name:ident = $reason:literal $code:literal $message:literal;)*) => {
        $(pub(super) const $name: Refusal = Refusal::new($reason, $code, $message);)*
    };
}

refusals! {
    // The player.
    PLAYER_GRANT_MISSING = "player_grant_missing" 20101 "There is no player grant";
    PLAYER_GRANT_NOT_OBJECT = "player_grant_not_object" 20101 "The player grant is not an object";
    PLAYER_GRANT_WRAPPED =
        "player_grant_wrapped" 20101 "The player grant is wrapped in another object";
    PLAYBACK_URL_MISSING = "playback_url_missing" 20101 "The player grant has no playbackUrl";
    STREAMER_MISSING = "streamer_missing" 20101 "The player grant has no playerStreamerSid";
    CREDENTIALS_INVALID =
        "credentials_invalid" 20101 "requestCredentials is not null, omit, same-origin or include";

    // The CDN behind it.
    URL_MALFORMED = "url_malformed" 56001 "playbackUrl is no playback URL with a token";
    URL_TOKEN_EXPIRED = "url_token_expired" 56001 "The URL's token has expired";
    ORIGIN_NOT_ALLOWED = "origin_not_allowed" 56001 "The grant is for another origin";

    // A video room.
    IDENTITY_MISSING = "identity_missing" 20106 "The token names no identity";
    IDENTITY_TOO_LONG = "identity_too_long" 20106 "The identity is longer than 128 characters";
    VIDEO_GRANT_MISSING = "video_grant_missing" 20106 "There is no video grant";
    VIDEO_GRANT_NOT_OBJECT = "video_grant_not_object" 20106 "The video grant is not an object";
    ROOM_NOT_STRING = "room_not_string" 20106 "The room of the video grant is not a string";
    ROOM_NOT_ALLOWED = "room_not_allowed" 20106 "The video grant is for another room";
    REGION_NOT_US1 = "region_not_us1" 20101 "Video rooms take tokens of keys in us1 only";

    // Voice.
    VOICE_GRANT_MISSING = "voice_grant_missing" 20106 "There is no voice grant";
    VOICE_GRANT_NOT_OBJECT = "voice_grant_not_object" 20106 "The voice grant is not an object";
}

/// What Voice says of an identity is also advice to whoever mints.
pub(super) const VOICE_IDENTITY: Refusal = Refusal::of_finding(FindingKind::VoiceIdentity, 20101);
pub(super) const VOICE_IDENTITY_LENGTH: Refusal =
    Refusal::of_finding(FindingKind::VoiceIdentityLength, 20101);

/// The grant of one product, or why there is none. `null` is how some libraries write that.
pub(super) fn grant<'a>(
    grants: &'a Map<String, Value>,
    key: &str,
    missing: Refusal,
    not_object: Refusal,
) -> Result<&'a Map<String, Value>, Refusal> {
    match grants.get(key) {
        None | Some(Value::Null) => Err(missing),
        Some(Value::Object(grant)) => Ok(grant),
        Some(_) => Err(not_object),
    }
}

/// Whom the token is for, which rooms and Voice have to know.
pub(super) fn identity(grants: &Map<String, Value>) -> Result<&str, Refusal> {
    let identity = grants.get("identity").and_then(Value::as_str);
    identity.filter(|identity| !identity.is_empty()).ok_or(IDENTITY_MISSING)
}
