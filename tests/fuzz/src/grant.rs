//! Any bytes as the JSON of a grant.

use grantmint_core::limits::{GRANT_JSON_MAX_DEPTH, GRANTS_JSON_MAX_BYTES};
use grantmint_core::{
    AccessTokenGrant, CustomGrant, ErrorKind, Fetched, Json, PlaybackGrant, TokenMinter, decode,
};
use serde_json::Value;

use crate::{KEY, check_error, json};

/// Reads bytes as a grant, and carries what was read into a token.
pub fn check(input: &[u8]) {
    let value = value(input);
    match Json::from_bytes(input) {
        Ok(read) => {
            let value = value.expect("accepted");
            assert_eq!(read.as_str().as_bytes(), input);
            assert_eq!(read.is_object(), value.is_object());
            assert_eq!(PlaybackGrant::new(read.clone()).is_ok(), value.is_object());
            check_carried(read, &value);
        }
        Err(error) => {
            check_error(&error, &[ErrorKind::InvalidGrant]);
            assert!(value.is_none(), "refused: {error}");
        }
    }
    check_fetched(input);
}

/// What the bytes say, if that is within the limits.
fn value(input: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(input).ok()?;
    let fits = input.len() <= GRANTS_JSON_MAX_BYTES && json::depth(&value) <= GRANT_JSON_MAX_DEPTH;
    fits.then_some(value)
}

/// Every grant that is accepted stands in a token as it was.
fn check_carried(read: Json, value: &Value) {
    let text = read.as_str().to_owned();
    let grant = AccessTokenGrant::from(CustomGrant::new("custom", read).expect("a good key"));
    assert_eq!(grant.to_json().as_deref(), Ok(text.as_str()));
    let minter = match TokenMinter::builder(&KEY).grant(grant).build() {
        Ok(minter) => minter,
        Err(error) => {
            // The key and what is around it count too.
            assert!(text.len() + 64 > GRANTS_JSON_MAX_BYTES, "{error}");
            return check_error(&error, &[ErrorKind::InvalidGrant]);
        }
    };
    let token = decode(&minter.mint("alice").expect("a good identity")).expect("a good token");
    assert!(token.claims_json().contains(&text));
    assert_eq!(token.grants().and_then(|grants| grants.get("custom")), Some(value));
}

/// What a source may bring.
fn check_fetched(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    match Fetched::new(text) {
        Ok(fetched) => {
            assert_eq!(fetched.grant_json(), text.trim_ascii());
            assert!(PlaybackGrant::from_json(fetched.grant_json()).is_ok(), "stored for nothing");
        }
        Err(error) => {
            let reasons = [
                ErrorKind::UpstreamNotJson,
                ErrorKind::UpstreamNoGrant,
                ErrorKind::UpstreamTooLarge,
            ];
            check_error(&error, &reasons);
            assert!(PlaybackGrant::from_json(text).is_err(), "refused: {error}");
        }
    }
}
