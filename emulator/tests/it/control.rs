//! The emulator's own endpoints.

use grantmint_emulator::{Config, DEMO_KEY_SID, DEMO_SECRET, Emulator};
use serde_json::json;

use crate::client::{Answer, STREAMER, grant, send};

fn start() -> Emulator {
    Emulator::start(Config::default()).unwrap()
}

fn call(emulator: &Emulator, method: &str, what: &str, body: &str) -> Answer {
    send(emulator, method, &format!("/emulator/{what}"), &[], body)
}

#[test]
fn counters_are_read_and_zeroed() {
    let emulator = start();
    grant(&emulator, "Ttl=60");
    grant(&emulator, "Ttl=61");
    let counters = call(&emulator, "GET", "counters", "").json();
    assert_eq!(counters["requests"], 2);
    assert_eq!(counters["granted"], 1);
    assert_eq!(counters["by_status"], json!({"201": 1, "400": 1}));
    assert_eq!(counters["by_streamer"], json!({STREAMER: 2}));
    assert!(counters["first_request_ms"].as_u64() <= counters["last_request_ms"].as_u64());
    assert_eq!(call(&emulator, "POST", "reset", "").status, 200);
    assert_eq!(emulator.counters().requests, 0);
}

#[test]
fn faults_are_added_listed_and_removed() {
    let emulator = start();
    let one = r#"{"kind": "status", "status": 503, "times": 1}"#;
    assert_eq!(call(&emulator, "POST", "faults", one).status, 200);
    let many = r#" [{"kind": "no_date"}, {"kind": "latency", "ms": 1}]"#;
    assert_eq!(call(&emulator, "POST", "faults", many).json().as_array().unwrap().len(), 3);
    assert_eq!(grant(&emulator, "").status, 503);
    let listed = call(&emulator, "GET", "faults", "").json();
    assert_eq!(listed[0]["kind"], "no_date");
    assert_eq!(listed.as_array().unwrap().len(), 2, "the first was used up");
    assert_eq!(call(&emulator, "DELETE", "faults", "").status, 200);
    assert!(emulator.faults().is_empty());
}

#[test]
fn mistakes_are_told() {
    let emulator = start();
    for body in ["", "{", r#"{"kind": "explode"}"#, r#"{"kind": "no_date", "tmies": 1}"#] {
        let answer = call(&emulator, "POST", "faults", body);
        assert_eq!((answer.status, &answer.json()["code"]), (400, &20001.into()), "{body}");
    }
    assert_eq!(call(&emulator, "POST", "play", r#"{"tokens": 1}"#).status, 400);
    assert_eq!(call(&emulator, "GET", "play", "").status, 405);
    assert_eq!(call(&emulator, "POST", "nothing", "").status, 404);
    assert_eq!(send(&emulator, "GET", "/", &[], "").status, 404);
}

#[test]
fn health_and_keys_show_no_secret() {
    let emulator = start();
    assert_eq!(call(&emulator, "GET", "health", "").status, 200);
    let keys = call(&emulator, "GET", "keys", "");
    assert_eq!(keys.json()[0]["key_sid"], DEMO_KEY_SID);
    assert!(!String::from_utf8_lossy(&keys.body).contains(DEMO_SECRET));
}
