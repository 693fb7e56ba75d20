//! A video room.

use serde_json::{Map, Value};

use super::refusal::{self, Refusal};
use crate::limits::VIDEO_IDENTITY_MAX_CHARS;
use crate::token::is_no_region_of_video;

/// The room that somebody wants to join.
///
/// # Example: a room of which the SID is known, too
///
/// ```
/// use grantmint_core::judge::Room;
///
/// let room = Room { name: Some("DailyStandup"), sid: Some("RM00000000000000000000000000000001") };
/// assert_ne!(room, Room::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Room<'a> {
    /// Its unique name.
    pub name: Option<&'a str>,
    /// Its SID, `RM…`.
    pub sid: Option<&'a str>,
}

impl Room<'_> {
    /// Some room: whichever the token names will do.
    fn is_any(&self) -> bool {
        self.name.is_none() && self.sid.is_none()
    }
}

/// Whether a video room lets in who shows a good token with these grants; `region` is `twr` of its header.
///
/// The video grant is mandatory. A room in it is compared against the unique name, then against the SID. Without
/// both, any room will do.
///
/// # Errors
///
/// Why it does not.
///
/// # Example: a token for another room
///
/// ```
/// use grantmint_core::judge::{self, Room};
///
/// let grants = serde_json::json!({"identity": "alice", "video": {"room": "lobby"}});
/// let grants = grants.as_object().expect("it was written as one");
/// assert!(judge::room(None, grants, &Room { name: Some("lobby"), sid: None }).is_ok());
/// let refusal = judge::room(None, grants, &Room { name: Some("hall"), sid: None }).unwrap_err();
/// assert_eq!((refusal.reason, refusal.code), ("room_not_allowed", 20106));
/// ```
pub fn room(
    region: Option<&str>,
    grants: &Map<String, Value>,
    room: &Room<'_>,
) -> Result<(), Refusal> {
    if region.is_some_and(is_no_region_of_video) {
        return Err(refusal::REGION_NOT_US1);
    }
    if refusal::identity(grants)?.chars().count() > VIDEO_IDENTITY_MAX_CHARS {
        return Err(refusal::IDENTITY_TOO_LONG);
    }
    let (missing, not_object) = (refusal::VIDEO_GRANT_MISSING, refusal::VIDEO_GRANT_NOT_OBJECT);
    let video = refusal::grant(grants, "video", missing, not_object)?;
    match video.get("room") {
        None => Ok(()),
        Some(Value::String(named)) if room.is_any() || is_it(named, room) => Ok(()),
        Some(Value::String(_)) => Err(refusal::ROOM_NOT_ALLOWED),
        Some(_) => Err(refusal::ROOM_NOT_STRING),
    }
}

fn is_it(named: &str, room: &Room<'_>) -> bool {
    room.name == Some(named) || room.sid == Some(named)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn join(region: Option<&str>, grants: &Value, wanted: &Room<'_>) -> Result<(), Refusal> {
        room(region, grants.as_object().unwrap(), wanted)
    }

    const DAILY: Room<'_> = Room { name: Some("Daily"), sid: Some("RM1") };

    #[test]
    fn a_room_is_named_or_left_open() {
        for video in [json!({}), json!({"room": "Daily"}), json!({"room": "RM1"})] {
            assert_eq!(join(None, &json!({"identity": "a", "video": video}), &DAILY), Ok(()));
        }
        let other = json!({"identity": "a", "video": {"room": "daily"}});
        assert_eq!(join(None, &other, &DAILY), Err(refusal::ROOM_NOT_ALLOWED));
        assert_eq!(join(None, &other, &Room::default()), Ok(()));
        let number = json!({"identity": "a", "video": {"room": 1}});
        assert_eq!(join(None, &number, &DAILY), Err(refusal::ROOM_NOT_STRING));
        assert_eq!(join(None, &number, &Room::default()), Err(refusal::ROOM_NOT_STRING));
    }

    #[test]
    fn grant_identity_and_region_are_required() {
        let refused = |grants| join(None, &grants, &DAILY).unwrap_err();
        assert_eq!(refused(json!({"identity": "a"})), refusal::VIDEO_GRANT_MISSING);
        let text = json!({"identity": "a", "video": "Daily"});
        assert_eq!(refused(text), refusal::VIDEO_GRANT_NOT_OBJECT);
        assert_eq!(refused(json!({"video": {}})), refusal::IDENTITY_MISSING);
        assert_eq!(refused(json!({"identity": 7, "video": {}})), refusal::IDENTITY_MISSING);
        let long = "ä".repeat(129);
        assert_eq!(refused(json!({"identity": long, "video": {}})), refusal::IDENTITY_TOO_LONG);
        let grants = json!({"identity": "a", "video": {}});
        assert_eq!(join(Some("us1"), &grants, &DAILY), Ok(()));
        assert_eq!(join(Some("ie1"), &grants, &DAILY), Err(refusal::REGION_NOT_US1));
    }
}
