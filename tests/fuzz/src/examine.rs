//! Any text to find a token in, and any header and claims, signed or not: examined as `verify` sees them.

use std::slice;

use arbitrary::{Arbitrary, Result, Unstructured};
use grantmint_core::{
    Algorithm, ErrorKind, Examination, ExamineOptions, Finding, FindingKind, Severity,
    VerifyOptions, examine, find_token, sign, verify,
};
use serde_json::Value;

use crate::{KEY, SECRET, check_error};

/// When to examine, and a text: a token or something around one; if it has a line's end in it, maybe a header
/// and claims.
struct Input<'a> {
    now: u64,
    leeway: u64,
    text: &'a str,
}

impl<'a> Input<'a> {
    fn read(input: &'a [u8]) -> Result<Self> {
        let mut input = Unstructured::new(input);
        // Around the `exp` of the corpus, so that both sides of it are met.
        let now = 1_700_000_000_u64.wrapping_add_signed(i64::from(i8::arbitrary(&mut input)?));
        let leeway = u64::from(u8::arbitrary(&mut input)?);
        let text = str::from_utf8(input.take_rest()).unwrap_or("");
        Ok(Self { now, leeway, text })
    }
}

/// Examines the text as it is, the token that is found in it, and what it says of a header and claims.
pub fn check(input: &[u8]) {
    let Ok(input) = Input::read(input) else { return };
    check_token(&input, input.text);
    match find_token(input.text) {
        Ok(token) => {
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            let is_there = letters(input.text).contains(&token) || input.text.contains('\\');
            assert!(is_there, "a token that was not in the text");
            assert_eq!(find_token(&token).as_deref(), Ok(token.as_str()));
            check_token(&input, &token);
        }
        Err(error) => {
            let none_or_several = [ErrorKind::TokenMalformed, ErrorKind::InvalidArgument];
            check_error(&error, &[&none_or_several[..], &[ErrorKind::LimitExceeded]].concat());
        }
    }
    let (header, claims) = input.text.split_once('\n').unwrap_or((input.text, "{}"));
    if let Ok(token) = sign(Algorithm::Hs256, header, claims, SECRET.as_bytes()) {
        check_token(&input, &token);
    }
}

/// An error is found if, and only if, `verify` refuses the token.
fn check_token(input: &Input<'_>, token: &str) {
    let options = ExamineOptions::new().now(input.now).leeway(input.leeway);
    let with_key = examine(token, slice::from_ref(&*KEY), &options);
    let options_of_verify = VerifyOptions::new().now(input.now).leeway(input.leeway);
    let verdict = verify(token, &KEY, &options_of_verify).map_err(|error| error.kind());
    let errors = with_key.findings().iter().filter(|found| found.severity() == Severity::Error);
    let mut of_verify = errors.filter(|found| found.kind() != FindingKind::LifetimeTooLong);
    let first = of_verify.next().and_then(|found| ErrorKind::from_code(found.code()));
    assert_eq!(verdict.err(), first);
    check_texts(&with_key);
    let without = examine(token, &[], &options.strict(true));
    assert!(!without.is_verified() && !without.is_valid());
    check_texts(&without);
}

/// What is shown is short, keeps a terminal in order, and is JSON where it says so.
fn check_texts(examination: &Examination) {
    let findings = examination.findings();
    assert!(findings.len() <= 101);
    assert!(findings.is_sorted_by_key(Finding::severity));
    for finding in findings {
        for text in [finding.text(), finding.fix(), finding.path()] {
            assert!(text.len() <= 2_500 && !text.contains(char::is_control), "{text}");
        }
    }
    let report: Value = serde_json::from_str(&examination.to_json()).expect("it is JSON");
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(findings.len()));
    for (judge, outcome) in [
        ("room", examination.room()),
        ("player", examination.player()),
        ("voice", examination.voice()),
    ] {
        assert_eq!(report["judges"][judge]["admits"], outcome.is_ok());
    }
}
