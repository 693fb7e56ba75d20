//! Each fault, as seen from the client's end of the wire.

use std::io::ErrorKind;
use std::time::{Duration, Instant, SystemTime};

use grantmint_emulator::{Config, Emulator, Fault, FaultKind, RetryAfterForm};
use serde_json::Value;

use crate::client::{STREAMER, basic, connect, exchange, grant, grant_path, post_form, talk};
use crate::tokens::{claims_of, now};

fn start(kind: FaultKind) -> Emulator {
    let config = Config { faults: vec![Fault::new(kind)], ..Config::default() };
    Emulator::start(config).unwrap()
}

/// A whole call as text, with the connection left open.
fn request() -> String {
    let authorization = basic(grantmint_emulator::DEMO_KEY_SID, grantmint_emulator::DEMO_SECRET);
    let path = grant_path(STREAMER);
    format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: {authorization}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 6\r\n\r\nTtl=60"
    )
}

fn url_exp(grant: &Value) -> i64 {
    let url = grant["playbackUrl"].as_str().unwrap();
    claims_of(url.split_once("?token=").unwrap().1)["exp"].as_i64().unwrap()
}

#[test]
fn any_status() {
    for (status, code) in
        [(400, 20001), (401, 20003), (403, 20403), (404, 20404), (500, 20500), (503, 20503)]
    {
        let answer = grant(&start(FaultKind::status(status)), "Ttl=60");
        assert_eq!((answer.status, &answer.json()["code"]), (status, &code.into()));
    }
    let message = Some("No".to_owned());
    let told = FaultKind::Status { status: 418, code: Some(7), message, retry_after: None };
    let answer = grant(&start(told), "Ttl=60");
    assert_eq!((&answer.json()["code"], &answer.json()["message"]), (&7.into(), &"No".into()));
    assert_eq!(answer.header("retry-after"), None);
    let down = grant(&start(FaultKind::down_for(5)), "Ttl=60");
    assert_eq!((down.status, down.header("retry-after")), (503, Some("5")));
}

#[test]
fn a_throttle_in_every_form() {
    let seconds = grant(&start(FaultKind::throttle(Some(7))), "Ttl=60");
    assert_eq!((seconds.status, seconds.header("retry-after")), (429, Some("7")));
    assert_eq!(seconds.json()["code"], 20429);
    assert_eq!(grant(&start(FaultKind::throttle(None)), "").header("retry-after"), None);

    let throttle = |retry_after, form, raw: Option<&str>| {
        let raw = raw.map(str::to_owned);
        grant(&start(FaultKind::Throttle { retry_after, form, raw }), "")
    };
    let date = throttle(Some(90), RetryAfterForm::Date, None);
    let date = httpdate::parse_http_date(date.header("retry-after").unwrap()).unwrap();
    assert!(date.duration_since(SystemTime::now()).unwrap() > Duration::from_secs(80));
    let raw = throttle(None, RetryAfterForm::Raw, Some("soon"));
    assert_eq!(raw.header("retry-after"), Some("soon"));
}

#[test]
fn a_redirect() {
    let redirect =
        FaultKind::Redirect { status: 307, location: "http://127.0.0.1:1/other".to_owned() };
    let answer = grant(&start(redirect), "");
    assert_eq!((answer.status, answer.header("location")), (307, Some("http://127.0.0.1:1/other")));
}

#[test]
fn a_connection_cut_before_an_answer() {
    let emulator = start(FaultKind::CutBefore);
    assert_eq!(exchange(&emulator, &request()).unwrap_or_default(), b"");
    let counters = emulator.counters();
    assert_eq!((counters.requests, counters.unanswered), (1, 1));
    assert!(counters.by_status.is_empty());
}

#[test]
fn a_body_cut_half_way() {
    let emulator = start(FaultKind::CutBody);
    let answer = grant(&emulator, "Ttl=60");
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body.len(), answer.promised() / 2);
}

#[test]
fn a_slow_body() {
    let emulator = start(FaultKind::SlowBody { bytes: 100, every_ms: 10 });
    let begun = Instant::now();
    let answer = grant(&emulator, "Ttl=60");
    assert_eq!(answer.body.len(), answer.promised());
    let pieces = answer.body.len().div_ceil(100);
    assert!(begun.elapsed() >= Duration::from_millis(10) * u32::try_from(pieces - 1).unwrap());
    assert!(answer.json()["grant"].is_object());
}

#[test]
fn a_stall_for_ever_or_for_a_while() {
    let emulator = start(FaultKind::Stall { ms: None });
    let stream = connect(&emulator).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let error = talk(stream, &request()).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
    wait_until(|| emulator.counters().unanswered == 1);

    let emulator = start(FaultKind::Stall { ms: Some(50) });
    let begun = Instant::now();
    assert_eq!(exchange(&emulator, &request()).unwrap_or_default(), b"");
    assert!(begun.elapsed() >= Duration::from_millis(50));
}

#[test]
fn a_client_that_leaves_a_stall_is_in_the_air_no_longer() {
    let emulator = Emulator::start(Config::default()).unwrap();
    emulator.add_fault(Fault::new(FaultKind::Stall { ms: None }).times(1)).unwrap();
    let mut stream = connect(&emulator).unwrap();
    std::io::Write::write_all(&mut stream, request().as_bytes()).unwrap();
    wait_until(|| emulator.counters().unanswered == 1);
    assert_eq!(grant(&emulator, "").header("twilio-concurrent-requests"), Some("2"));
    drop(stream);
    wait_until(|| grant(&emulator, "Ttl=0").header("twilio-concurrent-requests") == Some("1"));
}

fn wait_until(mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(5), "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn bytes_that_are_not_http() {
    let emulator = start(FaultKind::GarbageBytes);
    let wire = exchange(&emulator, &request()).unwrap();
    assert!(!wire.is_empty() && !wire.starts_with(b"HTTP/"));
    assert!(!wire.windows(5).any(|five| five == b"HTTP/"));
    assert_eq!(emulator.counters().unanswered, 1);
}

#[test]
fn bodies_that_are_no_resource() {
    let answer = |kind| grant(&start(kind), "Ttl=60");
    let parsed = |kind| serde_json::from_slice::<Value>(&answer(kind).body);
    assert!(parsed(FaultKind::NotJson).is_err());
    assert!(parsed(FaultKind::TruncatedJson).is_err());
    let truncated = answer(FaultKind::TruncatedJson);
    assert_eq!((truncated.status, truncated.promised()), (201, truncated.body.len()));
    let empty = answer(FaultKind::EmptyBody);
    assert_eq!((empty.status, empty.body.len()), (201, 0));
}

#[test]
fn grants_of_the_wrong_type() {
    let grant = |kind| grant(&start(kind), "Ttl=60").json();
    assert_eq!(grant(FaultKind::NoGrant).get("grant"), None);
    assert_eq!(grant(FaultKind::NullGrant)["grant"], Value::Null);
    assert!(grant(FaultKind::ArrayGrant)["grant"][0]["playbackUrl"].is_string());
    let text = grant(FaultKind::StringGrant)["grant"].as_str().unwrap().to_owned();
    assert!(serde_json::from_str::<Value>(&text).unwrap()["playbackUrl"].is_string());
}

#[test]
fn a_grant_too_large() {
    let answer = grant(&start(FaultKind::Oversize { bytes: 2_000_000 }), "Ttl=60");
    assert!(answer.body.len() > 2_000_000);
    assert!(answer.json()["grant"].is_object());
}

#[test]
fn urls_that_end_early_or_hold_no_token() {
    let short = grant(&start(FaultKind::ShortGrant { lifetime_s: 3 }), "Ttl=60").json();
    assert!(url_exp(&short["grant"]) <= now() + 3);
    let opaque = grant(&start(FaultKind::OpaqueUrl), "Ttl=60").json();
    assert!(opaque["grant"]["playbackUrl"].as_str().unwrap().ends_with("?token=123"));
}

#[test]
fn the_right_body_under_the_wrong_status() {
    let answer = grant(&start(FaultKind::WrongStatus { status: 200 }), "Ttl=60");
    assert_eq!(answer.status, 200);
    assert!(answer.json()["grant"].is_object());
}

#[test]
fn a_clock_that_is_off() {
    let emulator = start(FaultKind::ClockOffset { s: -3600 });
    let answer = grant(&emulator, "Ttl=60");
    let date = httpdate::parse_http_date(answer.header("date").unwrap()).unwrap();
    let behind = SystemTime::now().duration_since(date).unwrap();
    assert!((3590..3610).contains(&behind.as_secs()), "{behind:?}");
    assert!((url_exp(&answer.json()["grant"]) - (now() - 3540)).abs() < 10);
    let created = answer.json()["date_created"].as_str().unwrap().to_owned();
    assert!(answer.header("date").unwrap().contains(&created[11..19]), "{created}");
}

#[test]
fn a_proxy_that_writes_the_date() {
    let answer = grant(&start(FaultKind::ProxyDate { s: 90 }), "Ttl=60");
    let date = httpdate::parse_http_date(answer.header("date").unwrap()).unwrap();
    let ahead = date.duration_since(SystemTime::now()).unwrap();
    assert!((80..=90).contains(&ahead.as_secs()), "{ahead:?}");
    assert!((url_exp(&answer.json()["grant"]) - (now() + 60)).abs() < 10);
}

#[test]
fn an_answer_without_a_date_and_late() {
    let emulator = start(FaultKind::NoDate);
    emulator.add_fault(Fault::new(FaultKind::Latency { ms: 60, jitter_ms: 5 })).unwrap();
    let begun = Instant::now();
    let answer = grant(&emulator, "Ttl=60");
    assert_eq!((answer.status, answer.header("date")), (201, None));
    assert!(begun.elapsed() >= Duration::from_millis(60));
}

#[test]
fn faults_come_before_the_throttle_and_pass_by_other_streamers() {
    let config = Config { rate: 0.001, burst: 1, ..Config::default() };
    let emulator = Emulator::start(config).unwrap();
    emulator
        .set_faults(vec![
            Fault::new(FaultKind::WrongStatus { status: 200 }).streamer(STREAMER).times(2),
        ])
        .unwrap();
    assert_eq!(grant(&emulator, "").status, 200);
    let other = grant_path("VJ00000000000000000000000000000002");
    assert_eq!(post_form(&emulator, &other, "").status, 201);
    assert_eq!(grant(&emulator, "").status, 200);
    assert_eq!(grant(&emulator, "").status, 429);
    assert!(emulator.faults().is_empty());
    assert_eq!(emulator.counters().granted, 3);
}
