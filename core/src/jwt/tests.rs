use std::time::Duration;

use super::*;
use crate::clock::ManualClock;
use crate::error::{Error, ErrorKind};
use crate::token::{Algorithm, Decoded, VerifyOptions, Warning, verify_jwt};

const SECRET: &[u8] = b"a secret of thirty-two characters";
const NOW: u64 = 1_700_000_000;

fn builder() -> JwtMinterBuilder {
    let clock = ManualClock::new(Duration::from_secs(NOW));
    JwtMinter::builder(SECRET).clock(&clock)
}

fn read(token: &str) -> Decoded {
    verify_jwt(token, SECRET, &VerifyOptions::new().now(NOW)).unwrap()
}

fn told(error: &Error) -> (ErrorKind, &str) {
    (error.kind(), error.message())
}

fn refused(builder: JwtMinterBuilder) -> String {
    builder.build().unwrap_err().message().to_owned()
}

/// A minter with slots of each kind at several levels.
fn rooms() -> JwtMinterBuilder {
    builder()
        .claim("iss", "app")
        .claim(["video", "roomJoin"], true)
        .slot(Slot::text("room").at(["video", "room"]).required())
        .slot(Slot::bool("can_publish").at(["video", "canPublish"]))
        .slot(Slot::integer("seat").at(["context", "user", "seat"]))
        .slot(Slot::json("tags").at(["context", "tags"]))
}

#[test]
fn what_all_tokens_share_comes_first_and_slots_come_last() {
    let rooms = rooms().build().unwrap();
    let slots = [("room", "r".into()), ("seat", 7.into()), ("tags", SlotValue::Json("[1]"))];
    let token = rooms.mint("alice", &slots).unwrap();
    let decoded = read(&token);
    assert_eq!(decoded.header_json(), r#"{"alg":"HS256","typ":"JWT"}"#);
    assert_eq!(
        decoded.claims_json(),
        concat!(
            r#"{"exp":1700003600,"iat":1700000000,"iss":"app","video":{"roomJoin":true,"room":"r"},"#,
            r#""context":{"user":{"seat":7},"tags":[1]},"sub":"alice"}"#
        )
    );
    let least = read(&rooms.mint("alice", &[("room", "r".into())]).unwrap());
    assert!(
        least.claims_json().ends_with(r#""video":{"roomJoin":true,"room":"r"},"sub":"alice"}"#)
    );
}

#[test]
fn slots_may_be_given_in_any_order_and_any_of_them() {
    let rooms = rooms().unique(true).build().unwrap();
    let all: [(&str, SlotValue<'_>); 4] = [
        ("tags", SlotValue::Json("{\"a\":[]}")),
        ("seat", (-3).into()),
        ("room", "\"\u{1}å".into()),
        ("can_publish", false.into()),
    ];
    for set in 0..16_usize {
        let chosen = all.iter().enumerate().filter(|(bit, _)| set & 1 << bit != 0);
        let chosen: Vec<_> = chosen.map(|(_, slot)| *slot).collect();
        let minted = rooms.mint("alice", &chosen);
        if set & 4 == 0 {
            let what = (ErrorKind::InvalidArgument, "room must be given");
            assert_eq!(told(&minted.unwrap_err()), what);
            continue;
        }
        let decoded = read(&minted.unwrap());
        let claims = decoded.claims();
        assert_eq!(claims["video"]["room"], "\"\u{1}å");
        assert_eq!(claims["video"].get("canPublish").is_some(), set & 8 != 0);
        assert_eq!(claims.contains_key("context"), set & 3 != 0);
        assert_eq!(decoded.jti().map(str::len), Some(22));
    }
}

#[test]
fn whichever_of_many_slots_are_filled_are_written() {
    let paths = ["a/p", "a/q", "a/r", "a/s", "t", "u", "v", "w"];
    let slot =
        |path: &&str| Slot::bool(path).at(path.split('/').map(str::to_owned).collect::<Vec<_>>());
    let minter = paths.iter().map(slot).fold(builder(), JwtMinterBuilder::slot).build().unwrap();
    for set in 0..256_usize {
        let is_filled = |place: usize| set & 1 << place != 0;
        let slots: Vec<_> = (0..8).filter(|place| is_filled(*place)).collect();
        let slots: Vec<_> = slots.iter().map(|place| (paths[*place], true.into())).collect();
        let claims = read(&minter.mint("alice", &slots).unwrap()).claims_json().to_owned();
        let claims: serde_json::Value = serde_json::from_str(&claims).unwrap();
        assert_eq!(claims["sub"], "alice");
        for (place, path) in paths.iter().enumerate() {
            let found = claims.pointer(&format!("/{path}")).is_some();
            assert_eq!(found, is_filled(place), "{path} of {claims}");
        }
    }
}

#[test]
fn every_length_verifies_with_every_algorithm() {
    for algorithm in [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512] {
        let minter = builder().algorithm(algorithm).slot(Slot::text("name")).build().unwrap();
        let options = VerifyOptions::new().now(NOW).algorithm(algorithm);
        for len in (0..700).chain([5_000, 60_000]) {
            let name = "n".repeat(len);
            let token = minter.mint("alice", &[("name", (&name).into())]).unwrap();
            let decoded = verify_jwt(&token, SECRET, &options).unwrap();
            assert_eq!(decoded.claims()["name"], name.as_str());
        }
    }
}

#[test]
fn the_longest_escapes_fit() {
    let minter = builder().slot(Slot::text("name")).build().unwrap();
    for len in [10, 20, 60, 100, 1_000] {
        let name = "\u{1}".repeat(len);
        let decoded = read(
            &minter.mint(name.as_str(), &[("name", (&name).into())]).unwrap_or_else(|error| {
                assert_eq!(
                    told(&error),
                    (ErrorKind::InvalidIdentity, "identity is over 512 bytes")
                );
                minter.mint("alice", &[("name", (&name).into())]).unwrap()
            }),
        );
        assert_eq!(decoded.claims()["name"], name.as_str());
    }
}

/// An identity, slots, and what a mint of both is told.
type Wrong<'a> = (Option<&'a str>, &'a [(&'a str, SlotValue<'a>)], &'a str);

#[test]
fn values_that_do_not_belong_are_refused() {
    let rooms = rooms().build().unwrap();
    let room = ("room", "r".into());
    let cases: [Wrong<'_>; 9] = [
        (None, &[room], "identity must be given"),
        (Some(""), &[room], "identity must not be empty"),
        (Some("a"), &[("room", 7.into())], "room must be a text, not a whole number"),
        (Some("a"), &[room, room], "room is given twice"),
        (Some("a"), &[room, ("identity", "b".into())], "identity is given twice"),
        (
            Some("a"),
            &[room, ("rome", "r".into())],
            "rome is not a slot of this minter, which has room, can_publish, seat, tags, identity",
        ),
        (
            Some("a"),
            &[room, ("an other\n", "r".into())],
            "slot is not a slot of this minter, which has room, can_publish, seat, tags, identity",
        ),
        (
            Some("a"),
            &[room, ("can_publish", "false".into())],
            "can_publish must be true or false, not a text",
        ),
        (None, &[room, ("identity", 7.into())], "identity must be a text, not a whole number"),
    ];
    for (identity, slots, what) in cases {
        assert_eq!(rooms.mint(identity, slots).unwrap_err().message(), what);
    }
    let many = [room; 65];
    assert_eq!(rooms.mint("a", &many).unwrap_err().kind(), ErrorKind::LimitExceeded);
    let none = builder().no_identity().build().unwrap();
    let error = none.mint("a", &[]).unwrap_err();
    assert_eq!(error.message(), "identity is not a slot of this minter, which has none");
}

#[test]
fn what_the_minter_writes_is_not_given_by_hand() {
    assert_eq!(refused(builder().claim("exp", 1)), "exp is written by the minter: set ttl");
    let iat = builder().slot(Slot::integer("iat"));
    assert!(refused(iat).starts_with("iat is written by the minter"));
    assert!(refused(builder().claims(r#"{"nbf":1}"#)).starts_with("nbf is written by the minter"));
    let jti = || builder().claim("jti", "j");
    assert_eq!(refused(jti().unique(true)), "jti is written by the minter, as jti is unique");
    assert!(jti().build().is_ok());
    assert_eq!(
        refused(builder().header("alg", "none")),
        "header.alg is written by the minter: set algorithm"
    );
}

#[test]
fn a_kind_of_token_that_is_wrong_is_not_built() {
    let twice = builder().claim("a", 1).claim("a", 2);
    assert_eq!(refused(twice), "a is given twice");
    let over = builder().claims(r#"{"a":{"b":1}}"#).slot(Slot::text("b").at(["a", "b"]));
    assert_eq!(refused(over), "/a/b is given twice");
    assert_eq!(refused(builder().claim("sub", "x")), "sub is given twice");
    let names = builder().slot(Slot::text("a")).slot(Slot::text("a").at("b"));
    assert_eq!(refused(names), "a is the name of another slot");
    assert_eq!(refused(builder().claim("a", f64::NAN)), "a is not valid JSON");
    assert!(refused(builder().claim("a", 9_007_199_254_740_993_i64)).contains("beyond 2^53 - 1"));
    assert_eq!(refused(builder().claims("[]")), "claims must be a JSON object");
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(64), "]".repeat(64));
    assert_eq!(refused(builder().claims(&deep)), "claims nests over 64 levels");
    let number = builder().identity(Slot::integer("id"));
    assert_eq!(refused(number), "identity must be a slot for a text");
    let empty = JwtMinter::builder(b"").build().unwrap_err();
    assert_eq!(told(&empty), (ErrorKind::InvalidCredentials, "secret must not be empty"));
    let many = (0..65).fold(builder(), |all, n| all.slot(Slot::text(&format!("s{n}"))));
    assert_eq!(many.build().unwrap_err().kind(), ErrorKind::LimitExceeded);
    assert!(builder().claim("a", 1.5).build().is_ok());
}

#[test]
fn the_first_fault_is_told() {
    let both = builder().claim("a", f64::NAN).ttl(0);
    assert_eq!(refused(both), "a is not valid JSON");
}

#[test]
fn a_token_that_ends_before_it_becomes_valid_is_not_minted() {
    let minter = builder().ttl(60).nbf(NOW + 60).build().unwrap();
    let error = minter.mint("alice", &[]).unwrap_err();
    assert_eq!(error.argument(), Some("nbf"));
    assert!(minter.mint_at("alice", &[], NOW + 1).is_ok());
}

#[test]
fn an_identity_may_stand_anywhere() {
    let users = builder().identity(Slot::text("user_id").required()).build().unwrap();
    assert_eq!(read(&users.mint("alice", &[]).unwrap()).claims()["user_id"], "alice");
    assert_eq!(users.slots()[0].name(), "identity");
}

#[test]
fn a_bound_slot_is_fixed() {
    let rooms = rooms().build().unwrap();
    let lobby = rooms.bind(&[("room", "lobby".into()), ("seat", 7.into())]).unwrap();
    let token = lobby.mint("alice", &[]).unwrap();
    assert_eq!(
        read(&token).claims(),
        read(&rooms.mint("alice", &[("room", "lobby".into()), ("seat", 7.into())]).unwrap())
            .claims()
    );
    let again = lobby.mint("alice", &[("room", "x".into())]).unwrap_err();
    assert!(again.message().starts_with("room is not a slot of this minter, which has "));
    assert_eq!(
        lobby.bind(&[("room", "x".into())]).unwrap_err().message(),
        "room has its value already"
    );
    assert_eq!(
        rooms.bind(&[("room", true.into())]).unwrap_err().message(),
        "room must be a text, not true or false"
    );
    assert!(rooms.bind(&[("rome", "x".into())]).is_err());
}

#[test]
fn many_are_minted_together_or_not_at_all() {
    let rooms = rooms().build().unwrap();
    let slots = [("room", "r".into())];
    let user = |identity| JwtUser { identity: Some(identity), slots: &slots };
    let tokens = rooms.mint_many(&[user("alice"), user("bob")]).unwrap();
    assert_eq!(tokens, [rooms.mint("alice", &slots).unwrap(), rooms.mint("bob", &slots).unwrap()]);
    let error = rooms.mint_many(&[user("alice"), JwtUser::default()]).unwrap_err();
    assert_eq!(error.argument(), Some("users[1].room"));
    assert_eq!(error.message(), "users[1].room must be given");
}

#[test]
fn tokens_follow_the_clock_and_their_clones_do_too() {
    let clock = ManualClock::new(Duration::from_secs(NOW));
    let minter = JwtMinter::builder(SECRET).clock(&clock).build().unwrap();
    let clone = minter.clone();
    clock.advance(Duration::from_secs(10));
    let at = VerifyOptions::new().now(NOW + 10);
    for minter in [minter, clone] {
        let token = minter.mint("alice", &[]).unwrap();
        assert_eq!(verify_jwt(&token, SECRET, &at).unwrap().issued_at(), Some(NOW + 10));
        assert_eq!(minter.mint_at("alice", &[], NOW + 10).unwrap(), token);
        assert!(minter.mint_at("alice", &[], u64::MAX).is_err());
    }
}

#[test]
fn a_buffer_is_replaced_or_left_as_it_was() {
    let minter = builder().build().unwrap();
    let mut out = "what was there".to_owned();
    assert!(minter.mint_into(&mut out, "", &[]).is_err());
    assert_eq!(out, "what was there");
    minter.mint_into(&mut out, "alice", &[]).unwrap();
    assert_eq!(out, minter.mint("alice", &[]).unwrap());
}

#[test]
fn a_long_text_with_one_escape_takes_what_it_takes() {
    let texts = builder().slot(Slot::text("metadata")).build().unwrap();
    let metadata = format!(r#"{{"a":"{}"}}"#, "x".repeat(63_000));
    let decoded = read(&texts.mint("alice", &[("metadata", metadata.as_str().into())]).unwrap());
    assert_eq!(decoded.claims()["metadata"], metadata);
    let controls = "\u{1}".repeat(40_000);
    let error = texts.mint("alice", &[("metadata", controls.as_str().into())]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
}

#[test]
fn an_identity_is_never_empty() {
    let optional = builder().identity(Slot::text("user")).build().unwrap();
    let error = optional.mint("", &[]).unwrap_err();
    assert_eq!(told(&error), (ErrorKind::InvalidIdentity, "identity must not be empty"));
    assert!(optional.mint(None, &[]).is_ok());
}

#[test]
fn a_slot_and_a_fixed_claim_take_the_same_json() {
    let json = r#"{"a":1,"a":2}"#;
    let tags = || builder().slot(Slot::json("tags"));
    let minted = tags().build().unwrap().mint("alice", &[("tags", SlotValue::Json(json))]);
    assert_eq!(minted.unwrap_err().message(), "tags repeats the name of a member");
    assert_eq!(
        refused(tags().bind("tags", SlotValue::Json(json))),
        "tags repeats the name of a member"
    );
}

#[test]
fn a_token_is_never_too_large_to_verify() {
    let minter = (0..3).fold(builder(), |all, n| all.slot(Slot::text(&format!("s{n}"))));
    let minter = minter.build().unwrap();
    let long = "x".repeat(60_000);
    let slots = [("s0", (&long).into()), ("s1", (&long).into()), ("s2", (&long).into())];
    assert!(minter.mint("alice", &slots[..1]).is_ok());
    let error = minter.mint("alice", &slots).unwrap_err();
    assert_eq!(told(&error), (ErrorKind::LimitExceeded, "slots make a token of over 128 KiB"));
}

#[test]
fn advice_is_given() {
    assert_eq!(builder().build().unwrap().warnings(), []);
    let short = JwtMinter::builder(&SECRET[..31]).build().unwrap();
    assert_eq!(short.warnings(), [Warning::ShortSecret]);
    let long = builder().claim("a", &"x".repeat(4_000)).build().unwrap();
    assert_eq!(long.warnings(), [Warning::TokenLong]);
}

#[test]
fn debug_shows_the_names_of_slots_alone() {
    let minter = rooms().claim("password", "hush").build().unwrap();
    assert_eq!(
        format!("{minter:?}"),
        r#"JwtMinter { slots: ["room", "can_publish", "seat", "tags", "identity"], .. }"#
    );
    let user = JwtUser { identity: None, slots: &[("room", "hush".into())] };
    assert!(!format!("{user:?} {:?}", rooms()).contains("hush"));
}
