//! Cloudflare's TURN service.

use hyper::Method;
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Parts;
use serde_json::{Map, Value, json};

use crate::auth;
use crate::config::{DEMO_TURN_API_TOKEN, DEMO_TURN_KEY_ID};
use crate::endpoint::Call;
use crate::reply::{self, Problem, Reply};
use crate::reply_body::ReplyBody;

const TTL_MAX_S: i64 = 172_800;

pub(super) fn ice_servers(call: &Call<'_>, key: &str, head: &Parts, body: &[u8]) -> Reply {
    if let Some(refusal) = refusal(call, key, head) {
        return refusal;
    }
    let Some(ttl) = read_ttl(head, body) else {
        return problem(400, 10_001, "ttl must be a whole number of seconds from 1 to 172800");
    };
    let turn = &call.state.turn;
    let Some(credential) = turn.issue(call.now() + ttl) else {
        return Problem::of_status(500).reply();
    };
    call.state.counting.granted();
    // As the service has it: also at port 53, where browsers do not connect to.
    let stun = ["stun:stun.cloudflare.com:3478", "stun:stun.cloudflare.com:53"];
    let relay = json!({
        "urls": turn.urls,
        "username": credential.username,
        "credential": credential.password,
    });
    reply::with_body(201, call.body(&json!({ "iceServers": [{ "urls": stun }, relay] })))
}

pub(super) fn revoke(call: &Call<'_>, key: &str, username: &str, head: &Parts) -> Reply {
    if let Some(refusal) = refusal(call, key, head) {
        return refusal;
    }
    match call.state.turn.revoke(username) {
        true => reply::with_body(204, ReplyBody::whole("")),
        false => problem(404, 10_002, "no such credential"),
    }
}

fn refusal(call: &Call<'_>, key: &str, head: &Parts) -> Option<Reply> {
    let is_known = auth::credentials(&head.headers, "bearer") == Some(DEMO_TURN_API_TOKEN);
    if !is_known || key != DEMO_TURN_KEY_ID {
        return Some(problem(401, 10_000, "Authentication error"));
    }
    call.state.counting.authenticated(key);
    if head.method != Method::POST {
        return Some(Problem::of_status(405).reply());
    }
    (!call.is_within_limit(key)).then(|| call.throttled())
}

fn read_ttl(head: &Parts, body: &[u8]) -> Option<i64> {
    let kind = head.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let members: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let ttl = members.get("ttl")?.as_i64().filter(|ttl| (1..=TTL_MAX_S).contains(ttl));
    ttl.filter(|_| members.len() == 1 && kind.starts_with("application/json"))
}

fn problem(status: u16, code: u32, message: &str) -> Reply {
    let errors = [json!({ "code": code, "message": message })];
    reply::json(
        status,
        &json!({ "success": false, "errors": errors, "messages": [], "result": null }),
    )
}
