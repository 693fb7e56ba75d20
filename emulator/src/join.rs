//! A join: what a video room does with an Access Token.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access_token::AccessToken;
use crate::refusal::{self, Refusal};

/// The room somebody wants to join, and how.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// The Access Token.
    pub token: String,
    /// The room's unique name.
    pub room: String,
    /// The room's SID, `RM…`.
    #[serde(default)]
    pub room_sid: Option<String>,
    /// Whether this is a return after a lost connection. The token is judged again, just as strictly.
    #[serde(default)]
    pub reconnect: bool,
    /// The unix second at which it happens; the emulator's now if absent.
    #[serde(default)]
    pub at: Option<i64>,
}

/// A participant that was let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Joined {
    /// Who it is.
    pub identity: String,
    /// The room's unique name.
    pub room: String,
    /// Whether it had been there before.
    pub reconnect: bool,
}

impl fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinRequest")
            .field("room", &self.room)
            .field("room_sid", &self.room_sid)
            .field("reconnect", &self.reconnect)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

const MAX_IDENTITY_CHARS: usize = 128;

/// Judges a participant that shows a verified `token`.
pub(crate) fn admit(token: &AccessToken, request: &JoinRequest) -> Result<Joined, Refusal> {
    if token.region.as_deref().is_some_and(|region| region != "us1") {
        return Err(refusal::REGION_NOT_US1);
    }
    let identity = token.identity().ok_or(refusal::IDENTITY_MISSING)?;
    if identity.chars().count() > MAX_IDENTITY_CHARS {
        return Err(refusal::IDENTITY_TOO_LONG);
    }
    check_room(token.grants.get("video"), request)?;
    Ok(Joined {
        identity: identity.to_owned(),
        room: request.room.clone(),
        reconnect: request.reconnect,
    })
}

/// The video grant is mandatory. A room in it is compared against the unique name, then the SID.
fn check_room(video: Option<&Value>, request: &JoinRequest) -> Result<(), Refusal> {
    let video = match video {
        None | Some(Value::Null) => return Err(refusal::VIDEO_GRANT_MISSING),
        Some(Value::Object(video)) => video,
        Some(_) => return Err(refusal::VIDEO_GRANT_NOT_OBJECT),
    };
    match video.get("room") {
        None => Ok(()),
        Some(Value::String(room)) if *room == request.room => Ok(()),
        Some(Value::String(room)) if Some(room) == request.room_sid.as_ref() => Ok(()),
        Some(Value::String(_)) => Err(refusal::ROOM_NOT_ALLOWED),
        Some(_) => Err(refusal::ROOM_NOT_STRING),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn join(region: Option<&str>, grants: Value) -> Result<Joined, Refusal> {
        let Value::Object(grants) = grants else { unreachable!() };
        let token = AccessToken { region: region.map(str::to_owned), grants };
        let request = JoinRequest {
            room: "Daily".to_owned(),
            room_sid: Some("RM1".to_owned()),
            ..JoinRequest::default()
        };
        admit(&token, &request)
    }

    #[test]
    fn a_room_is_named_or_left_open() {
        for video in [json!({}), json!({"room": "Daily"}), json!({"room": "RM1"})] {
            assert!(join(None, json!({"identity": "a", "video": video})).is_ok());
        }
        let other = join(None, json!({"identity": "a", "video": {"room": "daily"}}));
        assert_eq!(other, Err(refusal::ROOM_NOT_ALLOWED));
        let number = join(None, json!({"identity": "a", "video": {"room": 1}}));
        assert_eq!(number, Err(refusal::ROOM_NOT_STRING));
    }

    #[test]
    fn grant_identity_and_region_are_required() {
        let refused = |grants| join(None, grants).unwrap_err();
        assert_eq!(refused(json!({"identity": "a"})), refusal::VIDEO_GRANT_MISSING);
        assert_eq!(
            refused(json!({"identity": "a", "video": "Daily"})),
            refusal::VIDEO_GRANT_NOT_OBJECT
        );
        assert_eq!(refused(json!({"video": {}})), refusal::IDENTITY_MISSING);
        assert_eq!(refused(json!({"identity": 7, "video": {}})), refusal::IDENTITY_MISSING);
        let long = "ä".repeat(129);
        assert_eq!(refused(json!({"identity": long, "video": {}})), refusal::IDENTITY_TOO_LONG);
        let grants = json!({"identity": "a", "video": {}});
        assert!(join(Some("us1"), grants.clone()).is_ok());
        assert_eq!(join(Some("ie1"), grants), Err(refusal::REGION_NOT_US1));
    }
}
