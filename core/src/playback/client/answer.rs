//! From upstream's answer to a grant or an error.

use serde::Deserialize;
use serde_json::value::RawValue;
use ureq::Body;
use ureq::http::{HeaderMap, Response, StatusCode, header};

use super::failure::explained;
use super::life::{Life, server_time};
use super::retry_after;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::playback::source::{Fetched, GRANT_MAX_BYTES, GrantRequest, too_large};

/// What is read of a created resource.
#[derive(Deserialize)]
struct Created<'a> {
    #[serde(borrow)]
    grant: Option<&'a RawValue>,
    #[serde(borrow)]
    date_created: Option<&'a RawValue>,
}

/// What is read of an error body.
#[derive(Deserialize)]
struct Refused {
    code: Option<u32>,
}

pub(super) fn read(mut answer: Response<Body>, request: &GrantRequest) -> Result<Fetched> {
    let body = match answer.body_mut().with_config().limit(GRANT_MAX_BYTES as u64).read_to_vec() {
        Ok(body) => body,
        // The status says more than a broken body under it.
        Err(_) if answer.status() != StatusCode::CREATED => Vec::new(),
        Err(error) => return Err(explained(&error)),
    };
    if answer.status() == StatusCode::CREATED {
        created(&body, answer.headers(), request)
    } else {
        Err(refused(answer.status(), &body, answer.headers()))
    }
}

fn created(body: &[u8], headers: &HeaderMap, request: &GrantRequest) -> Result<Fetched> {
    if body.len() > GRANT_MAX_BYTES {
        return Err(too_large());
    }
    let answer: Created<'_> = match serde_json::from_slice(body) {
        Ok(answer) => answer,
        Err(error) if error.is_data() => return Err(no_grant()),
        Err(_) => {
            return Err(Error::new(
                ErrorKind::UpstreamNotJson,
                "the answer of upstream is not JSON; is base_url right?",
            ));
        }
    };
    let grant = answer.grant.filter(|grant| grant.get() != "null").ok_or_else(no_grant)?;
    let fetched = Fetched::new(grant.get())?;
    // Of use if it is text; what it is otherwise makes the grant no worse.
    let created =
        answer.date_created.and_then(|value| serde_json::from_str::<String>(value.get()).ok());
    let server = server_time(headers, created.as_deref());
    let life = Life::of(grant.get(), request.ttl(), server);
    let local = Clock::system().now().wall();
    Ok(fetched.with_ttl(life.ttl).with_clock_offset(life.offset_ms(local)))
}

fn no_grant() -> Error {
    Error::new(ErrorKind::UpstreamNoGrant, "the answer of upstream holds no grant object")
}

fn refused(status: StatusCode, body: &[u8], headers: &HeaderMap) -> Error {
    let (kind, what_to_do) = match status.as_u16() {
        400 => (ErrorKind::UpstreamBadRequest, "check grant_ttl and allow_origin"),
        401 => (ErrorKind::UpstreamUnauthorized, "check the key's SID and secret"),
        403 => (ErrorKind::UpstreamForbidden, "check what the key may do"),
        404 => (ErrorKind::UpstreamNotFound, "check the streamer's SID and its account"),
        429 => (ErrorKind::Throttled, "the account's requests are limited"),
        300..=399 => (ErrorKind::UpstreamStatus, "redirects are not followed; check base_url"),
        500..=599 => (ErrorKind::UpstreamUnavailable, "upstream has a fault"),
        _ => (ErrorKind::UpstreamStatus, "check base_url"),
    };
    // Of the body only the vendor's number: its text could hold anything.
    let code = serde_json::from_slice::<Refused>(body).ok().and_then(|body| body.code);
    let code = code.map_or_else(String::new, |code| format!(" with error {code}"));
    let message = format!("upstream answered {}{code}; {what_to_do}", status.as_u16());
    let error = Error::new(kind, message);
    let asked = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let asked = asked.and_then(|text| retry_after::parse(text, server_time(headers, None)));
    match asked {
        Some(time) if says_when(kind) => error.with_retry_after(time),
        _ => error,
    }
}

/// Whether `Retry-After` beside this error is a time after which a further try makes sense.
fn says_when(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Throttled | ErrorKind::UpstreamUnavailable)
}
