//! An answer that refuses the request: the error that it means.

use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::retry_after;
use super::server_time::server_time;
use crate::error::{Error, ErrorKind};

/// What to do about the refusals that an endpoint explains best itself.
pub(crate) struct Advice {
    /// After a 400.
    pub(crate) bad_request: &'static str,
    /// After a 404.
    pub(crate) not_found: &'static str,
}

/// What is read of an error body.
#[derive(Deserialize)]
struct Body {
    code: Option<u32>,
}

/// The error of an answer whose status is not the one that was hoped for.
pub(crate) fn refused(
    status: StatusCode,
    body: &[u8],
    headers: &HeaderMap,
    advice: &Advice,
) -> Error {
    let kind = kind_of(status);
    let what_to_do = match kind {
        ErrorKind::UpstreamBadRequest => advice.bad_request,
        ErrorKind::UpstreamUnauthorized => "check the key's SID and secret",
        ErrorKind::UpstreamForbidden => "check what the key may do",
        ErrorKind::UpstreamNotFound => advice.not_found,
        ErrorKind::Throttled => "the account's requests are limited",
        ErrorKind::UpstreamUnavailable => "upstream has a fault",
        _ if status.is_redirection() => "redirects are not followed; check base_url",
        _ => "check base_url",
    };
    // Of the body only Twilio's number: its text could hold anything.
    let code = serde_json::from_slice::<Body>(body).ok().and_then(|body| body.code);
    let code = code.map_or_else(String::new, |code| format!(" with error {code}"));
    let message = format!("upstream answered {}{code}; {what_to_do}", status.as_u16());
    let error = Error::new(kind, message);
    let asked = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let asked = asked.and_then(|text| retry_after::parse(text, server_time(headers)));
    match asked {
        Some(time) if says_when(kind) => error.with_retry_after(time),
        _ => error,
    }
}

/// What a status means that is not the one that was hoped for.
pub(crate) fn kind_of(status: StatusCode) -> ErrorKind {
    match status.as_u16() {
        400 => ErrorKind::UpstreamBadRequest,
        401 => ErrorKind::UpstreamUnauthorized,
        403 => ErrorKind::UpstreamForbidden,
        404 => ErrorKind::UpstreamNotFound,
        429 => ErrorKind::Throttled,
        500..=599 => ErrorKind::UpstreamUnavailable,
        _ => ErrorKind::UpstreamStatus,
    }
}

/// Whether `Retry-After` beside this error is a time after which a further try makes sense.
pub(crate) fn says_when(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Throttled | ErrorKind::UpstreamUnavailable)
}
