//! An OAuth 2 token endpoint for clients (RFC 6749, section 4.4): the keys' SIDs and secrets are its clients.

use hyper::Method;
use hyper::http::request::Parts;
use serde_json::json;

use crate::endpoint::Call;
use crate::form::is_form;
use crate::reply::{self, Problem, Reply};

const LIFETIME_S: u32 = 3600;

pub(super) fn token(call: &Call<'_>, head: &Parts, body: &[u8]) -> Reply {
    if head.method != Method::POST {
        return Problem::of_status(405).reply();
    }
    let Some(key) = call.state.keys.authenticate(&head.headers) else {
        return refused(401, "invalid_client");
    };
    call.state.counting.authenticated(&key.account_sid);
    if !call.is_within_limit(&key.account_sid) {
        return call.throttled();
    }
    if !is_form(&head.headers) {
        return refused(400, "invalid_request");
    }
    let fields: Vec<_> = form_urlencoded::parse(body).collect();
    let mut kinds = fields.iter().filter(|(name, _)| name == "grant_type");
    match (kinds.next(), kinds.next()) {
        (Some((_, kind)), None) if kind == "client_credentials" => {}
        (Some(_), None) => return refused(400, "unsupported_grant_type"),
        _ => return refused(400, "invalid_request"),
    }
    call.state.counting.granted();
    // A text, as more services write it than should.
    let body = json!({
        "access_token": format!("emulator-{}", call.now()),
        "token_type": "Bearer",
        "expires_in": LIFETIME_S.to_string(),
    });
    reply::with_body(200, call.body(&body))
}

fn refused(status: u16, error: &str) -> Reply {
    reply::json(status, &json!({ "error": error }))
}
