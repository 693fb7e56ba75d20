//! What each service would refuse is refused before it gets there: the tokens that people have asked about.

use crate::error::ErrorKind;
use crate::jwt::{JwtMinter, JwtMinterBuilder, SlotValue};
use crate::token::{Warning, decode};

const SECRET: &str = "a secret of thirty-two characters";

fn livekit() -> JwtMinterBuilder {
    JwtMinter::livekit("key", SECRET)
}

fn zoom() -> JwtMinterBuilder {
    JwtMinter::zoom_video_sdk("key", SECRET)
}

fn jitsi() -> JwtMinterBuilder {
    JwtMinter::jitsi("key", SECRET, "jitsi", "meet.example.com")
}

fn refused(builder: JwtMinterBuilder) -> String {
    builder.build().unwrap_err().message().to_owned()
}

/// What a mint of such slots is told.
fn told(builder: JwtMinterBuilder, slots: &[(&str, SlotValue<'_>)]) -> String {
    builder.build().unwrap().mint("alice", slots).unwrap_err().message().to_owned()
}

#[test]
fn who_joins_a_room_of_livekit_needs_its_name_and_an_identity() {
    let joins = livekit().bind("room_join", true).build().unwrap();
    assert_eq!(joins.mint("alice", &[]).unwrap_err().message(), "room must be given");
    let nobody = joins.mint(None, &[("room", "r".into())]).unwrap_err();
    assert_eq!(nobody.message(), "identity must be given");
    let either = livekit().build().unwrap();
    let join = ("room_join", true.into());
    assert_eq!(
        either.mint("alice", &[join]).unwrap_err().message(),
        "room must be given with room_join, and not be empty"
    );
    // A server takes an empty room for any that the client names.
    let empty = either.mint("alice", &[join, ("room", "".into())]).unwrap_err();
    assert_eq!(empty.message(), "room must be given with room_join, and not be empty");
    for both in [
        livekit().bind("room", "").bind("room_join", true),
        livekit().bind("room_join", true).bind("room", ""),
    ] {
        assert_eq!(refused(both), "room must be given with room_join, and not be empty");
    }
    assert!(either.mint("alice", &[join, ("room", "r".into())]).is_ok());
    assert!(either.mint("alice", &[("room_join", false.into())]).is_ok());
    assert!(either.mint(None, &[("room_list", true.into())]).is_ok());
}

#[test]
fn limits_of_livekit_are_the_servers_in_bytes() {
    let long = "å".repeat(129);
    for name in ["room", "name", "destination_room"] {
        let what = format!("{name} is over 256 bytes");
        assert_eq!(told(livekit(), &[(name, (&long).into())]), what);
    }
    let identity = livekit().build().unwrap().mint(long.as_str(), &[]).unwrap_err();
    assert_eq!(identity.kind(), ErrorKind::InvalidIdentity);
    let metadata = "m".repeat(64_001);
    assert_eq!(
        told(livekit(), &[("metadata", (&metadata).into())]),
        "metadata is over 64000 bytes"
    );
    let attributes = SlotValue::Json(r#"{"seat":12}"#);
    assert_eq!(
        told(livekit(), &[("attributes", attributes)]),
        "attributes must be an object whose values are texts"
    );
    let sources = SlotValue::Json(r#"["webcam"]"#);
    assert!(told(livekit(), &[("can_publish_sources", sources)]).contains("camera, microphone"));
    assert!(told(livekit(), &[("kind", "bot".into())]).starts_with("kind must be one of standard"));
    assert_eq!(
        refused(livekit().bind("room_join", "true")),
        "room_join must be true or false, not a text"
    );
}

/// A server whose clock is behind refuses a token that becomes valid at its minting.
#[test]
fn tokens_of_livekit_and_jitsi_are_valid_before_they_are_minted() {
    let room = [("room", "r".into())];
    for (minter, ttl) in [(livekit(), 21_600), (jitsi(), 3_600)] {
        let token = minter.build().unwrap().mint_at("alice", &room, 1_700_000_000).unwrap();
        let decoded = decode(&token).unwrap();
        assert_eq!(decoded.not_before(), Some(1_699_999_990));
        assert_eq!(decoded.expires_at(), Some(1_700_000_000 + ttl));
    }
}

#[test]
fn a_session_of_zoom_has_a_name_and_the_user_a_role() {
    assert_eq!(told(zoom(), &[("role_type", 1.into())]), "tpc must be given");
    assert_eq!(told(zoom(), &[("tpc", "t".into())]), "role_type must be given");
    let named = |topic: &str| zoom().bind("tpc", topic);
    assert_eq!(refused(named(&"t".repeat(201))), "tpc is over 200 UTF-16 code units");
    assert!(refused(named("a/b")).starts_with("tpc has a character that Zoom refuses"));
    assert_eq!(
        refused(zoom().bind("role_type", "1")),
        "role_type must be a whole number, not a text"
    );
    assert_eq!(refused(zoom().bind("role_type", 2)), "role_type must be 0 to 1");
    assert!(refused(zoom().bind("geo_regions", "US, DE")).starts_with("geo_regions must be of AU"));
    // An emoji is two of the units that Zoom counts.
    assert_eq!(
        refused(zoom().bind("session_key", &"😀".repeat(18))),
        "session_key is over 35 UTF-16 code units"
    );
}

#[test]
fn a_user_of_zoom_has_one_name() {
    let open = zoom().bind("tpc", "t").bind("role_type", 0);
    let key = [("user_key", "k".into())];
    assert_eq!(told(open, &key), "user_key cannot be given with identity: give one of the two");
    let keyed = zoom().bind("tpc", "t").bind("role_type", 0).bind("user_key", "k").build().unwrap();
    assert!(keyed.mint(None, &[]).is_ok());
    assert!(keyed.mint("alice", &[]).is_err());
    let both = keyed.bind(&[("identity", "alice".into())]).unwrap_err();
    assert_eq!(both.message(), "user_key cannot be given with identity: give one of the two");
}

#[test]
fn lifetimes_of_zoom_are_half_an_hour_to_two_days() {
    for ttl in [1_799, 172_801] {
        let what = format!("ttl must be 1800 to 172800 seconds (max_ttl), not {ttl}");
        assert_eq!(refused(zoom().ttl(ttl)), what);
    }
    assert_eq!(zoom().ttl(1_800).build().unwrap().warnings(), [Warning::ZoomTtl]);
    assert_eq!(zoom().ttl(172_800).build().unwrap().warnings(), []);
    let long = zoom().bind("tpc", &"t".repeat(151)).build().unwrap();
    assert_eq!(long.warnings(), [Warning::ZoomTopicLong]);
}

#[test]
fn jitsi_takes_texts_of_a_user_and_a_room_in_lower_case() {
    assert_eq!(told(jitsi(), &[]), "room must be given");
    let room = ("room", "r".into());
    for name in ["identity", "name", "email", "avatar"] {
        let minter = jitsi().build().unwrap();
        let error = minter.mint(None, &[room, (name, 7.into())]).unwrap_err();
        assert_eq!(error.message(), format!("{name} must be a text, not a whole number"));
    }
    let in_case = |room: &str| jitsi().bind("room", room).build().unwrap().warnings();
    assert_eq!(in_case("ÉCOLE"), [Warning::JitsiRoomCase]);
    assert_eq!(in_case("Stand-Up école"), []);
}

#[test]
fn a_token_of_daily_names_a_room() {
    let daily = || JwtMinter::daily("domain", SECRET);
    assert_eq!(told(daily(), &[]), "room_name must be given");
    let token = daily().build().unwrap().mint("alice", &[("room_name", "r".into())]).unwrap();
    let decoded = decode(&token).unwrap();
    assert!(decoded.issued_at().is_some() && decoded.expires_at().is_some());
    assert_eq!(decoded.claims()["d"], "domain");
    let owner = [("room_name", "r".into()), ("is_owner", "true".into())];
    assert_eq!(told(daily(), &owner), "is_owner must be true or false, not a text");
}

#[test]
fn a_secret_is_not_empty_and_advised_to_be_long() {
    let empty = JwtMinter::livekit("key", "").build().unwrap_err();
    assert_eq!(empty.kind(), ErrorKind::InvalidCredentials);
    let short = JwtMinter::livekit("key", "devkey-secret").build().unwrap();
    assert_eq!(short.warnings(), [Warning::ShortSecret]);
}
