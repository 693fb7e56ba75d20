//! Answers, and the headers that all of them have.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

/// What is sent back.
pub(in crate::page) type Answer = Response<Full<Bytes>>;

/// Nothing but this page's own files is loaded, and nobody shows the page in theirs.
const HEADERS: [(&str, &str); 9] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
];
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Why an API call has no result, as the page is told.
#[derive(Debug, Serialize)]
pub(in crate::page) struct Problem {
    #[serde(skip)]
    pub(in crate::page) status: u16,
    /// A name for the page's script.
    pub(in crate::page) code: &'static str,
    /// A line for people. Never holds what the user gave.
    pub(in crate::page) message: String,
    /// The field of the form that it concerns.
    pub(in crate::page) field: Option<String>,
}

impl Problem {
    pub(in crate::page) fn new(
        status: u16,
        code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self { status, code, message: message.into(), field: None }
    }

    /// The same, about one field of a form.
    pub(in crate::page) fn at(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    pub(in crate::page) fn answer(&self) -> Answer {
        of_json(self.status, &json!({ "error": self }))
    }
}

/// An answer of an API call.
pub(in crate::page) fn of_json(status: u16, value: &impl Serialize) -> Answer {
    let text = serde_json::to_vec(value).unwrap_or_default();
    with_type(status, JSON, text)
}

/// An answer that is JSON already.
pub(in crate::page) fn of_text(text: String) -> Answer {
    with_type(200, JSON, text)
}

/// A file of the page.
pub(in crate::page) fn of_file(content_type: &'static str, text: &'static str) -> Answer {
    with_type(200, HeaderValue::from_static(content_type), text)
}

/// The answer after which the connection is closed: an unread body would else be taken for the next request.
pub(super) fn last(mut answer: Answer) -> Answer {
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    answer
}

fn with_type(status: u16, content_type: HeaderValue, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    add_common(answer.headers_mut());
    answer.headers_mut().insert(CONTENT_TYPE, content_type);
    answer
}

fn add_common(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

/// What a connection gets that is one too many. It is written before anything is read.
pub(super) fn busy() -> String {
    let mut text = String::from("HTTP/1.1 503 Service Unavailable\r\n");
    for (name, value) in HEADERS {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push_str("\r\n");
    }
    text.push_str("content-length: 0\r\nconnection: close\r\n\r\n");
    text
}
