//! Tokens of every kind, and how they are laid out.

use serde_json::{Value, json};

use crate::support::{KEY, grantmint, run, verified, with_key, words};

const SERVICE: &str = "IS00000000000000000000000000000003";

fn grants(line: &str) -> Value {
    let token = run(&mut with_key(words(line))).good();
    Value::Object(verified(&token).grants().unwrap().clone())
}

#[test]
fn a_token_has_the_grant_of_its_kind_and_further_ones() {
    let line = format!(
        "token video --identity alice --with chat:service_sid={SERVICE},endpoint_id=phone \
         --with sync:service_sid={SERVICE} --with voice:incoming_allow=true \
         --with taskrouter:role=worker --with custom:hologram={{\"stage\":[1,2]}}"
    );
    assert_eq!(
        grants(&line),
        json!({
            "identity": "alice",
            "video": {},
            "chat": {"service_sid": SERVICE, "endpoint_id": "phone"},
            "data_sync": {"service_sid": SERVICE},
            "voice": {"incoming": {"allow": true}},
            "task_router": {"role": "worker"},
            "hologram": {"stage": [1, 2]},
        })
    );
    assert_eq!(
        grants("token custom --identity alice --grant a=1 --grant b={} --with video"),
        json!({"identity": "alice", "a": 1, "b": {}, "video": {}})
    );
}

#[test]
fn times_region_and_jti_are_as_asked() {
    let line = "token video --identity alice --ttl 1h10m --nbf +5m --region ie1 --unique";
    let run = run(&mut with_key(words(line)));
    assert_eq!(
        run.err,
        "grantmint: warning: Programmable Video takes tokens signed with a us1 key only\n"
    );
    let token = grantmint_core::decode(run.out.trim_end()).unwrap();
    let issued = token.issued_at().unwrap();
    assert_eq!(token.expires_at(), Some(issued + 4200));
    // The program's clock may have gone on by a second in between.
    assert!((300..=301).contains(&(token.not_before().unwrap() - issued).max(300)));
    assert_eq!(token.region(), Some("ie1"));
    assert!(!token.jti().unwrap().starts_with(KEY));
}

#[test]
fn each_layout_has_the_token_and_nothing_else() {
    let out = |format: &str| {
        let line = format!("token video --identity a\"b --output {format}");
        run(&mut with_key(words(&line))).good()
    };
    let token = |text: &str| verified(text).identity().unwrap().to_owned();
    for format in ["columns", "tsv"] {
        let text = out(format);
        assert_eq!((text.lines().count(), token(&text).as_str()), (1, "a\"b"));
    }
    let text = out("json");
    let parsed: Value = serde_json::from_str(&text).unwrap();
    let jwt = parsed[0]["jwt"].as_str().unwrap();
    assert_eq!(text, format!("[\n  {{\n    \"jwt\": \"{jwt}\"\n  }}\n]\n"));
    let parsed: Value = serde_json::from_str(&out("jsonl")).unwrap();
    assert_eq!(parsed["identity"], "a\"b");
    assert_eq!(token(parsed["jwt"].as_str().unwrap()), "a\"b");
    assert_eq!(out("none"), "");
    assert_eq!(run(&mut with_key(words("token video --identity a --silent"))).good(), "");
}

#[test]
fn help_and_version_are_results() {
    let top = run(&mut grantmint(["--help"])).good();
    assert!(top.contains("token video") && top.contains("130 Ctrl-C"), "{top}");
    for line in ["token --help", "token chat -h", "fleet check --help", "grant --help"] {
        assert!(run(&mut grantmint(words(line))).good().contains("Usage: grantmint "), "{line}");
    }
    let version = format!("grantmint {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run(&mut grantmint(["--version"])).good(), version);
}
