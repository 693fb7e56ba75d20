//! From the endpoint's answer to a grant or an error.

use std::io::{self, Read as _};

use serde::Deserialize;
use serde_json::value::RawValue;
use ureq::Body;
use ureq::http::{HeaderMap, Response, StatusCode};
use zeroize::Zeroizing;

use super::fetched::{Fetched, GRANT_MAX_BYTES, Seen, too_large};
use super::lifetime::{Lifetime, Times};
use super::request::GrantRequest;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::upstream::{Advice, explained, refused};

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

pub(super) fn read(mut answer: Response<Body>, request: &GrantRequest) -> Result<Fetched> {
    let body = match read_body(answer.body_mut()) {
        Ok(body) => body,
        // The status says more than a broken body under it.
        Err(_) if answer.status() != StatusCode::CREATED => Zeroizing::default(),
        Err(error) => return Err(explained(&error)),
    };
    if answer.status() == StatusCode::CREATED {
        created(&body, answer.headers(), request)
    } else {
        Err(refused(answer.status(), &body, answer.headers(), &ADVICE))
    }
}

/// Reads a body into memory that does not grow: growing would leave copies of a grant behind.
fn read_body(body: &mut Body) -> std::result::Result<Zeroizing<Vec<u8>>, ureq::Error> {
    let mut reader = body.with_config().limit(GRANT_MAX_BYTES as u64).reader();
    let mut bytes = Zeroizing::new(vec![0; GRANT_MAX_BYTES + 1]);
    let mut len = 0;
    loop {
        match reader.read(&mut bytes[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    bytes.truncate(len);
    Ok(bytes)
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
