//! What a video room takes, and what it turns away.

use grantmint_emulator::{Config, Emulator, JoinRequest, Joined, Refusal};
use serde_json::{Value, json};

use crate::client::send;
use crate::tokens::{Draft, now};

const ROOM: &str = "DailyStandup";
const ROOM_SID: &str = "RM00000000000000000000000000000001";

fn start() -> Emulator {
    Emulator::start(Config::default()).unwrap()
}

fn request(grants: Value) -> JoinRequest {
    JoinRequest {
        token: Draft::new(grants).sign(),
        room: ROOM.to_owned(),
        room_sid: Some(ROOM_SID.to_owned()),
        ..JoinRequest::default()
    }
}

fn join(grants: Value) -> Result<Joined, &'static str> {
    start().join(&request(grants)).map_err(|refusal: Refusal| refusal.reason)
}

#[test]
fn the_room_is_free_or_named_by_name_or_sid() {
    for video in [json!({}), json!({"room": ROOM}), json!({"room": ROOM_SID})] {
        let joined = join(json!({"identity": "alice", "video": video})).unwrap();
        assert_eq!((joined.identity.as_str(), joined.room.as_str()), ("alice", ROOM));
    }
    let other = json!({"identity": "alice", "video": {"room": "Other"}});
    assert_eq!(join(other).unwrap_err(), "room_not_allowed");
}

#[test]
fn grant_and_identity_are_mandatory() {
    assert_eq!(join(json!({"identity": "alice"})).unwrap_err(), "video_grant_missing");
    let stringified = json!({"identity": "alice", "video": "{}"});
    assert_eq!(join(stringified).unwrap_err(), "video_grant_not_object");
    assert_eq!(join(json!({"video": {}})).unwrap_err(), "identity_missing");
}

#[test]
fn an_expired_token_is_refused_at_a_reconnect_too() {
    let emulator = start();
    let first = request(json!({"identity": "alice", "video": {}}));
    assert!(emulator.join(&first).is_ok());
    let later = JoinRequest { reconnect: true, at: Some(now() + 1800), ..first.clone() };
    assert!(emulator.join(&later).unwrap().reconnect);
    let too_late = JoinRequest { reconnect: true, at: Some(now() + 3601), ..first };
    assert_eq!(emulator.join(&too_late).unwrap_err().reason, "token_expired");
    let counters = emulator.counters();
    assert_eq!((counters.joins_admitted, counters.joins_refused), (2, 1));
}

#[test]
fn over_http_the_verdict_has_the_same_form() {
    let emulator = start();
    let post = |grants: Value| {
        let body = json!({"token": Draft::new(grants).sign(), "room": ROOM, "reconnect": true});
        send(&emulator, "POST", "/emulator/join", &[], &body.to_string())
    };
    let good = post(json!({"identity": "alice", "video": {}}));
    let expected = json!({"admitted": true, "identity": "alice", "room": ROOM, "reconnect": true});
    assert_eq!((good.status, good.json()), (200, expected));
    let bad = post(json!({"identity": "alice"}));
    assert_eq!((bad.status, &bad.json()["code"]), (403, &20106.into()));
    assert_eq!(bad.json()["reason"], "video_grant_missing");
}
