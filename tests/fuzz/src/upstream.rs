//! Any answer of upstream. An input looks like one: a status, header lines, an empty line, a body.

use std::time::Duration;

use grantmint_core::limits::GRANT_JSON_MAX_DEPTH;
use grantmint_core::{ErrorKind, GrantRequest, PlaybackGrant, read_answer};
use http::{HeaderName, HeaderValue, Response};
use serde_json::Value;

use crate::{check_error, json};

const STREAMER: &str = "VJ00000000000000000000000000000003";
const GRANT_TTL: u32 = 45;
const BODY_MAX_BYTES: usize = 64 * 1024;

/// Has the client read an answer: a grant that is in it, with a lifetime that is not longer than asked
/// for, or an error that fits the status and repeats nothing.
pub fn check(input: &[u8]) {
    let answer = answer(input);
    let (status, body) = (answer.status().as_u16(), answer.body().clone());
    let request = GrantRequest::new(STREAMER, GRANT_TTL, None).expect("it is in range");
    match read_answer(answer, &request) {
        Ok((grant, lifetime, _)) => {
            assert_eq!(status, 201);
            assert!(is_within(&grant, &body), "a grant that was not sent");
            assert!(PlaybackGrant::from_json(&grant).is_ok(), "no token could carry it");
            // Of what the client passes over, such as other members, it does not read every byte.
            assert!(grant_in(&body).is_none_or(|expected| expected == grant), "another grant");
            assert!(lifetime <= Duration::from_secs(GRANT_TTL.into()));
        }
        Err(error) => {
            check_error(&error, &kinds(status));
            assert!(status != 201 || grant_in(&body).is_none(), "refused: {error}");
            let wait = error.retry_after();
            let says_when = [ErrorKind::Throttled, ErrorKind::UpstreamUnavailable];
            assert!(wait.is_none() || says_when.contains(&error.kind()));
            assert_ne!(wait, Some(Duration::ZERO), "at once is no time to wait");
        }
    }
}

fn answer(input: &[u8]) -> Response<Vec<u8>> {
    let mut lines = input.split(|byte| *byte == b'\n');
    let status = lines.next().and_then(|line| str::from_utf8(line).ok()?.parse().ok());
    let mut answer = Response::new(Vec::new());
    *answer.status_mut() =
        status.and_then(|code: u16| http::StatusCode::from_u16(code).ok()).unwrap_or_default();
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            answer.headers_mut().append(name, value);
        }
    }
    *answer.body_mut() = lines.collect::<Vec<_>>().join(&b'\n');
    answer
}

/// The errors that a status may come to.
fn kinds(status: u16) -> Vec<ErrorKind> {
    vec![match status {
        201 => {
            return vec![
                ErrorKind::UpstreamNotJson,
                ErrorKind::UpstreamNoGrant,
                ErrorKind::UpstreamTooLarge,
            ];
        }
        400 => ErrorKind::UpstreamBadRequest,
        401 => ErrorKind::UpstreamUnauthorized,
        403 => ErrorKind::UpstreamForbidden,
        404 => ErrorKind::UpstreamNotFound,
        429 => ErrorKind::Throttled,
        500..=599 => ErrorKind::UpstreamUnavailable,
        _ => ErrorKind::UpstreamStatus,
    }]
}

fn is_within(grant: &str, body: &[u8]) -> bool {
    body.windows(grant.len()).any(|window| window == grant.as_bytes())
}

/// Whether a token can carry it.
fn is_carried(grant: &Value) -> bool {
    grant.is_object() && json::depth(grant) <= GRANT_JSON_MAX_DEPTH
}

/// The grant of a body that is JSON through and through, found by other means than the client's.
fn grant_in(body: &[u8]) -> Option<String> {
    if body.len() > BODY_MAX_BYTES {
        return None;
    }
    let text = str::from_utf8(body).ok()?;
    let members = json::members(text)?;
    let one = |name: &str| {
        let mut found = members.iter().filter(|(other, _)| other == name).map(|(_, value)| value);
        (found.next(), found.next().is_some())
    };
    let ((grant, twice), (_, created_twice)) = (one("grant"), one("date_created"));
    if twice || created_twice || !grant.is_some_and(is_carried) {
        return None;
    }
    let raw: std::collections::BTreeMap<String, &serde_json::value::RawValue> =
        serde_json::from_str(text).ok()?;
    raw.get("grant").map(|grant| grant.get().to_owned())
}
