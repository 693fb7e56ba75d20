//! What an answer means that holds no credential.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::choices::RetryUnit;
use super::headers::is_token;
use super::options::RestSourceBuilder;
use super::pointer::Pointer;
use super::slots::refused;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::json_string::unescaped;
use crate::upstream::{kind_of, parse_retry_after, says_when, server_time};

/// What a code may mean: kinds that upstream itself tells.
const MEANINGS: [ErrorKind; 6] = [
    ErrorKind::UpstreamBadRequest,
    ErrorKind::UpstreamUnauthorized,
    ErrorKind::UpstreamForbidden,
    ErrorKind::UpstreamNotFound,
    ErrorKind::Throttled,
    ErrorKind::UpstreamUnavailable,
];
/// A longer code is none.
const CODE_MAX_BYTES: usize = 64;

/// How a service says no.
pub(super) struct Refusals {
    ok: Vec<u16>,
    ok_when: Vec<(Pointer, Value)>,
    code: Option<Pointer>,
    meanings: Vec<(String, ErrorKind)>,
    throttled: Vec<u16>,
    retry_after: (String, RetryUnit),
}

impl Refusals {
    pub(super) fn new(given: &RestSourceBuilder) -> Result<Self> {
        if given.ok.is_empty() || !given.ok.iter().all(|status| (200..=299).contains(status)) {
            return Err(refused("ok", "must have statuses of 200 to 299, one at least"));
        }
        if !given.throttled.iter().all(|status| (400..=599).contains(status)) {
            return Err(refused("throttled", "must have statuses of 400 to 599"));
        }
        if given.errors.iter().any(|(code, kind)| !is_code(code) || !MEANINGS.contains(kind)) {
            return Err(refused(
                "errors",
                "must have codes of 1 to 64 letters, digits and _.:- which mean unauthorized, forbidden, not_found, \
                 bad_request, throttled or unavailable",
            ));
        }
        if !given.errors.is_empty() && given.error.is_none() {
            return Err(refused(
                "errors",
                "has no effect without error: say where the code stands",
            ));
        }
        if !is_token(&given.retry_after.0) {
            return Err(refused("retry_after", "must have the name of a header"));
        }
        let is_scalar = |value: &Value| !value.is_array() && !value.is_object();
        let ok_when = |(pointer, value): &(String, Value)| match is_scalar(value) {
            true => Ok((Pointer::parse("ok_when", pointer)?, value.clone())),
            false => Err(refused("ok_when", "must have texts, numbers, true, false or null")),
        };
        Ok(Self {
            ok: given.ok.clone(),
            ok_when: given.ok_when.iter().map(ok_when).collect::<Result<_>>()?,
            code: given.error.as_deref().map(|at| Pointer::parse("error", at)).transpose()?,
            meanings: given.errors.clone(),
            throttled: given.throttled.clone(),
            retry_after: given.retry_after.clone(),
        })
    }

    /// Whether anything is read of a body that holds no credential.
    pub(super) fn read_bodies(&self) -> bool {
        self.code.is_some() || !self.ok_when.is_empty()
    }

    /// The error that an answer means, if it holds no credential. `json` is its body, if that is JSON.
    pub(super) fn of(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        json: Option<&str>,
    ) -> Option<Error> {
        let is_ok = self.ok.contains(&status.as_u16());
        if is_ok && self.ok_when.iter().all(|(at, value)| says(json, at, value)) {
            return None;
        }
        let code = self.code.as_ref().and_then(|at| code(json?, at));
        let meaning = self.meanings.iter().find(|(known, _)| code.as_ref() == Some(known));
        let kind = match meaning {
            Some((_, kind)) => *kind,
            None if is_ok => ErrorKind::UpstreamNoGrant,
            None if self.throttled.contains(&status.as_u16()) => ErrorKind::Throttled,
            None => kind_of(status),
        };
        let code = code.map_or_else(String::new, |code| format!(" with error {code}"));
        let advice = advice(kind, status);
        let error =
            Error::new(kind, format!("upstream answered {}{code}; {advice}", status.as_u16()));
        match self.asked(headers).filter(|_| says_when(kind)) {
            Some(time) => Some(error.with_retry_after(time)),
            None => Some(error),
        }
    }

    /// When to come back, if that is said.
    fn asked(&self, headers: &HeaderMap) -> Option<Duration> {
        let (name, unit) = &self.retry_after;
        let text = headers.get(name)?.to_str().ok()?.trim();
        let now = server_time(headers);
        let now_or_local = || now.unwrap_or_else(|| Clock::system().now().wall());
        let number = || Duration::try_from_secs_f64(text.parse::<f64>().ok()?).ok();
        let time = match unit {
            RetryUnit::Seconds => match number() {
                Some(time) => time,
                None => parse_retry_after(text, now)?,
            },
            RetryUnit::Milliseconds => number()? / 1000,
            RetryUnit::Epoch => number()?.checked_sub(now_or_local())?,
            RetryUnit::EpochMs => (number()? / 1000).checked_sub(now_or_local())?,
        };
        (!time.is_zero()).then_some(time)
    }
}

fn advice(kind: ErrorKind, status: StatusCode) -> &'static str {
    match kind {
        ErrorKind::UpstreamBadRequest => "check form, json and query",
        ErrorKind::UpstreamUnauthorized => "check auth and secrets",
        ErrorKind::UpstreamForbidden => "check what the credentials may do",
        ErrorKind::UpstreamNotFound => "check url and what key stands for",
        ErrorKind::Throttled => "requests are limited",
        ErrorKind::UpstreamUnavailable => "upstream has a fault",
        ErrorKind::UpstreamNoGrant => "ok_when says that it holds no credential",
        _ if status.is_redirection() => "redirects are not followed; check url",
        _ => "check url and ok",
    }
}

fn says(json: Option<&str>, at: &Pointer, value: &Value) -> bool {
    let found = json.and_then(|json| at.find(json));
    found.and_then(|found| serde_json::from_str::<Value>(found).ok()).as_ref() == Some(value)
}

/// A code that may be shown: a short text or a whole number.
fn code(json: &str, at: &Pointer) -> Option<String> {
    let found = at.find(json)?;
    let text = match found.starts_with('"') {
        true => unescaped(found)?.as_str().to_owned(),
        false => found.to_owned(),
    };
    is_code(&text).then_some(text)
}

fn is_code(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    (1..=CODE_MAX_BYTES).contains(&text.len()) && text.bytes().all(is_plain)
}
