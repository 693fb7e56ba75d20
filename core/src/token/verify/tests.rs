use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::*;
use crate::token::sign;
use crate::token::test_support::{ACCOUNT, KEY, SECRET, key};

const NOW: u64 = 1_700_000_000;
const HEADER: &str = r#"{"alg":"HS256","cty":"twilio-fpa;v=1","typ":"JWT"}"#;

fn claims_with(extra: &str) -> String {
    format!(r#"{{"iss":"{KEY}","sub":"{ACCOUNT}","grants":{{"identity":"alice"}}{extra}}}"#)
}

/// Signs whatever it is given, well-formed or not.
fn signed(header: &str, claims: &str) -> String {
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = hmac_sha256(message.as_bytes());
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn hmac_sha256(message: &[u8]) -> Vec<u8> {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn at(now: u64) -> VerifyOptions {
    VerifyOptions::new().now(now)
}

fn kind_at(token: &str, options: &VerifyOptions) -> ErrorKind {
    verify(token, &key(), options).unwrap_err().kind()
}

fn kind(token: &str) -> ErrorKind {
    kind_at(token, &at(NOW))
}

fn good() -> String {
    signed(HEADER, &claims_with(r#","exp":1700000060"#))
}

#[test]
fn a_good_token_says_what_it_says() {
    let token = signed(HEADER, &claims_with(r#","exp":1700000060,"nbf":1,"iat":2,"jti":"j""#));
    let decoded = verify(&token, &key(), &at(NOW)).unwrap();
    assert_eq!(decoded.identity(), Some("alice"));
    assert_eq!((decoded.issuer(), decoded.subject()), (Some(KEY), Some(ACCOUNT)));
    assert_eq!((decoded.jti(), decoded.region()), (Some("j"), None));
    assert_eq!(decoded.expires_at(), Some(1_700_000_060));
    assert_eq!((decoded.not_before(), decoded.issued_at()), (Some(1), Some(2)));
    assert!(!format!("{decoded:?}").contains("alice"));
}

#[test]
fn the_structure_comes_first() {
    let token = good();
    let [header, claims, signature]: [&str; 3] =
        token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let wrong = [
        String::new(),
        "..".to_owned(),
        format!("{header}.{claims}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}="),
        format!("{token} "),
        format!(" {token}"),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}.{signature}\n"),
        format!("{header}.{claims}.{}", signature.replacen(|c: char| c.is_alphanumeric(), "+", 1)),
    ];
    for token in wrong {
        assert_eq!(kind(&token), ErrorKind::TokenMalformed, "{}", &token[..token.len().min(200)]);
    }
}

#[test]
fn a_token_has_at_most_128_kib() {
    let token = |claims_bytes| {
        let claims = |pad: String| claims_with(&format!(r#","exp":1700000060,"pad":"{pad}""#));
        let token = signed(HEADER, &claims("x".repeat(claims_bytes - claims(String::new()).len())));
        (token.len(), verify(&token, &key(), &at(NOW)).err().map(|error| error.kind()))
    };
    assert_eq!(token(98_220), (131_072, None));
    assert_eq!(token(98_221), (131_074, Some(ErrorKind::TokenMalformed)));
}

#[test]
fn one_content_has_one_spelling() {
    // 32 bytes end in a character of which two bits are unused.
    let token = good();
    let (rest, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for character in alphabet.chars().filter(|c| !last.starts_with(*c)) {
        assert!(verify(&format!("{rest}{character}"), &key(), &at(NOW)).is_err());
    }
}

#[test]
fn only_the_algorithm_asked_for_is_taken() {
    let claims = claims_with(r#","exp":1700000060"#);
    for name in ["none", "None", "HS512", "RS256", "hs256", "HS256 ", ""] {
        let header = HEADER.replace("HS256", name);
        assert_eq!(kind(&signed(&header, &claims)), ErrorKind::TokenAlgorithm, "{name}");
    }
    let unsigned = signed(&HEADER.replace("HS256", "none"), &claims);
    let (message, _) = unsigned.rsplit_once('.').unwrap();
    assert_eq!(kind(&format!("{message}.")), ErrorKind::TokenAlgorithm);
    for header in [r#"{"typ":"JWT"}"#, r#"{"alg":null}"#, r#"{"alg":["HS256"]}"#] {
        assert_eq!(kind(&signed(header, &claims)), ErrorKind::TokenAlgorithm);
    }
    for crit in ["[]", "[\"b64\"]", "null"] {
        let header = HEADER.replace('}', &format!(",\"crit\":{crit}}}"));
        assert_eq!(kind(&signed(&header, &claims)), ErrorKind::TokenAlgorithm);
    }
    let hs512 = at(NOW).algorithm(Algorithm::Hs512);
    assert_eq!(kind_at(&good(), &hs512), ErrorKind::TokenAlgorithm);
    let header = HEADER.replace("HS256", "HS512");
    let token = sign(Algorithm::Hs512, &header, &claims, SECRET.as_bytes()).unwrap();
    assert!(verify(&token, &key(), &hs512).is_ok());
}

#[test]
fn a_repeated_name_is_refused_however_it_is_spelled() {
    let claims = claims_with(r#","exp":1700000060"#);
    for extra in [r#""alg":"HS256""#, r#""\u0061lg":"HS256""#] {
        let header = HEADER.replace('}', &format!(",{extra}}}"));
        assert_eq!(kind(&signed(&header, &claims)), ErrorKind::TokenMalformed);
    }
    for extra in [r#""iss":"x""#, r#""\u0065xp":1"#] {
        let token = signed(HEADER, &claims_with(&format!(r#","exp":1700000060,{extra}"#)));
        assert_eq!(kind(&token), ErrorKind::TokenMalformed);
    }
}

#[test]
fn broken_json_is_malformed_even_if_signed() {
    let deep = format!("{{\"exp\":{}1{}}}", "[".repeat(1000), "]".repeat(1000));
    let claims = claims_with(r#","exp":1700000060"#);
    for broken in ["", "[]", "null", "{", "{}{}", "{} x", &deep] {
        assert_eq!(kind(&signed(HEADER, broken)), ErrorKind::TokenMalformed, "{broken}");
        assert_eq!(kind(&signed(broken, &claims)), ErrorKind::TokenMalformed, "{broken}");
    }
}

#[test]
fn another_kind_of_token_is_not_an_access_token() {
    let claims = claims_with(r#","exp":1700000060"#);
    let plain = signed(r#"{"alg":"HS256","typ":"JWT"}"#, &claims);
    assert_eq!(kind(&plain), ErrorKind::TokenMalformed);
    assert!(verify_jwt(&plain, SECRET.as_bytes(), &at(NOW)).is_ok());
    let other = HEADER.replace("\"JWT\"", "\"at+jwt\"");
    assert_eq!(kind(&signed(&other, &claims)), ErrorKind::TokenMalformed);
}

#[test]
fn the_signature_is_checked_before_the_claims() {
    let token = signed(HEADER, "not even JSON").replace('.', " ");
    let [header, claims, signature]: [&str; 3] =
        token.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let changed = format!("{header}.{claims}A.{signature}");
    assert_eq!(kind(&changed), ErrorKind::TokenSignature);
    let other = ApiKey::new(ACCOUNT, KEY, "another secret").unwrap();
    let error = verify(&good(), &other, &at(NOW)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenSignature);
    for cut in ["", "AA"] {
        let good = good();
        let (message, _) = good.rsplit_once('.').unwrap();
        assert_eq!(kind(&format!("{message}.{cut}")), ErrorKind::TokenSignature);
    }
}

#[test]
fn the_parties_are_those_of_the_key() {
    let good = claims_with(r#","exp":1700000060"#);
    let swap = |from: &str, to: &str| kind(&signed(HEADER, &good.replace(from, to)));
    assert_eq!(swap("02\",\"sub", "03\",\"sub"), ErrorKind::TokenIssuer);
    assert_eq!(swap(ACCOUNT, "AC"), ErrorKind::TokenIssuer);
    assert_eq!(swap("\"iss\"", "\"isx\""), ErrorKind::TokenClaims);
    assert_eq!(swap(&format!("\"sub\":\"{ACCOUNT}\""), "\"sub\":1"), ErrorKind::TokenClaims);
    assert_eq!(swap("{\"identity\":\"alice\"}", "[]"), ErrorKind::TokenClaims);
    assert_eq!(swap("\"grants\"", "\"grant\""), ErrorKind::TokenClaims);
}

#[test]
fn a_token_lives_from_nbf_until_just_before_exp() {
    let token = signed(HEADER, &claims_with(r#","exp":1700000060,"nbf":1700000000"#));
    let leeway = |now: u64, leeway: u64| at(now).leeway(leeway);
    assert_eq!(kind_at(&token, &at(NOW - 1)), ErrorKind::TokenNotYetValid);
    assert!(verify(&token, &key(), &at(NOW)).is_ok());
    assert!(verify(&token, &key(), &at(NOW + 59)).is_ok());
    assert_eq!(kind_at(&token, &at(NOW + 60)), ErrorKind::TokenExpired);
    assert!(verify(&token, &key(), &leeway(NOW - 5, 5)).is_ok());
    assert_eq!(kind_at(&token, &leeway(NOW - 6, 5)), ErrorKind::TokenNotYetValid);
    assert!(verify(&token, &key(), &leeway(NOW + 64, 5)).is_ok());
    assert_eq!(kind_at(&token, &leeway(NOW + 65, 5)), ErrorKind::TokenExpired);
    assert!(verify(&token, &key(), &leeway(NOW, 300)).is_ok());
    assert_eq!(kind_at(&token, &leeway(NOW, 301)), ErrorKind::InvalidArgument);
    assert_eq!(kind_at(&token, &at(u64::MAX)), ErrorKind::InvalidArgument);
}

#[test]
fn fractions_of_a_second_make_both_ends_stricter() {
    let token = signed(HEADER, &claims_with(r#","exp":1700000060.9,"nbf":1700000000.1"#));
    assert_eq!(kind_at(&token, &at(NOW)), ErrorKind::TokenNotYetValid);
    assert!(verify(&token, &key(), &at(NOW + 1)).is_ok());
    assert_eq!(kind_at(&token, &at(NOW + 60)), ErrorKind::TokenExpired);
    let token = signed(HEADER, &claims_with(r#","exp":1.70000006e9,"nbf":-0.0"#));
    assert!(verify(&token, &key(), &at(NOW)).is_ok());
}

#[test]
fn times_that_are_no_times_are_refused() {
    for exp in ["", r#","exp":null"#, r#","exp":"1700000060""#, r#","exp":[1700000060]"#] {
        assert_eq!(kind(&signed(HEADER, &claims_with(exp))), ErrorKind::TokenClaims, "{exp}");
    }
    let late = ["-1", "-0.5", "-1e300", "253402300800", "1e300", "18446744073709551616", "true"];
    for value in late {
        for extra in [
            format!(r#","exp":{value}"#),
            format!(r#","exp":1700000060,"nbf":{value}"#),
            format!(r#","exp":1700000060,"iat":{value}"#),
        ] {
            let token = signed(HEADER, &claims_with(&extra));
            assert_eq!(kind(&token), ErrorKind::TokenClaims, "{extra}");
        }
    }
    let end = signed(HEADER, &claims_with(r#","exp":253402300799"#));
    assert!(verify(&end, &key(), &at(NOW)).is_ok());
}

#[test]
fn another_services_token_needs_a_secret_and_an_end() {
    let verify_at = |token: &str, secret: &[u8]| verify_jwt(token, secret, &at(NOW));
    let secret = SECRET.as_bytes();
    let header = r#"{"alg":"HS256"}"#;
    assert!(verify_at(&signed(header, r#"{"exp":1700000060}"#), secret).is_ok());
    let kind = |token: &str, secret: &[u8]| verify_at(token, secret).unwrap_err().kind();
    assert_eq!(kind(&signed(header, "{}"), secret), ErrorKind::TokenClaims);
    assert_eq!(kind(&signed(header, r#"{"exp":1}"#), secret), ErrorKind::TokenExpired);
    assert_eq!(kind(&good(), b""), ErrorKind::InvalidCredentials);
    assert_eq!(kind(&good(), b"x"), ErrorKind::TokenSignature);
}

#[test]
fn no_error_repeats_the_token() {
    let token = good();
    for wrong in [format!("{token}."), token.replace('e', "f"), "hush.hush.hush".to_owned()] {
        let error = verify(&wrong, &key(), &at(NOW)).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("eyJ") && !shown.contains("alice") && !shown.contains("hush"));
    }
}
