//! Answers, and Twilio's form of error.

use std::borrow::Cow;

use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde::Serialize;

use crate::reply_body::ReplyBody;

/// An answer on its way out.
pub(crate) type Reply = Response<ReplyBody>;

/// A call that is refused, in Twilio's form.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    status: u16,
    code: u32,
    message: Cow<'static, str>,
}

#[derive(Serialize)]
struct ProblemBody<'a> {
    code: u32,
    message: &'a str,
    more_info: String,
    status: u16,
}

impl Problem {
    /// A refusal under the code that goes with `status`.
    pub(crate) fn new(status: u16, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, code: default_code(status), message: message.into() }
    }

    /// A refusal with the message that goes with `status`, too.
    pub(crate) fn of_status(status: u16) -> Self {
        Self::new(status, default_message(status))
    }

    /// The answer to a path that is not served.
    pub(crate) fn not_found() -> Self {
        Self::of_status(404)
    }

    /// Puts another code or message in.
    pub(crate) fn say(&mut self, code: Option<u32>, message: Option<String>) {
        self.code = code.unwrap_or(self.code);
        if let Some(message) = message {
            self.message = message.into();
        }
    }

    pub(crate) fn is_throttle(&self) -> bool {
        self.status == 429
    }

    pub(crate) fn reply(&self) -> Reply {
        let more_info = format!("https://www.twilio.com/docs/errors/{}", self.code);
        let body =
            ProblemBody { code: self.code, message: &self.message, more_info, status: self.status };
        let mut reply = json(self.status, &body);
        match self.status {
            401 => {
                let realm = HeaderValue::from_static(r#"Basic realm="Twilio API""#);
                reply.headers_mut().insert(WWW_AUTHENTICATE, realm);
            }
            405 => {
                reply.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
            }
            _ => {}
        }
        reply
    }
}

/// An answer with `body` as JSON.
pub(crate) fn json(status: u16, body: &impl Serialize) -> Reply {
    let body = serde_json::to_vec(body).expect("string keys and plain values");
    with_body(status, ReplyBody::whole(body))
}

/// An answer that claims to be JSON, whatever is in `body`.
pub(crate) fn with_body(status: u16, body: ReplyBody) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() =
        StatusCode::from_u16(status).expect("every status is checked on its way in");
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}

/// Twilio's general code of a status.
fn default_code(status: u16) -> u32 {
    match status {
        400 | 408 | 413 => 20001,
        401 => 20003,
        405 => 20004,
        _ => 20000 + u32::from(status),
    }
}

fn default_message(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Authenticate",
        403 => "Forbidden",
        404 => "The requested resource was not found",
        405 => "This method is not enabled.",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "An error on request",
    }
}
