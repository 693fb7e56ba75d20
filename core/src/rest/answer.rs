//! From an answer to a credential, or to an error.

use std::time::Duration;

use zeroize::Zeroizing;

use super::choices::Format;
use super::json::push_quoted;
use super::lifetimes::{Lifetimes, Said};
use super::options::Shape;
use super::pointer::Pointer;
use super::refusal::Refusals;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind, Result};
use crate::json::Json;
use crate::upstream::{Answer, age, server_time};
use crate::wiped::WipedString;

/// What is read of an answer.
pub(super) struct Reading {
    pub(super) format: Format,
    pub(super) value: Pointer,
    pub(super) lifetimes: Lifetimes,
    pub(super) refusals: Refusals,
    pub(super) shape: Option<Shape>,
}

/// A credential that came: a JSON text, and how long it lives.
pub(crate) struct Obtained {
    pub(crate) json: WipedString,
    pub(crate) lifetime: Duration,
    /// It lives longer than its source lets it.
    pub(crate) is_cut: bool,
    /// How far upstream's clock is ahead of the local one.
    pub(crate) clock_offset_ms: Option<i64>,
}

impl Reading {
    pub(super) fn read(&self, answer: Answer) -> Result<Obtained> {
        let Answer { status, headers, body } = answer;
        let text = body.and_then(|body| self.json(body));
        let json =
            text.as_ref().ok().map(|json| json.as_str()).filter(|_| self.refusals.read_bodies());
        if let Some(error) = self.refusals.of(status, &headers, json) {
            // The status says more than a broken body under it.
            return Err(if status.is_success() && text.is_err() {
                text.err().unwrap_or(error)
            } else {
                error
            });
        }
        let text = text?;
        let value = self.value.find(&text).ok_or_else(nothing)?;
        if is_nothing(value) {
            return Err(nothing());
        }
        let (server, local) = (server_time(&headers), Clock::system().now().wall());
        // A cache on the way hands on an answer of before, with its `Date` and lifetime of then.
        let age = age(&headers);
        let now = server.map_or(local, |server| server.saturating_add(age));
        let Said { lifetime, is_cut } = self.lifetimes.read(&text, now, age)?;
        let clock_offset_ms = server.and_then(|server| offset_ms(server, local));
        let json = match self.shape {
            Some(shape) => shape(value)?,
            None => WipedString::from(value.to_owned()),
        };
        Ok(Obtained { json, lifetime, is_cut, clock_offset_ms })
    }

    /// The body as JSON, which a text is made.
    fn json(&self, body: Zeroizing<Vec<u8>>) -> Result<WipedString> {
        let not_json = || {
            Error::new(
                ErrorKind::UpstreamNotJson,
                "the answer of upstream is not JSON; is url right?",
            )
        };
        let text = str::from_utf8(&body).map_err(|_| not_json())?;
        let mut json = WipedString::with_capacity(text.len() + 2);
        match self.format {
            Format::Text => push_quoted(&mut json, text.trim_ascii()),
            Format::Json => {
                Json::parse(text).map_err(|_| not_json())?;
                json.push_str(text);
            }
        }
        Ok(json)
    }
}

/// Whether a JSON value is no credential, whatever it is for.
fn is_nothing(value: &str) -> bool {
    let is_hollow = |open, close| {
        let within = value.strip_prefix(open).and_then(|rest: &str| rest.strip_suffix(close));
        within.is_some_and(|within| within.trim_ascii().is_empty())
    };
    matches!(value, "null" | "true" | "false" | "\"\"")
        || is_hollow('[', ']')
        || is_hollow('{', '}')
}

fn nothing() -> Error {
    Error::new(
        ErrorKind::UpstreamNoGrant,
        "the answer of upstream holds no credential; check value",
    )
}

fn offset_ms(server: Duration, local: Duration) -> Option<i64> {
    let ms = |time: Duration| i64::try_from(time.as_millis()).ok();
    Some(ms(server)? - ms(local)?)
}
