use super::*;
use crate::credentials::ApiKey;
use crate::error::ErrorKind;
use crate::token::claims::ClaimsOptions;
use crate::token::template::Template;
use crate::token::test_support::key;
use crate::token::{PlaybackGrant, VerifyOptions, VideoGrant, verify};

const NOW: u64 = 1_700_000_000;

fn template(key: &ApiKey, options: &ClaimsOptions) -> Template {
    Template::new(key, Claims::new(options).unwrap())
}

fn at_now() -> VerifyOptions {
    VerifyOptions::new().now(NOW)
}

#[test]
fn the_bytes_are_in_the_order_that_lets_a_prefix_be_shared() {
    let key = key();
    let (sk, ac) = (key.key_sid(), key.account_sid());
    let grants = vec![VideoGrant::new().room("r").into()];
    let options = ClaimsOptions { grants, nbf: Some(5), ..ClaimsOptions::default() };
    let token = template(&key, &options).stamp(NOW, None).unwrap().mint("alice").unwrap();
    let decoded = verify(&token, &key, &at_now()).unwrap();
    assert_eq!(decoded.header_json(), r#"{"alg":"HS256","cty":"twilio-fpa;v=1","typ":"JWT"}"#);
    let times = r#""iat":1700000000,"exp":1700003600,"nbf":5"#;
    let grants = r#""grants":{"video":{"room":"r"},"identity":"alice"}"#;
    assert_eq!(
        decoded.claims_json(),
        format!(r#"{{"jti":"{sk}-1700000000","iss":"{sk}","sub":"{ac}",{times},{grants}}}"#)
    );
}

#[test]
fn a_unique_jti_is_the_last_claim() {
    let key = key().with_region("ie1").unwrap();
    let options = ClaimsOptions { unique: true, ..ClaimsOptions::default() };
    let prefix = template(&key, &options).stamp(NOW, None).unwrap();
    let (one, two) = (prefix.mint("alice").unwrap(), prefix.mint("alice").unwrap());
    assert_ne!(one, two);
    let decoded = verify(&one, &key, &at_now()).unwrap();
    let (before, jti) = decoded.claims_json().split_once(r#""identity":"alice"},"jti":""#).unwrap();
    assert!(before.starts_with(r#"{"iss":"SK"#) && before.ends_with(r#""grants":{"#));
    assert_eq!(jti.len(), JTI_LEN + AFTER_JTI.len());
    assert_eq!(decoded.region(), Some("ie1"));
}

#[test]
fn a_playback_grant_is_carried_to_the_byte() {
    let key = key();
    let text = r#"{ "playbackUrl":"https:\/\/x/?a=1", "n":1.50 }"#;
    let player = PlaybackGrant::from_json(text).unwrap();
    let options = ClaimsOptions { with_player: true, ..ClaimsOptions::default() };
    let prefix = template(&key, &options).stamp(NOW, Some(&player)).unwrap();
    let token = prefix.mint("alice").unwrap();
    let decoded = verify(&token, &key, &at_now()).unwrap();
    let grants = format!(r#""grants":{{"player":{text},"identity":"alice"}}}}"#);
    assert!(decoded.claims_json().ends_with(&grants));
}

#[test]
fn every_length_of_prefix_and_identity_verifies() {
    let key = key();
    for room in 1..=67 {
        let grants = vec![VideoGrant::new().room("r".repeat(room)).into()];
        let options = ClaimsOptions { grants, unique: room % 2 == 0, ..ClaimsOptions::default() };
        let prefix = template(&key, &options).stamp(NOW, None).unwrap();
        for len in 1..=128 {
            let identity = "i".repeat(len);
            let token = prefix.mint(&identity).unwrap();
            let decoded = verify(&token, &key, &at_now()).unwrap();
            assert_eq!(decoded.identity(), Some(identity.as_str()));
        }
    }
}

#[test]
fn the_longest_identity_of_the_longest_escapes_fits() {
    let key = key();
    let options = ClaimsOptions { unique: true, ..ClaimsOptions::default() };
    let prefix = template(&key, &options).stamp(NOW, None).unwrap();
    for character in ["\u{1}", "\"", "\\", "a", "å", "\u{7f}", "🎟"] {
        let identity = character.repeat(512 / character.len());
        let token = prefix.mint(&identity).unwrap();
        let decoded = verify(&token, &key, &at_now()).unwrap();
        assert_eq!(decoded.identity(), Some(identity.as_str()));
    }
}

#[test]
fn a_buffer_is_replaced_or_left_as_it_was() {
    let prefix = template(&key(), &ClaimsOptions::default()).stamp(NOW, None).unwrap();
    let mut out = "what was there".to_owned();
    assert_eq!(prefix.mint_into(&mut out, "").unwrap_err().kind(), ErrorKind::InvalidIdentity);
    assert_eq!(out, "what was there");
    prefix.mint_into(&mut out, "alice").unwrap();
    assert_eq!(out, prefix.mint("alice").unwrap());
}
