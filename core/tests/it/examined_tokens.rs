//! What an examination finds in the tokens of `tests/vectors/examined_tokens.json`, and that the page of findings
//! has them all.

use std::collections::BTreeSet;
use std::path::Path;

use grantmint_core::{ApiKey, Examination, ExamineOptions, FindingKind, examine};
use grantmint_emulator::{ApiKey as Known, Config, Emulator, JoinRequest};
use serde_json::{Value, json};

use crate::support::tokens::signed;

struct Vectors(Value);

impl Vectors {
    fn read() -> Self {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/examined_tokens.json");
        Self(serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap())
    }

    fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.0["cases"].as_array().unwrap().iter().map(|case| Case { all: &self.0, case })
    }
}

/// One token with what is to be found in it.
struct Case<'a> {
    all: &'a Value,
    case: &'a Value,
}

impl Case<'_> {
    fn name(&self) -> &str {
        self.case["name"].as_str().unwrap()
    }

    fn secret(&self) -> &str {
        self.case["secret"].as_str().or_else(|| self.all["secret"].as_str()).unwrap()
    }

    fn part(&self, name: &str) -> String {
        let text = self.case[format!("{name}_text")].as_str().map(str::to_owned);
        text.unwrap_or_else(|| self.case[name].to_string())
    }

    fn token(&self) -> String {
        let token = self.case["token"].as_str().map(str::to_owned);
        token.unwrap_or_else(|| signed(&self.part("header"), &self.part("claims"), self.secret()))
    }

    fn keys(&self) -> Vec<ApiKey> {
        let own = json!([self.all["secret"]]);
        let secrets = self.case.get("keys").unwrap_or(&own).as_array().unwrap();
        let sid = |name: &str| self.all[name].as_str().unwrap();
        let key = |secret: &Value| {
            ApiKey::new(sid("account_sid"), sid("key_sid"), secret.as_str().unwrap()).unwrap()
        };
        secrets.iter().map(key).collect()
    }

    fn options(&self) -> ExamineOptions {
        let text = |name: &str| self.case[name].as_str();
        let mut options = ExamineOptions::new()
            .now(self.all["now"].as_u64().unwrap())
            .leeway(self.case["leeway"].as_u64().unwrap_or(0))
            .strict(self.case["strict"].as_bool().unwrap_or(false));
        if let Some(room) = text("room") {
            options = options.room(room);
        }
        if let Some(sid) = text("room_sid") {
            options = options.room_sid(sid);
        }
        if let Some(secret) = text("service_secret") {
            options = options.secret(secret.as_bytes());
        }
        if let Some(origin) = text("origin") {
            options = options.origin(origin);
        }
        options
    }

    fn examined(&self) -> Examination {
        examine(&self.token(), &self.keys(), &self.options())
    }
}

/// The report with as much of each finding and judgement as the vectors have.
fn outcome(report: &Value) -> Value {
    let finding = |finding: &Value| {
        json!({
            "code": finding["code"],
            "part": finding["part"],
            "path": finding["path"],
            "twilio": finding["twilio"],
        })
    };
    let reason = |judge: &str| {
        assert_ne!(
            report["judges"][judge]["admits"],
            report["judges"][judge].get("reason").is_some()
        );
        report["judges"][judge]["reason"].clone()
    };
    json!({
        "valid": report["valid"],
        "signature": report["signature"],
        "findings": report["findings"].as_array().unwrap().iter().map(finding).collect::<Vec<_>>(),
        "judges": {"room": reason("room"), "player": reason("player"), "voice": reason("voice")},
    })
}

#[test]
fn all_is_found_that_is_to_be_found() {
    let (vectors, mut seen) = (Vectors::read(), BTreeSet::new());
    for case in vectors.cases() {
        let examination = case.examined();
        let report: Value = serde_json::from_str(&examination.to_json()).unwrap();
        let expected = ["valid", "signature", "findings", "judges"]
            .map(|name| (name.to_owned(), case.case[name].clone()));
        let expected: Value = expected.into_iter().collect();
        assert_eq!(outcome(&report), expected, "{}", case.name());
        assert_eq!(report["verified"], examination.is_verified());
        assert_eq!(report["service"], case.case["service"], "{}", case.name());
        seen.extend(examination.findings().iter().map(|finding| finding.kind()));
    }
    let unseen: Vec<_> = FindingKind::ALL.iter().filter(|kind| !seen.contains(kind)).collect();
    assert_eq!(unseen, [&FindingKind::MoreFindings], "no case has these");
}

/// The emulator checks header, signature and claims with code of its own.
#[test]
fn whom_the_emulator_turns_away_a_room_in_an_examination_turns_away_too() {
    let (vectors, mut refused) = (Vectors::read(), 0);
    let text = |name: &str| vectors.0[name].as_str().unwrap();
    let key = Known::new(text("account_sid"), text("key_sid"), text("secret")).unwrap();
    let config = Config { keys: vec![key], ..Config::default() };
    let emulator = Emulator::start(config).unwrap();
    // It knows one key, and forgives no second.
    let differs = |case: &Case<'_>| {
        case.case.get("keys").or_else(|| case.case.get("leeway")).is_some()
            || case.case["signature"] == "no_key"
    };
    for case in vectors.cases().filter(|case| !differs(case)) {
        let grants = case.case["claims"]["grants"].clone();
        let named = case.case["room"].as_str().or_else(|| grants["video"]["room"].as_str());
        let request = JoinRequest {
            token: case.token(),
            room: named.unwrap_or_default().to_owned(),
            room_sid: case.case["room_sid"].as_str().map(str::to_owned),
            at: vectors.0["now"].as_i64(),
            ..JoinRequest::default()
        };
        if let Err(refusal) = emulator.join(&request) {
            assert!(case.examined().room().is_err(), "{}: {refusal}", case.name());
            refused += 1;
        }
    }
    assert!(refused > 30, "{refused}");
}

#[test]
fn the_texts_say_something_and_show_no_secret() {
    for case in Vectors::read().cases() {
        let examination = case.examined();
        for finding in examination.findings() {
            let texts = [finding.text(), finding.fix()];
            assert!(texts.iter().all(|text| (5..=300).contains(&text.len())), "{finding:?}");
            assert!(!texts.concat().contains(char::is_control), "{finding:?}");
            assert!(!texts.concat().contains("hush"), "{finding:?}");
        }
        assert!(!format!("{examination:?}").contains("alice"));
    }
}

#[test]
fn a_hundred_findings_are_listed_and_no_error_is_lost() {
    let grants: Value = (0..500).map(|number| (format!("unknown{number}"), json!({}))).collect();
    let claims = json!({"exp": 1, "grants": grants}).to_string();
    let header: Value = (0..500).map(|number| (format!("h{number}"), json!(1))).collect();
    let token = signed(&header.to_string(), &claims, "hush");
    let examination = examine(&token, &[], &ExamineOptions::new());
    let codes: Vec<_> = examination.findings().iter().map(|finding| finding.code()).collect();
    assert!(codes.contains(&"token_expired") && codes.contains(&"token_claims"), "{codes:?}");
    assert!(codes.len() < 120 && codes.ends_with(&["more_findings"]), "{codes:?}");
}

#[test]
fn the_page_of_findings_has_them_all() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/findings.md");
    let page = std::fs::read_to_string(page).unwrap();
    for kind in FindingKind::ALL {
        let (code, number, severity) = (kind.code(), kind.number(), kind.severity());
        let twilio = kind.twilio().map_or_else(|| "–".to_owned(), |code| code.to_string());
        let (meaning, fix) = (kind.meaning(), kind.fix());
        let anchor = format!("<a id=\"{code}\"></a>");
        let row =
            format!("| {anchor}`{code}` | {number} | {severity} | {twilio} | {meaning} | {fix} |");
        assert!(page.contains(&row), "docs/findings.md lacks: {row}");
    }
    let rows = page.lines().filter(|line| line.starts_with("| <a id=")).count();
    assert_eq!(rows, FindingKind::ALL.len());
}
