//! Any header and claims, signed with the right key: verified or refused for what they say.

use arbitrary::{Arbitrary, Result, Unstructured};
use grantmint_core::limits::{LEEWAY_MAX, TOKEN_MAX_BYTES, UNIX_SECONDS_MAX};
use grantmint_core::{Algorithm, Decoded, ErrorKind, VerifyOptions, sign, verify, verify_jwt};
use serde_json::{Map, Value};

use crate::{ACCOUNT_SID, KEY, KEY_SID, SECRET, check_error, json};

/// The header in front of the first line's end, the claims behind it; what is before them says how
/// to verify.
struct Input<'a> {
    now: u64,
    leeway: u64,
    algorithm: Algorithm,
    /// Where the token is changed, and into what.
    place: u16,
    change: u8,
    header: &'a str,
    claims: &'a str,
}

impl<'a> Input<'a> {
    fn read(input: &'a [u8]) -> Result<Self> {
        let mut input = Unstructured::new(input);
        // Around the `exp` of the corpus, so that both sides of it are met.
        let now = 1_700_000_000_u64.wrapping_add_signed(i64::from(i8::arbitrary(&mut input)?));
        let leeway = u64::from(u16::arbitrary(&mut input)? % 512);
        let all = [Algorithm::Hs256, Algorithm::Hs384, Algorithm::Hs512];
        let algorithm = *input.choose(&all)?;
        let (place, change) = (u16::arbitrary(&mut input)?, u8::arbitrary(&mut input)?);
        let text = str::from_utf8(input.take_rest()).unwrap_or("");
        let (header, claims) = text.split_once('\n').unwrap_or((text, "{}"));
        Ok(Self { now, leeway, algorithm, place, change, header, claims })
    }

    fn options(&self) -> VerifyOptions {
        VerifyOptions::new().now(self.now).leeway(self.leeway).algorithm(self.algorithm)
    }
}

/// Signs what may be signed and verifies it.
pub fn check(input: &[u8]) {
    let Ok(input) = Input::read(input) else { return };
    let secret = SECRET.as_bytes();
    let token = match sign(input.algorithm, input.header, input.claims, secret) {
        Ok(token) => token,
        Err(error) => {
            check_error(&error, &[ErrorKind::InvalidArgument, ErrorKind::LimitExceeded]);
            return;
        }
    };
    assert!(token.len() <= TOKEN_MAX_BYTES);
    check_any_token(&input, &token);
    check_access_token(&input, &token);
    check_changed_token(&input, &token);
    let other = verify_jwt(&token, b"another secret", &input.options());
    assert!(other.is_err_and(|error| error.kind() != ErrorKind::TokenExpired));
}

fn check_any_token(input: &Input<'_>, token: &str) {
    match verify_jwt(token, SECRET.as_bytes(), &input.options()) {
        Ok(decoded) => {
            assert!(is_valid(input), "accepted");
            check_same(input, token, &decoded);
        }
        Err(error) => assert!(!is_valid(input), "refused: {error}"),
    }
}

fn check_access_token(input: &Input<'_>, token: &str) {
    match verify(token, &KEY, &input.options()) {
        Ok(decoded) => {
            assert!(is_valid(input) && is_an_access_token(input), "accepted");
            check_same(input, token, &decoded);
        }
        Err(error) => assert!(!is_valid(input) || !is_an_access_token(input), "refused: {error}"),
    }
}

/// What was accepted, signed again, is the same token.
fn check_same(input: &Input<'_>, token: &str, decoded: &Decoded) {
    assert_eq!((decoded.header_json(), decoded.claims_json()), (input.header, input.claims));
    let header = decoded.header_json();
    let again = sign(input.algorithm, header, decoded.claims_json(), SECRET.as_bytes());
    assert_eq!(again.as_deref(), Ok(token));
}

/// One other character anywhere, and the token is refused.
fn check_changed_token(input: &Input<'_>, token: &str) {
    let mut changed = token.as_bytes().to_vec();
    let place = usize::from(input.place) % changed.len();
    changed[place] = input.change & 0x7f;
    let changed = str::from_utf8(&changed).expect("it is ASCII");
    if changed != token {
        let accepted = verify_jwt(changed, SECRET.as_bytes(), &input.options());
        assert!(accepted.is_err(), "a changed token is accepted");
    }
}

/// What a reader of the documentation would say of a token that is signed as it should be.
fn is_valid(input: &Input<'_>) -> bool {
    let Some(claims) = json::members(input.claims) else { return false };
    let header = object(input.header);
    if input.leeway > LEEWAY_MAX || json::repeats_a_name(&claims) || header.contains_key("crit") {
        return false;
    }
    let claims: Map<String, Value> = claims.into_iter().collect();
    let time = |name: &str| claims.get(name).map(seconds);
    let (Some(Some(exp)), nbf, iat) = (time("exp"), time("nbf"), time("iat")) else { return false };
    // Times of today are exact in 53 bits, and an end is the whole second that it lies in.
    let (now, leeway) = (input.now as f64, input.leeway as f64);
    iat != Some(None)
        && now < exp.floor() + leeway
        && nbf.is_none_or(|nbf| nbf.is_some_and(|nbf| nbf.ceil() <= now + leeway))
}

fn is_an_access_token(input: &Input<'_>) -> bool {
    let (header, claims) = (object(input.header), object(input.claims));
    let says = |object: &Map<String, Value>, name, text: &str| {
        object.get(name).and_then(Value::as_str) == Some(text)
    };
    says(&header, "typ", "JWT")
        && says(&header, "cty", "twilio-fpa;v=1")
        && says(&claims, "iss", KEY_SID)
        && says(&claims, "sub", ACCOUNT_SID)
        && claims.get("grants").is_some_and(Value::is_object)
}

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

fn seconds(value: &Value) -> Option<f64> {
    value.as_f64().filter(|seconds| (0.0..=UNIX_SECONDS_MAX as f64).contains(seconds))
}
