//! Any text as a token.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use grantmint_core::limits::TOKEN_MAX_BYTES;
use grantmint_core::{Decoded, ErrorKind, VerifyOptions, decode, verify, verify_jwt};
use serde_json::Value;

use crate::{KEY, SECRET, check_error, json};

/// Takes a text apart: what comes out is what was in, and a token is refused for a reason.
pub fn check(input: &[u8]) {
    let Ok(token) = str::from_utf8(input) else { return };
    match decode(token) {
        Ok(decoded) => {
            assert!(is_a_token(token));
            check_content(token, &decoded);
        }
        Err(error) => {
            check_error(&error, &[ErrorKind::TokenMalformed]);
            assert!(!is_a_token(token), "refused: {error}");
        }
    }
    check_that_nobody_signed(token);
}

/// Three parts of canonical base64url without padding, of which the first two are objects that do not repeat
/// a name.
fn is_a_token(token: &str) -> bool {
    let parts: Vec<&str> = token.split('.').collect();
    token.len() <= TOKEN_MAX_BYTES
        && parts.len() == 3
        && parts[..2].iter().all(|part| is_object(part))
        && BASE64_URL_SAFE_NO_PAD.decode(parts[2]).is_ok()
}

fn is_object(part: &str) -> bool {
    let text = BASE64_URL_SAFE_NO_PAD.decode(part).ok().and_then(|b| String::from_utf8(b).ok());
    let members = text.and_then(|text| json::members(&text));
    members.is_some_and(|members| !json::repeats_a_name(&members))
}

fn check_content(token: &str, decoded: &Decoded) {
    let (header, claims) = (decoded.header_json(), decoded.claims_json());
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let again = format!("{}.{}.", encode(header), encode(claims));
    assert!(token.starts_with(&again), "another spelling of the same token");
    let value = |text: &str| serde_json::from_str::<Value>(text).expect("it was read before");
    assert_eq!(Value::Object(decoded.header().clone()), value(header));
    assert_eq!(Value::Object(decoded.claims().clone()), value(claims));
    let claims = value(claims);
    assert_eq!(decoded.identity(), claims["grants"]["identity"].as_str());
    assert_eq!(decoded.issuer(), claims["iss"].as_str());
    let rounded = |name: &str| claims[name].as_u64().filter(|time| *time <= 253_402_300_799);
    if claims["exp"].is_u64() {
        assert_eq!(decoded.expires_at(), rounded("exp"));
    }
    assert_eq!(format!("{decoded:?}"), "Decoded(..)");
}

/// A forged signature has one chance in 2^256, so whatever libFuzzer made up is not verified.
fn check_that_nobody_signed(token: &str) {
    let options = VerifyOptions::new().now(1_700_000_000);
    let refused = verify_jwt(token, SECRET.as_bytes(), &options).expect_err("a forged signature");
    let reasons = [ErrorKind::TokenMalformed, ErrorKind::TokenAlgorithm, ErrorKind::TokenSignature];
    check_error(&refused, &reasons);
    check_error(&verify(token, &KEY, &options).expect_err("a forged signature"), &reasons);
}
