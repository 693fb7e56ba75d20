//! Twilio's Network Traversal Service.

use hyper::Method;
use hyper::http::request::Parts;
use serde_json::{Value, json};

use crate::auth;
use crate::clock::http_date;
use crate::config::DEMO_AUTH_TOKEN;
use crate::endpoint::Call;
use crate::form::is_form;
use crate::reply::{self, Problem, Reply};

const TTL_MAX_S: i64 = 86_400;

pub(super) fn tokens(call: &Call<'_>, account: &str, head: &Parts, body: &[u8]) -> Reply {
    match admit(call, account, head, body) {
        Ok(ttl) => issued(call, account, ttl),
        Err(problem) if problem.is_throttle() => call.throttled(),
        Err(problem) => problem.reply(),
    }
}

fn admit(call: &Call<'_>, account: &str, head: &Parts, body: &[u8]) -> Result<i64, Problem> {
    if !is_of_account(call, account, head) {
        return Err(Problem::of_status(401));
    }
    call.state.counting.authenticated(account);
    if head.method != Method::POST {
        return Err(Problem::of_status(405));
    }
    if !call.is_within_limit(account) {
        return Err(Problem::of_status(429));
    }
    read_ttl(head, body).map_err(|why| Problem::new(400, why))
}

/// The account's own auth token, or one of its API keys.
fn is_of_account(call: &Call<'_>, account: &str, head: &Parts) -> bool {
    let keys = &call.state.keys;
    let by_key = keys.authenticate(&head.headers).is_some_and(|key| key.account_sid == account);
    let by_token = auth::basic(&head.headers)
        .is_some_and(|(user, token)| user == account && token == DEMO_AUTH_TOKEN);
    by_key || by_token && keys.has_account(account)
}

fn read_ttl(head: &Parts, body: &[u8]) -> Result<i64, &'static str> {
    if !body.is_empty() && !is_form(&head.headers) {
        return Err("Content-Type must be application/x-www-form-urlencoded");
    }
    let mut ttl = None;
    for (name, value) in form_urlencoded::parse(body) {
        if name != "Ttl" || ttl.is_some() {
            return Err("Unknown parameter, or one given twice: only Ttl exists");
        }
        let seconds =
            value.parse().ok().filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()));
        ttl = seconds.filter(|seconds| (1..=TTL_MAX_S).contains(seconds));
        if ttl.is_none() {
            return Err("Ttl must be a whole number of seconds from 1 to 86400");
        }
    }
    Ok(ttl.unwrap_or(TTL_MAX_S))
}

fn issued(call: &Call<'_>, account: &str, ttl: i64) -> Reply {
    let now = call.now();
    let turn = &call.state.turn;
    let Some(credential) = turn.issue(now + ttl) else { return Problem::of_status(500).reply() };
    call.state.counting.granted();
    let (username, password) = (credential.username, credential.password);
    let server = |url: &String| match url.starts_with("stun") {
        true => json!({ "url": url, "urls": url }),
        false => json!({ "url": url, "urls": url, "username": username, "credential": password }),
    };
    let servers: Vec<Value> = turn.urls.iter().map(server).collect();
    let date = http_date(now).replace("GMT", "+0000");
    let body = json!({
        "account_sid": account,
        "date_created": date,
        "date_updated": date,
        "ice_servers": servers,
        "password": password,
        "ttl": ttl.to_string(),
        "username": username,
    });
    reply::with_body(201, call.body(&body))
}
