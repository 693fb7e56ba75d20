//! A service that answers with the token itself, as Azure's for speech does: its keys are the keys' secrets.

use hyper::Method;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;

use crate::endpoint::Call;
use crate::reply::{self, Problem, Reply};
use crate::reply_body::ReplyBody;

pub(super) fn token(call: &Call<'_>, head: &Parts) -> Reply {
    if head.method != Method::POST {
        return Problem::of_status(405).reply();
    }
    let given = head.headers.get("ocp-apim-subscription-key").and_then(|key| key.to_str().ok());
    let Some(key) = given.and_then(|secret| call.state.keys.of_secret(secret)) else {
        return Problem::of_status(401).reply();
    };
    call.state.counting.authenticated(&key.account_sid);
    if !call.is_within_limit(&key.account_sid) {
        return call.throttled();
    }
    call.state.counting.granted();
    let mut reply =
        reply::with_body(200, ReplyBody::whole(format!("emulator.speech.{}", call.now())));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
    reply
}
