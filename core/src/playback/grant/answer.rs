//! From the endpoint's answer to a grant or an error.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::fetched::{Fetched, GRANT_MAX_BYTES, Seen, too_large};
use super::lifetime::{Lifetime, Times};
use super::request::GrantRequest;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::upstream::{Advice, Answer, refused};

/// What is read of a created resource.
#[derive(Deserialize)]
struct Created<'a> {
    #[serde(borrow)]
    grant: Option<&'a RawValue>,
    #[serde(borrow)]
    date_created: Option<&'a RawValue>,
}

const ADVICE: Advice = Advice {
    bad_request: "check grant_ttl and allow_origin",
    not_found: "check the streamer's SID and its account",
};

pub(super) fn read(answer: Answer, request: &GrantRequest) -> Result<Fetched> {
    if answer.status == StatusCode::CREATED {
        return created(&answer.body?, &answer.headers, request);
    }
    Err(refusal(answer))
}

/// The error of an answer that is no grant.
pub(super) fn refusal(answer: Answer) -> Error {
    // The status says more than a broken body under it.
    let body: Zeroizing<Vec<u8>> = answer.body.unwrap_or_default();
    refused(answer.status, &body, &answer.headers, &ADVICE)
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
    let local = Clock::system().now().wall();
    let times = Times::of(headers, created.as_deref(), local);
    let lifetime = Lifetime::of(grant.get(), request.ttl(), &times);
    let seen = Seen {
        clock_offset_ms: lifetime.offset_ms(local),
        has_implausible_date: lifetime.has_implausible_date,
    };
    Ok(fetched.with_ttl(lifetime.ttl).with_seen(seen))
}

fn no_grant() -> Error {
    Error::new(ErrorKind::UpstreamNoGrant, "the answer of upstream holds no grant object")
}
