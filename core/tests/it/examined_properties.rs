//! What an examination finds, held against `verify`: for tokens with anything in them, signed or changed.

use grantmint_core::{
    ApiKey, ErrorKind, ExamineOptions, Finding, FindingKind, Severity, VerifyOptions, examine,
    verify,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::{Value, json};

use crate::support::tokens::signed;

const NOW: u64 = 1_900_000_000;
const ACCOUNT: &str = "AC00000000000000000000000000000001";
const KEY: &str = "SK00000000000000000000000000000002";
const OTHER_KEY: &str = "SK00000000000000000000000000000009";
const SECRET: &str = "hush-hush-hush-hush-hush-hush-32";

/// A header's and claims' members, right ones and wrong ones.
fn members(choices: &[(&'static str, Vec<Value>)]) -> BoxedStrategy<String> {
    let each: Vec<_> = choices
        .iter()
        .map(|(name, values)| {
            let name = *name;
            // The right one as often as all wrong ones together.
            let right = Just(Some(values[0].clone())).boxed();
            let wrong = proptest::sample::select(values.clone()).prop_map(Some).boxed();
            let missing = Just(None).boxed();
            let value =
                prop::strategy::Union::new_weighted(vec![(8, right), (2, wrong), (1, missing)]);
            value.prop_map(move |value| Some((name.to_owned(), value?)))
        })
        .collect();
    each.prop_map(|members| members.into_iter().flatten().collect::<Value>().to_string()).boxed()
}

fn header() -> BoxedStrategy<String> {
    members(&[
        ("alg", vec![json!("HS256"), json!("HS512"), json!("none"), json!(1)]),
        ("typ", vec![json!("JWT"), json!("jwt"), Value::Null]),
        ("cty", vec![json!("twilio-fpa;v=1"), json!("json")]),
        ("twr", vec![json!("us1"), json!("ie1"), Value::Null, json!("US 1")]),
    ])
}

fn claims() -> BoxedStrategy<String> {
    let time = |right: u64| {
        let wrong = [0, 1, NOW - 5, NOW, NOW + 1, NOW + 5, NOW + 90_000, NOW * 1_000];
        let wrong = wrong.map(Value::from).into_iter();
        let odd = [json!("1"), Value::Null, json!(-1), json!(NOW as f64 + 0.5), json!(1e300)];
        [json!(right)].into_iter().chain(wrong).chain(odd).collect::<Vec<_>>()
    };
    let grants =
        [json!({"identity": "a b", "voice": {}, "Video": 1}), json!({}), json!([]), Value::Null];
    members(&[
        ("jti", vec![json!("j"), json!(1)]),
        ("iss", vec![json!(KEY), json!(ACCOUNT), json!(OTHER_KEY), json!(7)]),
        ("sub", vec![json!(ACCOUNT), json!(KEY), json!(""), Value::Null]),
        ("iat", time(NOW - 10)),
        ("nbf", time(NOW - 10)),
        ("exp", time(NOW + 3_590)),
        ("grants", grants.to_vec()),
    ])
}

/// What `verify` says, and what it says in an examination.
fn assert_same_verdict(token: &str, leeway: u64) -> Result<(), TestCaseError> {
    let key = ApiKey::new(ACCOUNT, KEY, SECRET).unwrap();
    let options = VerifyOptions::new().now(NOW).leeway(leeway);
    let verdict = verify(token, &key, &options).map_err(|error| error.kind());
    let options = ExamineOptions::new().now(NOW).leeway(leeway);
    let examination = examine(token, std::slice::from_ref(&key), &options);
    let errors = examination.findings().iter().map(Finding::kind);
    let errors = errors.filter(|kind| kind.severity() == Severity::Error);
    let mut of_verify = errors.clone().filter(|kind| *kind != FindingKind::LifetimeTooLong);
    let first = of_verify.next().and_then(|kind| ErrorKind::from_code(kind.code()));
    prop_assert_eq!(verdict.as_ref().err().copied(), first);
    prop_assert_eq!(examination.is_valid(), examination.is_verified() && errors.count() == 0);
    if let Ok(decoded) = verdict {
        prop_assert!(examination.is_verified());
        prop_assert_eq!(examination.decoded(), Some(decoded));
    }
    let report: Value = serde_json::from_str(&examination.to_json()).unwrap();
    prop_assert_eq!(&report["valid"], examination.is_valid());
    Ok(())
}

proptest! {
    #[test]
    fn an_error_is_found_if_and_only_if_verify_refuses_and_the_first_is_the_same(
        header in header(),
        claims in claims(),
        secret in prop_oneof![4 => Just(SECRET), 1 => Just("another")],
        leeway in prop_oneof![Just(0), Just(5), Just(300)],
        at in any::<prop::sample::Index>(),
        change in prop::option::weighted(0.3, "[A-Za-z0-9_.=]{0,2}"),
    ) {
        let mut token = signed(&header, &claims, secret);
        if let Some(change) = change {
            let at = at.index(token.len());
            token.replace_range(at..=at, &change);
        }
        assert_same_verdict(&token, leeway)?;
    }

    #[test]
    fn any_text_is_examined_as_verify_sees_it(text in any::<String>()) {
        assert_same_verdict(&text, 0)?;
    }
}
