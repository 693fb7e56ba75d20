//! What the player and the CDN take, and what they turn away.

use grantmint_emulator::{
    Admission, Config, DEMO_ACCOUNT_SID, Emulator, Fault, FaultKind, Refusal,
};
use serde_json::{Value, json};

use crate::client::{ORIGIN, STREAMER, grant, send};
use crate::tokens::{Draft, now};

/// An emulator, and a grant from it for `ORIGIN`.
fn start() -> (Emulator, Value) {
    let emulator = Emulator::start(Config::default()).unwrap();
    let form = format!("Ttl=60&AccessControlAllowOrigin={ORIGIN}");
    let grant = grant(&emulator, &form).json()["grant"].clone();
    (emulator, grant)
}

fn draft(player: &Value) -> Draft {
    Draft::new(json!({"identity": "alice", "player": player}))
}

fn play(emulator: &Emulator, draft: &Draft) -> Result<Admission, Refusal> {
    emulator.play(&draft.sign(), Some(ORIGIN))
}

fn reason(emulator: &Emulator, draft: &Draft) -> &'static str {
    play(emulator, draft).expect_err("it is refused").reason
}

#[test]
fn a_token_in_order_is_admitted() {
    let (emulator, grant) = start();
    let admission = play(&emulator, &draft(&grant)).unwrap();
    assert_eq!(admission.identity.as_deref(), Some("alice"));
    assert_eq!(admission.streamer, STREAMER);
    let nobody = Draft::new(json!({"player": grant}));
    assert_eq!(play(&emulator, &nobody).unwrap().identity, None);
    assert_eq!(emulator.counters().plays_admitted, 2);
}

#[test]
fn over_http_the_verdict_has_one_form() {
    let (emulator, grant) = start();
    let post = |token: &str| {
        let body = json!({"token": token, "origin": ORIGIN}).to_string();
        send(&emulator, "POST", "/emulator/play", &[], &body)
    };
    let good = post(&draft(&grant).sign());
    assert_eq!(good.status, 200);
    assert_eq!(good.json(), json!({"admitted": true, "identity": "alice", "streamer": STREAMER}));
    let bad = post("eyJ.secret.token");
    assert_eq!(bad.status, 403);
    assert_eq!(bad.json()["admitted"], false);
    assert_eq!(bad.json()["reason"], "token_malformed");
    assert_eq!(bad.json()["code"], 20101);
    assert!(!String::from_utf8_lossy(&bad.body).contains("secret"));
    let counters = emulator.counters();
    assert_eq!((counters.plays_admitted, counters.plays_refused), (1, 1));
    assert_eq!(counters.refusals["token_malformed"], 1);
}

#[test]
fn the_token_itself_is_judged_first() {
    let (emulator, grant) = start();
    let draft = || draft(&grant);
    let reason = |draft: &Draft| reason(&emulator, draft);
    assert_eq!(reason(&draft().header("typ", Value::Null)), "header_typ");
    assert_eq!(reason(&draft().header("alg", json!("none"))), "header_alg");
    assert_eq!(reason(&draft().header("alg", json!("HS512"))), "header_alg");
    assert_eq!(reason(&draft().header("cty", json!("twilio-fpa;v=2"))), "header_cty");
    assert_eq!(reason(&draft().claim("iss", json!(DEMO_ACCOUNT_SID))), "issuer_unknown");
    assert_eq!(reason(&draft().claim("iss", Value::Null)), "issuer_unknown");
    assert_eq!(reason(&draft().claim("sub", json!("AC0"))), "subject_mismatch");
    assert_eq!(reason(&Draft { secret: "another", ..draft() }), "signature_invalid");
    assert_eq!(reason(&draft().claim("exp", Value::Null)), "expiry_missing");
    assert_eq!(reason(&draft().claim("exp", json!("soon"))), "expiry_missing");
    assert_eq!(reason(&draft().claim("exp", json!(now()))), "token_expired");
    assert_eq!(reason(&draft().claim("exp", json!(now() + 86_410))), "lifetime_too_long");
    assert!(play(&emulator, &draft().claim("exp", json!(now() + 86_400))).is_ok());
    assert_eq!(reason(&draft().claim("nbf", json!(now() + 30))), "not_yet_valid");
    assert!(play(&emulator, &draft().claim("nbf", json!(now()))).is_ok());
    assert_eq!(reason(&draft().claim("grants", Value::Null)), "grants_missing");
    assert_eq!(reason(&draft().claim("grants", json!([]))), "grants_missing");

    let refused = |token: &str| emulator.play(token, None).unwrap_err().reason;
    for token in ["", "a.b", "a.b.c", "e30.e30", &draft().sign().replace('.', "")] {
        assert_eq!(refused(token), "token_malformed", "{token}");
    }
    assert_eq!(refused(&"a".repeat(200_000)), "token_too_long");
}

#[test]
fn the_player_grant_is_judged_next() {
    let (emulator, grant) = start();
    let reason = |player: Value| reason(&emulator, &draft(&player));
    assert_eq!(reason(Value::Null), "player_grant_missing");
    assert_eq!(reason(json!(grant.to_string())), "player_grant_not_object");
    assert_eq!(reason(json!([grant])), "player_grant_not_object");
    assert_eq!(reason(json!({"grant": grant})), "player_grant_wrapped");
    assert_eq!(reason(json!({})), "playback_url_missing");
    let with = |name: &str, value: Value| {
        let mut grant = grant.clone();
        grant[name] = value;
        grant
    };
    assert_eq!(reason(with("playerStreamerSid", json!(""))), "streamer_missing");
    assert_eq!(reason(with("requestCredentials", json!("always"))), "credentials_invalid");
    assert!(play(&emulator, &draft(&with("requestCredentials", json!("omit")))).is_ok());
}

#[test]
fn the_url_is_judged_by_the_cdn() {
    let (emulator, grant) = start();
    let with_url = |url: &str| {
        let mut grant = grant.clone();
        grant["playbackUrl"] = json!(url);
        reason(&emulator, &draft(&grant))
    };
    let url = grant["playbackUrl"].as_str().unwrap();
    let (base, token) = url.split_once("?token=").unwrap();
    assert_eq!(with_url(base), "url_malformed");
    assert_eq!(with_url(&format!("{base}?token=123")), "url_token_malformed");
    assert_eq!(with_url(&format!("https://evil.example?token={token}")), "channel_mismatch");
    let (_other, foreign) = start();
    assert_eq!(with_url(foreign["playbackUrl"].as_str().unwrap()), "url_token_signature");

    let mut elsewhere = grant.clone();
    elsewhere["playerStreamerSid"] = json!("VJ00000000000000000000000000000002");
    assert_eq!(reason(&emulator, &draft(&elsewhere)), "channel_mismatch");
}

#[test]
fn a_restricted_grant_is_for_its_origin_only() {
    let (emulator, restricted) = start();
    let token = draft(&restricted).sign();
    for origin in [None, Some("https://evil.example"), Some("http://www.example.com")] {
        assert_eq!(emulator.play(&token, origin).unwrap_err().reason, "origin_not_allowed");
    }
    for form in ["", "AccessControlAllowOrigin=*"] {
        let open = grant(&emulator, form).json()["grant"].clone();
        assert!(emulator.play(&draft(&open).sign(), None).is_ok());
        assert!(emulator.play(&draft(&open).sign(), Some("https://a")).is_ok());
    }
}

#[test]
fn a_url_that_has_ended_is_refused_even_if_it_was_good_before() {
    let (emulator, grant) = start();
    let draft = draft(&grant);
    assert!(play(&emulator, &draft).is_ok());
    emulator.add_fault(Fault::new(FaultKind::ClockOffset { s: 61 })).unwrap();
    assert_eq!(reason(&emulator, &draft), "url_token_expired");
    emulator.clear_faults();
    assert!(play(&emulator, &draft).is_ok());
}
