//! The promises, one by one. What a test itself holds it wipes.

use std::time::Duration;

use grantmint_core::{
    AccessToken, AccessTokenGrant, Algorithm, ApiKey, CustomGrant, Fetched, GrantRequest,
    GrantSource, Json, PlaybackGrant, PlaybackMinter, Result, TokenMinter, VerifyOptions,
    WipedString, sign, verify_jwt,
};

use crate::memory::Needle;

pub(crate) const TESTS: [(&str, fn()); 11] = [
    ("a copy that is not wiped is found", a_copy_that_is_not_wiped_is_found),
    ("a string that grows", a_string_that_grows),
    ("a key's secret", a_keys_secret),
    ("what is made from a secret", what_is_made_from_a_secret),
    ("what a token minter holds", what_a_token_minter_holds),
    ("an access token", an_access_token),
    ("tokens that are handed over one by one", tokens_handed_over_one_by_one),
    ("tokens in a buffer that grows", tokens_in_a_buffer_that_grows),
    ("a token of another service", a_token_of_another_service),
    ("what a playback minter holds", what_a_playback_minter_holds),
    ("an answer of upstream", an_answer_of_upstream),
];

const STREAMER: &str = "VJ00000000000000000000000000000001";
/// A slash is escaped, as many writers of JSON do, and there is a token in the URL.
const URL: &str =
    r#"{"playbackUrl":"https:\/\/x.example\/?token=e30.eyJleHAiOjQwMDAwMDAwMDB9.c2ln&"#;

/// A text of so many bytes that is a word again and again between two texts.
fn made_of(start: &str, word: &str, bytes: usize, end: &str) -> WipedString {
    let mut text = WipedString::with_capacity(bytes + word.len() + end.len());
    text.push_str(start);
    while text.len() < bytes {
        text.push_str(word);
    }
    text.push_str(end);
    text
}

fn key_of(secret: &str) -> ApiKey {
    ApiKey::new(&format!("AC{:032}", 1), &format!("SK{:032}", 2), secret).unwrap()
}

fn key() -> ApiKey {
    key_of("a secret of more than 32 characters in all")
}

/// The search finds what is left behind, else none of this shows anything.
fn a_copy_that_is_not_wiped_is_found() {
    let text = made_of("", "left-behind", 4000, "").into_string();
    let needle = Needle::middle_of(&text);
    drop(text);
    assert!(needle.copies() > 0);
    let text = made_of("", "and-wiped", 4000, "");
    let needle = Needle::middle_of(&text);
    assert!(needle.copies() > 0);
    drop(text);
    assert_eq!(needle.copies(), 0);
}

fn a_string_that_grows() {
    let whole = made_of("", "gr0wing", 4000, "");
    let (needle, mut text, mut string) =
        (Needle::middle_of(&whole), WipedString::new(), String::new());
    for part in whole.as_bytes().chunks(600) {
        text.push_str(str::from_utf8(part).unwrap());
    }
    drop((whole, text));
    assert_eq!(needle.copies(), 0);
    let other = made_of("", "le4ving", 4000, "");
    let needle = Needle::middle_of(&other);
    for part in other.as_bytes().chunks(600) {
        string.push_str(str::from_utf8(part).unwrap());
        // Another allocation behind it, so that it cannot grow where it is.
        std::hint::black_box(vec![0_u8; 600]).leak();
    }
    drop((other, WipedString::from(string)));
    assert!(needle.copies() > 0, "a String that grows leaves copies, or this test is of no use");
}

fn a_keys_secret() {
    let secret = made_of("", "qz7secret", 63, "");
    let (needle, key) = (Needle::end_of(&secret), key_of(&secret));
    drop(secret);
    assert!(needle.copies() > 0);
    let minter = TokenMinter::builder(&key).build().unwrap();
    let live = PlaybackMinter::builder(&key).isolated().build().unwrap();
    drop((key, minter, live));
    assert_eq!(needle.copies(), 0);
}

/// SHA-256's state before anything is hashed.
const SHA256: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Whoever has the states of its HMAC signs as well as with the secret.
fn what_is_made_from_a_secret() {
    let secret = made_of("", "m4de", 48, "");
    let needles = [0x36, 0x5c].map(|pad| {
        let mut block = [pad; 64];
        block.iter_mut().zip(secret.bytes()).for_each(|(byte, other)| *byte ^= other);
        let mut state = SHA256;
        sha2::block_api::compress256(&mut state, &[block]);
        Needle::of(state.map(u32::to_ne_bytes).as_flattened())
    });
    let minter = TokenMinter::builder(&key_of(&secret)).build().unwrap();
    drop(secret);
    assert!(needles.iter().all(|needle| needle.copies() > 0));
    drop(minter);
    assert_eq!(needles.map(|needle| needle.copies()), [0, 0]);
}

fn grants() -> ([AccessTokenGrant; 2], [Needle; 2]) {
    let playback = made_of(r#"{"a":"\/"#, "hushgr4nt", 3000, "\"}");
    let custom = made_of(r#"{"b":"\n"#, "custom9", 9000, "\"}");
    let grants = [
        PlaybackGrant::from_json(&playback).unwrap().into(),
        CustomGrant::new("more", Json::parse(&custom).unwrap()).unwrap().into(),
    ];
    (grants, [&playback, &custom].map(|text| Needle::middle_of(text)))
}

fn what_a_token_minter_holds() {
    let (grants, needles) = grants();
    assert!(needles[0].copies() > 0);
    let minter = TokenMinter::builder(&key()).grants(grants).build().unwrap();
    let token = WipedString::from(minter.mint("alice").unwrap());
    let later = WipedString::from(minter.mint_at("alice", 4_000_000_000).unwrap());
    let shared = [Needle::middle_of(&token), Needle::middle_of(&later)];
    let ends = [Needle::end_of(&token), Needle::end_of(&later)];
    drop((token, later));
    assert!(shared[0].copies() > 0);
    drop(minter);
    for needle in needles.iter().chain(&shared).chain(&ends) {
        assert_eq!(needle.copies(), 0);
    }
}

fn an_access_token() {
    let (grants, needles) = grants();
    let token = AccessToken::builder(&key(), "alice").grants(grants).build().unwrap();
    let jwt = WipedString::from(token.to_jwt().unwrap());
    let needles = needles.into_iter().chain([Needle::middle_of(&jwt), Needle::end_of(&jwt)]);
    drop((jwt, token));
    for needle in needles {
        assert_eq!(needle.copies(), 0);
    }
}

/// Each makes a longer token than the one before.
fn identities() -> [String; 3] {
    ["bob".to_owned(), "B".repeat(99), "b\"".repeat(256)]
}

fn tokens_handed_over_one_by_one() {
    let minter = TokenMinter::builder(&key()).build().unwrap();
    let mut needles = Vec::new();
    minter.mint_each(&identities(), |token| needles.push(Needle::end_of(token))).unwrap();
    let refused = [identities()[2].clone(), String::new()];
    minter.mint_each(&refused, |token| needles.push(Needle::end_of(token))).unwrap_err();
    for needle in needles {
        assert_eq!(needle.copies(), 0);
    }
}

fn tokens_in_a_buffer_that_grows() {
    let minter = TokenMinter::builder(&key()).build().unwrap();
    let (mut buffer, mut needles) = (String::new(), Vec::new());
    for identity in identities() {
        minter.mint_into(&mut buffer, &identity).unwrap();
        needles.push(Needle::end_of(&buffer));
    }
    drop(WipedString::from(buffer));
    for needle in needles {
        assert_eq!(needle.copies(), 0);
    }
}

/// The claims have no escape: JSON's reader has a copy of a text with some, as SECURITY.md says.
fn a_token_of_another_service() {
    let secret = made_of("", "sh4red", 40, "");
    let claims = made_of(r#"{"exp":4000000000,"a":""#, "cl4im", 3000, "\"}");
    let header = r#"{"alg":"HS512"}"#;
    let jwt = sign(Algorithm::Hs512, header, &claims, secret.as_bytes()).unwrap();
    let jwt = WipedString::from(jwt);
    let options = VerifyOptions::new().algorithm(Algorithm::Hs512);
    let decoded = verify_jwt(&jwt, secret.as_bytes(), &options).unwrap();
    let needles = [
        Needle::middle_of(&claims),
        Needle::end_of(&secret),
        Needle::middle_of(&jwt),
        Needle::end_of(&jwt),
    ];
    drop((secret, claims, jwt));
    assert!(needles[0].copies() > 0);
    drop(decoded);
    for needle in needles {
        assert_eq!(needle.copies(), 0);
    }
}

struct Fixed;

impl GrantSource for Fixed {
    fn fetch(&self, _: &GrantRequest, _: Duration) -> Result<Fetched> {
        Fetched::new(made_of(URL, "f3tched", 4000, "\"}").into_string())
    }
}

fn what_a_playback_minter_holds() {
    let grant = Needle::middle_of(&made_of(URL, "f3tched", 4000, "\"}"));
    let live = || PlaybackMinter::builder(&key()).source(Fixed).isolated().build().unwrap();
    let minter = live();
    let stream = minter.stream(STREAMER).unwrap();
    let token = WipedString::from(stream.token("alice").unwrap().jwt);
    let needles = [Needle::middle_of(&token), Needle::end_of(&token)];
    drop(token);
    assert_eq!(needles[1].copies(), 0);
    assert!(grant.copies() > 0 && needles[0].copies() > 0);
    minter.purge().unwrap();
    assert_eq!((grant.copies(), needles[0].copies()), (0, 0), "after purge()");

    let other = live();
    drop(WipedString::from(other.token(STREAMER, "alice").unwrap().jwt));
    assert!(grant.copies() > 0);
    drop((minter, stream, other));
    assert_eq!(grant.copies(), 0, "after the last minter");
}

#[cfg(not(feature = "test-helpers"))]
fn an_answer_of_upstream() {}

/// Its body, and what is read of it.
#[cfg(feature = "test-helpers")]
fn an_answer_of_upstream() {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    let claims = made_of(r#"{"exp":1438286430,"a":""#, "inn3r", 2000, "\"}");
    let encoded = WipedString::from(BASE64_URL_SAFE_NO_PAD.encode(claims.as_bytes()));
    let url = WipedString::from(r"https:\/\/inn3r.example\/watch\/and\/more?token=e30.");
    let needles = [Needle::middle_of(&claims), Needle::start_of(&url.replace('\\', ""))];
    let start = [r#"{"date_created":"2015-07-30T20:00:00Z","grant":{"playbackUrl":""#, &url];
    let body = WipedString::from([&start.concat(), &*encoded, r#".c2ln"}}"#].concat());
    let answer = http::Response::builder().status(201).body(body.as_bytes().to_vec()).unwrap();
    drop((claims, encoded, body));
    let request = GrantRequest::new(STREAMER, 60, None).unwrap();
    let (grant, lifetime, _) = grantmint_core::read_answer(answer, &request).unwrap();
    assert_eq!(lifetime, Duration::from_secs(30), "as the token in the URL says");
    drop(WipedString::from(grant));
    for needle in needles {
        assert_eq!(needle.copies(), 0);
    }
}
