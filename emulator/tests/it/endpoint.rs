//! The PlaybackGrant endpoint as documented.

use grantmint_emulator::{ApiKey, Config, DEMO_ACCOUNT_SID, DEMO_KEY_SID, DEMO_SECRET, Emulator};

use crate::client::{
    Answer, ORIGIN, STREAMER, basic, connect, exchange, grant, grant_path, parse, post_form, send,
    talk,
};
use crate::tokens::{claims_of, now};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn start() -> Emulator {
    Emulator::start(Config::default()).unwrap()
}

fn url_claims(answer: &Answer) -> serde_json::Value {
    let url = answer.json()["grant"]["playbackUrl"].as_str().unwrap().to_owned();
    claims_of(url.split_once("?token=").unwrap().1)
}

#[test]
fn a_grant_has_exactly_the_documented_fields() {
    let emulator = start();
    let answer = grant(&emulator, "Ttl=60&AccessControlAllowOrigin=https%3A%2F%2Fwww.example.com");
    assert_eq!(answer.status, 201);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("twilio-concurrent-requests"), Some("1"));
    assert!(answer.header("date").unwrap().ends_with(" GMT"));

    let json = answer.json();
    let names: Vec<_> = json.as_object().unwrap().keys().collect();
    assert_eq!(names, ["account_sid", "date_created", "grant", "sid", "url"]);
    assert_eq!(json["sid"], STREAMER);
    assert_eq!(json["account_sid"], DEMO_ACCOUNT_SID);
    assert_eq!(json["url"], format!("{}{}", emulator.base_url(), grant_path(STREAMER)));
    let created = json["date_created"].as_str().unwrap();
    assert!(created.len() == 20 && created.ends_with('Z'), "{created}");
    let names: Vec<_> = json["grant"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["playbackUrl", "playerStreamerSid", "requestCredentials"]);
}

#[test]
fn the_url_token_ends_with_the_ttl_and_is_new_each_time() {
    let emulator = start();
    let before = now();
    let first =
        url_claims(&grant(&emulator, "Ttl=60&AccessControlAllowOrigin=https://www.example.com"));
    let exp = first["exp"].as_i64().unwrap();
    assert!((before + 60..=now() + 60).contains(&exp));
    assert_eq!(first["aws:access-control-allow-origin"], ORIGIN);
    assert!(first["aws:channel-arn"].as_str().unwrap().starts_with("arn:aws:ivs:"));

    let second = url_claims(&grant(&emulator, ""));
    assert!((before + 15..=now() + 15).contains(&second["exp"].as_i64().unwrap()));
    assert_eq!(second.get("aws:access-control-allow-origin"), None);
    assert_ne!(first["jti"], second["jti"]);
    let third = url_claims(&grant(&emulator, "AccessControlAllowOrigin=*"));
    assert_eq!(third["aws:access-control-allow-origin"], "*");
}

#[test]
fn only_a_key_with_its_secret_may_call() {
    let emulator = start();
    let good = basic(DEMO_KEY_SID, DEMO_SECRET);
    let wrong = [
        basic(DEMO_KEY_SID, "guess"),
        basic(DEMO_ACCOUNT_SID, DEMO_SECRET),
        good.replace("Basic", "Bearer"),
    ];
    let mut headers: Vec<Vec<(&str, &str)>> =
        wrong.iter().map(|value| vec![FORM, ("authorization", value.as_str())]).collect();
    headers.push(vec![FORM]);
    for headers in headers {
        let answer = send(&emulator, "POST", &grant_path(STREAMER), &headers, "Ttl=60");
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").unwrap().starts_with("Basic "));
        let expected = serde_json::json!({
            "code": 20003, "message": "Authenticate", "status": 401,
            "more_info": "https://www.twilio.com/docs/errors/20003",
        });
        assert_eq!(answer.json(), expected);
    }
}

#[test]
fn the_form_is_taken_strictly() {
    let emulator = start();
    for form in [
        "Ttl=0",
        "Ttl=61",
        "Ttl=sixty",
        "ttl=60",
        "Ttl=60&Ttl=60",
        "Colour=red",
        "AccessControlAllowOrigin=www.example.com",
        "AccessControlAllowOrigin=https://www.example.com/",
        "AccessControlAllowOrigin=",
    ] {
        let answer = grant(&emulator, form);
        assert_eq!((answer.status, &answer.json()["code"]), (400, &20001.into()), "{form}");
    }
    let authorization = basic(DEMO_KEY_SID, DEMO_SECRET);
    let headers = [("authorization", authorization.as_str()), ("content-type", "application/json")];
    let answer = send(&emulator, "POST", &grant_path(STREAMER), &headers, r#"{"Ttl":60}"#);
    assert_eq!(answer.status, 400);
    let answer = send(&emulator, "POST", &grant_path(STREAMER), &headers[..1], "");
    assert_eq!(answer.status, 201, "both fields are optional, so nothing is a form too");
}

#[test]
fn other_paths_and_methods_are_refused() {
    let emulator = start();
    for path in [grant_path("VJ1"), grant_path("AC00000000000000000000000000000001")] {
        let answer = post_form(&emulator, &path, "Ttl=60");
        assert_eq!((answer.status, &answer.json()["code"]), (404, &20404.into()), "{path}");
    }
    assert_eq!(post_form(&emulator, "/v1/PlayerStreamers", "").status, 404);
    let authorization = basic(DEMO_KEY_SID, DEMO_SECRET);
    let headers = [("authorization", authorization.as_str())];
    let answer = send(&emulator, "GET", &grant_path(STREAMER), &headers, "");
    assert_eq!(answer.status, 405);
    assert_eq!(answer.json()["message"], "This method is not enabled.");
    assert_eq!(answer.header("allow"), Some("POST"));
}

#[test]
fn streamers_and_keys_can_be_named() {
    let key =
        ApiKey::new(DEMO_ACCOUNT_SID, "SKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "s3:cret").unwrap();
    let config = Config {
        keys: vec![key],
        streamers: vec![STREAMER.to_owned()],
        grant_bytes: 4096,
        ..Config::default()
    };
    let emulator = Emulator::start(config).unwrap();
    let authorization = basic("SKaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "s3:cret");
    let headers = [FORM, ("authorization", authorization.as_str())];
    let call = |streamer| send(&emulator, "POST", &grant_path(streamer), &headers, "");
    let answer = call(STREAMER);
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["grant"].to_string().len(), 4096);
    assert_eq!(call("VJ00000000000000000000000000000002").status, 404);
    assert_eq!(grant(&emulator, "").status, 401, "the built-in key is gone");
    assert_eq!(emulator.counters().by_account[DEMO_ACCOUNT_SID], 2);
}

#[test]
fn a_streamer_has_one_name_in_either_case() {
    let lower = "VJabcdefabcdefabcdefabcdefabcdefab";
    let upper = lower.to_uppercase();
    for named in [lower, &upper] {
        let streamers = vec![named.to_owned()];
        let emulator = Emulator::start(Config { streamers, ..Config::default() }).unwrap();
        for called in [lower, &upper] {
            assert_eq!(post_form(&emulator, &grant_path(called), "").status, 201);
        }
        assert_eq!(grant(&emulator, "").status, 404, "another");
        assert_eq!((emulator.counters().calls(lower), emulator.counters().calls(&upper)), (2, 2));
    }
}

#[test]
fn a_connection_serves_many_calls_and_bodies_are_bounded() {
    let emulator = start();
    let authorization = basic(DEMO_KEY_SID, DEMO_SECRET);
    let path = grant_path(STREAMER);
    let request = |length: usize, more: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\nauthorization: {authorization}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n{more}\r\n"
        )
    };
    let twice = format!("{}Ttl=60{}Ttl=60", request(6, ""), request(6, "connection: close\r\n"));
    let answers = String::from_utf8(talk(connect(&emulator).unwrap(), &twice).unwrap()).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 201 Created").count(), 2);
    assert_eq!(emulator.counters().connections, 1);

    let answer = parse(&exchange(&emulator, &request(300_000, "")).unwrap());
    assert_eq!(answer.status, 413);
}
