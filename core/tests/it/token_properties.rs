//! What holds for every identity, every JSON and every string of bytes.

use std::time::Duration;

use grantmint_core::{
    AccessToken, ApiKey, CustomGrant, ErrorKind, Json, ManualClock, PlaybackGrant, TokenMinter,
    VerifyOptions, VideoGrant, VoiceGrant, decode, verify, verify_jwt,
};
use proptest::prelude::*;
use serde_json::{Map, Value};

const NOW: u64 = 1_800_000_000;

fn key() -> ApiKey {
    ApiKey::new(
        "AC00000000000000000000000000000001",
        "SK00000000000000000000000000000002",
        "hush-hush-hush-hush-hush-hush-32",
    )
    .unwrap()
}

fn at_now() -> VerifyOptions {
    VerifyOptions::new().now(NOW)
}

/// Any characters of Unicode, as many as are allowed everywhere.
fn identity() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 1..=128).prop_map(|characters| {
        let mut identity: String = characters.into_iter().collect();
        while identity.len() > 512 {
            identity.pop();
        }
        identity
    })
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 4.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 32, 6, |inner| {
        let members = proptest::collection::btree_map(any::<String>(), inner.clone(), 0..6);
        prop_oneof![
            proptest::collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| Value::from(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn minter_at_now() -> TokenMinter {
    let clock = ManualClock::new(Duration::from_secs(NOW));
    let builder = TokenMinter::builder(&key()).grant(VideoGrant::new().room("r"));
    builder.clock(&clock).build().unwrap()
}

proptest! {
    #[test]
    fn every_identity_comes_back(identity in identity(), room in any::<String>()) {
        let room: String = room.chars().take(128).collect();
        let grant = VideoGrant::new().room(&room);
        for unique in [false, true] {
            let minter = TokenMinter::builder(&key()).grant(grant.clone()).unique(unique);
            let token = minter.build().unwrap().mint_at(&identity, NOW).unwrap();
            let decoded = verify(&token, &key(), &at_now()).unwrap();
            prop_assert_eq!(decoded.identity(), Some(identity.as_str()));
            let video = &decoded.grants().unwrap()["video"];
            prop_assert_eq!(video.get("room").map_or("", |r| r.as_str().unwrap()), &room);
        }
    }

    #[test]
    fn every_json_comes_back(params in json(), custom in json(), player in json()) {
        let player = Value::from_iter([("playbackUrl", player)]);
        let voice = VoiceGrant::new()
            .outgoing_application_sid("AP00000000000000000000000000000003")
            .outgoing_application_params(Json::from_value(&params).unwrap());
        let minter = TokenMinter::builder(&key())
            .grant(voice)
            .grant(CustomGrant::new("any", Json::from_value(&custom).unwrap()).unwrap())
            .grant(PlaybackGrant::from_value(&player).unwrap());
        let token = minter.build().unwrap().mint_at("alice", NOW).unwrap();
        let decoded = verify(&token, &key(), &at_now()).unwrap();
        let grants = decoded.grants().unwrap();
        prop_assert_eq!(&grants["any"], &custom);
        prop_assert_eq!(&grants["player"], &player);
        let empty = [Value::Null, "".into(), Value::Array(vec![]), Map::new().into()];
        let expected = (!empty.contains(&params)).then_some(&params);
        prop_assert_eq!(grants["voice"]["outgoing"].get("params"), expected);
    }

    #[test]
    fn all_ways_to_mint_make_the_same_bytes(identity in identity(), before in any::<String>()) {
        let minter = minter_at_now();
        let minted = minter.mint(&identity).unwrap();
        let clock = ManualClock::new(Duration::from_secs(NOW));
        let token = AccessToken::builder(&key(), &identity).clock(&clock);
        let token = token.grant(VideoGrant::new().room("r")).build().unwrap();
        prop_assert_eq!(&token.to_jwt().unwrap(), &minted);
        prop_assert_eq!(&minter.mint_at(&identity, NOW).unwrap(), &minted);
        prop_assert_eq!(&minter.mint_many(&[&identity]).unwrap()[0], &minted);
        let mut out = before;
        minter.mint_into(&mut out, &identity).unwrap();
        prop_assert_eq!(&out, &minted);
    }

    #[test]
    fn a_changed_token_never_verifies(
        identity in identity(),
        at in any::<prop::sample::Index>(),
        replacement in "[A-Za-z0-9_.=+/-]{0,3}",
    ) {
        let token = minter_at_now().mint(&identity).unwrap();
        let at = at.index(token.len());
        let changed = format!("{}{replacement}{}", &token[..at], &token[at + 1..]);
        prop_assume!(changed != token);
        prop_assert!(verify(&changed, &key(), &at_now()).is_err());
    }

    #[test]
    fn nothing_panics_and_nothing_forged_verifies(bytes in any::<Vec<u8>>()) {
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(verify(&text, &key(), &at_now()).is_err());
        prop_assert!(verify_jwt(&text, b"secret", &at_now()).is_err());
        let _ = decode(&text);
    }

    #[test]
    fn whatever_stands_between_the_dots_is_taken_or_refused(
        header in "\\PC{0,40}",
        claims in json(),
    ) {
        use base64::Engine as _;
        let encode = |text: &str| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.c2ln", encode(&header), encode(&claims.to_string()));
        prop_assert!(verify(&token, &key(), &at_now()).is_err());
        let plain = format!("{}.{}.c2ln", encode("{}"), encode(&claims.to_string()));
        match decode(&plain) {
            Ok(decoded) => prop_assert_eq!(Some(decoded.claims()), claims.as_object()),
            Err(error) => {
                prop_assert!(!claims.is_object());
                prop_assert_eq!(error.kind(), ErrorKind::TokenMalformed);
            }
        }
    }
}
