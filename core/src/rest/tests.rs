//! Services that hand out credentials, as descriptions: what is sent to each, what it answers, what a caller is handed.

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::choices::{Auth, Lifetime, Per};
use super::options::RestSourceBuilder;
use super::source::RestSource;
use crate::clock::{Clock, ManualClock};
use crate::error::{Error, ErrorKind, Result};
use crate::jwt::{JwtMinter, JwtMinterBuilder};
use crate::limits::REST_ITEMS_MAX;
use crate::token::{VerifyOptions, verify_jwt};
use crate::upstream::Answer;

const SERVED_AT: &str = "Mon, 30 Nov 2026 01:02:03 GMT";

/// None in the published crate, which has the sources alone.
pub(super) fn vectors(file: &str) -> Option<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let text = folder.is_dir().then(|| std::fs::read_to_string(folder.join(file)).unwrap())?;
    Some(serde_json::from_str(&text).unwrap())
}

/// A source as a row describes it.
pub(super) fn described(row: &Value) -> Result<RestSourceBuilder> {
    let secrets = row["secrets"].as_object().cloned().unwrap_or_default();
    let builder = RestSource::from_json(&row["source"].to_string())?;
    Ok(secrets
        .into_iter()
        .fold(builder, |builder, (name, value)| builder.secret(name, value.as_str().unwrap())))
}

#[test]
fn every_service_is_asked_and_read_as_written() {
    let Some(file) = vectors("rest_services.json") else { return };
    let services = file["services"].as_array().unwrap();
    assert!(services.len() >= 20, "{}", services.len());
    for row in services {
        let name = row["name"].as_str().unwrap();
        let source = described(row).and_then(RestSourceBuilder::build);
        let source = source.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(sent(&source, row), row["sends"], "{name}");
        assert_eq!(handed_out(&source, row), expected(row), "{name}");
    }
}

/// The first line, the headers but those that every request has, and the body if there is one.
fn sent(source: &RestSource, row: &Value) -> Value {
    let key = row["key"].as_str().unwrap_or_default();
    let request = source.with_request(key, |request| request.bytes("h").into_string()).unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let is_own =
        |line: &&str| !["content-", "user-agent", "host"].iter().any(|own| line.starts_with(own));
    let mut lines: Vec<String> =
        head.split("\r\n").filter(is_own).map(|line| without_signed(line, row)).collect();
    lines[0] = lines[0].strip_suffix(" HTTP/1.1").unwrap().to_owned();
    if !lines[0].starts_with("GET ") {
        let length = format!("\r\ncontent-length: {}\r\n", body.len());
        assert!(head.contains(&length), "{head}");
        lines.push(without_time(body));
    }
    lines.into()
}

/// A line without the token in it, which is another each time, if that is as it should be.
fn without_signed(line: &str, row: &Value) -> String {
    let told = &row["signed"];
    let token = line.strip_prefix("authorization: Bearer ").filter(|_| told.is_object());
    let Some(token) = token else { return line.to_owned() };
    let secret = told["secret"].as_str().unwrap();
    let algorithm = told["header"]["alg"].as_str().unwrap_or("HS256").parse().unwrap();
    let options = VerifyOptions::new().algorithm(algorithm);
    let decoded = verify_jwt(token, secret.as_bytes(), &options).unwrap();
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    assert_eq!(Value::from(decoded.header().clone()), *told.get("header").unwrap_or(&header));
    let mut claims = decoded.claims().clone();
    let written = told["written"].as_array().unwrap();
    let removed: Vec<_> = written.iter().filter_map(|name| claims.remove(name.as_str()?)).collect();
    assert_eq!((Value::from(claims), removed.len()), (told["claims"].clone(), written.len()));
    let left = decoded.expires_at().unwrap() - Clock::system().unix_seconds();
    let ttl = told["ttl"].as_u64().unwrap();
    assert!((ttl - 60..=ttl).contains(&left), "{left}");
    "authorization: Bearer SIGNED".to_owned()
}

/// The time in milliseconds is another each time.
fn without_time(body: &str) -> String {
    let is_time = |part: &&str| part.len() == 13 && part.bytes().all(|byte| byte.is_ascii_digit());
    let times: Vec<&str> = body.split(|c: char| !c.is_ascii_digit()).filter(is_time).collect();
    times.iter().fold(body.to_owned(), |body, time| body.replace(time, "NOW_MS"))
}

fn handed_out(source: &RestSource, row: &Value) -> (Value, Duration, bool) {
    let body = row["text"].as_str().map_or_else(|| row["body"].to_string(), str::to_owned);
    let status = u16::try_from(row["status"].as_u64().unwrap()).unwrap();
    let obtained = source.read(answer(status, &[], body.as_bytes())).unwrap();
    (serde_json::from_str(&obtained.json).unwrap(), obtained.lifetime, obtained.is_cut)
}

fn answer(status: u16, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
    let mut all = http::HeaderMap::new();
    all.insert("date", SERVED_AT.parse().unwrap());
    for (name, value) in headers {
        all.insert(*name, value.parse().unwrap());
    }
    let status = http::StatusCode::from_u16(status).unwrap();
    Answer { status, headers: all, body: Ok(Zeroizing::new(body.to_vec())) }
}

fn expected(row: &Value) -> (Value, Duration, bool) {
    let lifetime = Duration::from_secs_f64(row["lifetime"].as_f64().unwrap());
    (row["hands_out"].clone(), lifetime, row["is_cut"] == true)
}

#[test]
fn wrong_descriptions_are_refused_when_they_are_built() {
    let Some(file) = vectors("rest_refused.json") else { return };
    let rows = file["rows"].as_array().unwrap();
    assert!(rows.len() >= 23, "{}", rows.len());
    let mut base = json!({ "source": file["base"] });
    assert!(
        described(&base).and_then(RestSourceBuilder::build).is_ok(),
        "what all rows are made from is good"
    );
    for row in rows {
        let mut source: Map<String, Value> = file["base"].as_object().unwrap().clone();
        source.extend(row["source"].as_object().unwrap().clone());
        base["source"] = source.into();
        base["secrets"] = row["secrets"].clone();
        let name = row["name"].as_str().unwrap();
        let Err(error) = described(&base).and_then(RestSourceBuilder::build) else {
            panic!("{name} is not refused");
        };
        assert_eq!(
            (error.code(), error.argument()),
            (row["code"].as_str().unwrap(), row["argument"].as_str()),
            "{name}: {error}"
        );
        assert!(!error.to_string().contains("hush"), "{name}: {error}");
    }
}

/// A cache on the way says in `Age` how long ago upstream wrote the answer, with its `Date` and its lifetime.
#[test]
fn an_answer_that_a_cache_has_kept_says_less_by_its_age() {
    let left = |lifetime: Lifetime, age: &str| {
        let source = RestSource::builder("https://idp.example/token").value("/token");
        let source = source.lifetime(lifetime).build().unwrap();
        let body = br#"{"token":"t","expires_in":60,"expires_at":1796000583}"#;
        source.read(answer(200, &[("age", age)], body)).ok().map(|it| it.lifetime.as_secs())
    };
    for (age, expected) in [("0", Some(60)), ("50", Some(10)), ("60", None), ("no age", Some(60))] {
        for lifetime in [
            Lifetime::Seconds("/expires_in".to_owned()),
            Lifetime::Epoch("/expires_at".to_owned()),
            Lifetime::Constant(60),
        ] {
            assert_eq!(left(lifetime.clone(), age), expected, "{lifetime:?}, {age}");
        }
    }
}

/// How answers that are no credentials are told, of a source that looks for errors within them.
#[test]
fn an_answer_without_a_credential_is_the_error_that_it_means() {
    let source = RestSource::builder("https://idp.example/token")
        .value("/token")
        .lifetime(Lifetime::Seconds("/expires_in".to_owned()))
        .ok_when("/s", json!("ok"))
        .error("/error")
        .error_code("invalid_client", ErrorKind::UpstreamUnauthorized)
        .error_code("slow_down", ErrorKind::Throttled)
        .throttled(&[420])
        .retry_after("X-Reset", super::RetryUnit::EpochMs)
        .build()
        .unwrap();
    let told = |status, body: &[u8]| {
        let reset = [("x-reset", "1796000533000")];
        let error: Error = source.read(answer(status, &reset, body)).err().unwrap();
        assert!(!error.to_string().contains("hush"), "{error}");
        (error.kind(), error.retry_after().map(|after| after.as_secs()))
    };
    let good = br#"{"s":"ok","token":"t","expires_in":60}"#;
    assert!(source.read(answer(200, &[], good)).is_ok());
    for (status, body, kind, after) in [
        (200, r#"{"s":"error","error":"slow_down"}"#, ErrorKind::Throttled, Some(10)),
        (200, r#"{"s":"error","error":"hush hush"}"#, ErrorKind::UpstreamNoGrant, None),
        (200, r#"{"token":"hush","expires_in":60}"#, ErrorKind::UpstreamNoGrant, None),
        (400, r#"{"error":"invalid_client"}"#, ErrorKind::UpstreamUnauthorized, None),
        (400, r#"{"error":"invalid_scope"}"#, ErrorKind::UpstreamBadRequest, None),
        (400, "hush", ErrorKind::UpstreamBadRequest, None),
        (401, "", ErrorKind::UpstreamUnauthorized, None),
        (403, "{}", ErrorKind::UpstreamForbidden, None),
        (404, "{}", ErrorKind::UpstreamNotFound, None),
        (420, "{}", ErrorKind::Throttled, Some(10)),
        (429, "{}", ErrorKind::Throttled, Some(10)),
        (503, "{}", ErrorKind::UpstreamUnavailable, Some(10)),
        (302, "{}", ErrorKind::UpstreamStatus, None),
        (200, "hush", ErrorKind::UpstreamNotJson, None),
        (200, r#"{"s":"ok","token":"hush","expires_in":60}x"#, ErrorKind::UpstreamNotJson, None),
        (200, r#"{"s":"ok","expires_in":60}"#, ErrorKind::UpstreamNoGrant, None),
        (200, r#"{"s":"ok","token":null,"expires_in":60}"#, ErrorKind::UpstreamNoGrant, None),
        (200, r#"{"s":"ok","token":"","expires_in":60}"#, ErrorKind::UpstreamNoGrant, None),
        (200, r#"{"s":"ok","token":[ ],"expires_in":60}"#, ErrorKind::UpstreamNoGrant, None),
        (200, r#"{"s":"ok","token":true,"expires_in":60}"#, ErrorKind::UpstreamNoGrant, None),
        (200, r#"{"s":"ok","token":"hush"}"#, ErrorKind::UpstreamBadLifetime, None),
        (
            200,
            r#"{"s":"ok","token":"hush","expires_in":"soon"}"#,
            ErrorKind::UpstreamBadLifetime,
            None,
        ),
        (200, r#"{"s":"ok","token":"hush","expires_in":-1}"#, ErrorKind::UpstreamBadLifetime, None),
    ] {
        assert_eq!(told(status, body.as_bytes()), (kind, after), "{status} {body}");
    }
    assert_eq!(told(200, b"\xff").0, ErrorKind::UpstreamNotJson);
}

#[test]
fn a_source_says_nothing_of_its_secrets() {
    let source = RestSource::builder("https://idp.example/token").secret("secret", "hush");
    let source =
        source.form("secret", "{secret}").lifetime(Lifetime::Constant(60)).build().unwrap();
    assert!(!format!("{source:?}").contains("hush"));
}

/// A token of its own for each request, of the second in which it is sent.
#[test]
fn a_bearer_may_be_signed_for_each_request() {
    let clock = ManualClock::new(Duration::from_secs(1_700_000_000));
    let signs = |secret: &str| {
        JwtMinter::builder(secret.as_bytes()).no_identity().claim("iss", "hush").ttl(60)
    };
    let source = |minter: JwtMinter| {
        let builder = RestSource::builder("https://idp.example/token").auth(Auth::Signed(minter));
        builder.lifetime(Lifetime::Constant(60)).build()
    };
    let secret = "a secret of thirty-two characters";
    let minted = source(signs(secret).clock(&clock).build().unwrap()).unwrap();
    let sent = || {
        let request = minted.with_request("", |request| request.bytes("h").into_string()).unwrap();
        let line = request.lines().find_map(|line| line.strip_prefix("authorization: Bearer "));
        let options = VerifyOptions::new().now(clock.now().unix_seconds());
        verify_jwt(line.unwrap(), secret.as_bytes(), &options).unwrap().expires_at()
    };
    assert_eq!(sent(), Some(1_700_000_060));
    clock.advance(Duration::from_secs(7));
    assert_eq!(sent(), Some(1_700_000_067));
    assert!(!format!("{minted:?}").contains("hush"));

    let digest = |builder: JwtMinterBuilder| *source(builder.build().unwrap()).unwrap().fetched();
    let all = [
        digest(signs(secret)),
        digest(signs("another secret, of as many letters")),
        digest(signs(secret).claim("aud", "a")),
        digest(signs(secret).ttl(61)),
        digest(signs(secret).unique(true)),
    ];
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one), "{at}");
    }
    assert_eq!(all[4], digest(signs(secret).unique(true)), "its name is no part of it");
    let claims = |one, other| digest(signs(secret).claim(one, 1).claim(other, 1));
    assert_eq!(claims("a", "b"), claims("b", "a"), "nor is the order");
    assert_eq!(minted.fetched(), &all[0], "nor is the time");

    let needs = JwtMinter::builder(secret.as_bytes()).build().unwrap();
    let error = source(needs).unwrap_err();
    assert_eq!(error.message(), "auth signs a token for nobody, and identity must be given");
}

#[test]
fn nothing_is_described_by_thousands_of_items() {
    let of = |count| {
        let source = RestSource::builder("https://idp.example/token").throttled(&vec![420; count]);
        source.lifetime(Lifetime::Constant(60)).build()
    };
    assert!(of(REST_ITEMS_MAX).is_ok());
    let error = of(REST_ITEMS_MAX + 1).unwrap_err();
    assert_eq!(error.message(), "throttled must have 1,024 items at most");
}

#[test]
fn a_key_that_cannot_be_sent_is_refused_before_it_is() {
    let of = |builder: RestSourceBuilder| {
        let source = builder.per(Per::Key).value("/t").lifetime(Lifetime::Constant(60));
        source.build().unwrap()
    };
    let in_path = of(RestSource::builder("https://a.example/v1/{key}"));
    let in_header = of(RestSource::builder("https://a.example/v1").header("X-User", "{key}"));
    for (source, wrong) in [(&in_path, ".."), (&in_path, "."), (&in_header, "é")] {
        let error = source.check_key(Some(wrong)).unwrap_err();
        assert_eq!((error.kind(), error.argument()), (ErrorKind::InvalidArgument, Some("key")));
    }
    for (source, right) in [(&in_path, "é"), (&in_path, "a..b"), (&in_header, "..")] {
        assert!(source.check_key(Some(right)).is_ok(), "{right}");
    }
}

#[test]
fn a_key_ends_no_step_and_no_header() {
    let source = RestSource::builder("https://idp.example/{key}/token").per(Per::Key);
    let source = source.header("X-User", "{key}").lifetime(Lifetime::Constant(60));
    let source = source.build().unwrap();
    let request = |key: &str| source.with_request(key, |request| request.bytes("h").into_string());
    assert!(request("a/../b").unwrap().starts_with("POST /a%2F..%2Fb/token HTTP/1.1\r\n"));
    for key in ["..", ".", "å", "a\r\nX-Evil: b"] {
        assert_eq!(request(key).unwrap_err().argument(), Some("key"), "{key:?}");
    }
    for key in [None, Some(""), Some("a\nb"), Some(&*"a".repeat(257))] {
        assert!(source.check_key(key).is_err(), "{key:?}");
    }
}
