//! What twilio-cli's plugin makes of a command line, beside what we make of the same one.

use serde_json::{Value, json};

use crate::support::{run, verified, with_key};

fn vectors() -> Value {
    let text =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/twilio_cli.json"));
    serde_json::from_str(text).unwrap()
}

fn arguments(case: &Value) -> Vec<&str> {
    case["arguments"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn a_token_has_the_same_claims_where_no_reason_is_given() {
    for case in vectors()["tokens"].as_array().unwrap() {
        let run = run(&mut with_key(arguments(case)));
        if let Some(exit) = case["exits"].as_i64() {
            assert_eq!((i64::from(run.code), run.out.as_str()), (exit, ""), "{case}");
            assert!(case["why"].is_string(), "{case}");
            continue;
        }
        let token = verified(&run.good());
        let (issued, ttl) = (token.issued_at().unwrap(), case["ttl"].as_u64().unwrap());
        let key = &vectors()["key"];
        let (account, key) = (&key["account_sid"], key["key_sid"].as_str().unwrap());
        let grants = case.get("ours").unwrap_or(&case["grants"]);
        assert_eq!(case.get("ours").is_some(), case["why"].is_string(), "{case}");
        let expected = json!({
            "jti": format!("{key}-{issued}"),
            "iss": key,
            "sub": account,
            "iat": issued,
            "exp": issued + ttl,
            "grants": grants,
        });
        assert_eq!(Value::Object(token.claims().clone()), expected, "{case}");
        let header = json!({"alg": "HS256", "typ": "JWT", "cty": "twilio-fpa;v=1"});
        assert_eq!(Value::Object(token.header().clone()), header, "{case}");
    }
}

#[test]
fn what_it_refuses_ends_as_there() {
    for case in vectors()["refused"].as_array().unwrap() {
        let (code, line) = run(&mut with_key(arguments(case))).failed();
        assert_eq!(i64::from(code), case["exits"].as_i64().unwrap(), "{case}");
        assert_eq!(line, case["line"].as_str().unwrap());
    }
}

#[test]
fn both_spellings_are_one_command() {
    for kind in ["token:sync", "token sync"] {
        let line = format!(
            "{kind} --identity alice --sync-service-sid IS00000000000000000000000000000005"
        );
        let token = run(&mut with_key(line.split(' '))).good();
        assert_eq!(verified(&token).identity(), Some("alice"));
    }
}

#[test]
fn its_long_names_of_common_flags_are_known() {
    let args = ["token:video", "--identity=a", "--cli-output-format=json", "--cli-log-level=debug"];
    let run = run(&mut with_key(args));
    assert!(run.out.starts_with("[\n") && run.err.contains("signing with SK"), "{run:?}");
}
