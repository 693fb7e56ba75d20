//! The emulator's own endpoints, under `/emulator/`.

use grantmint_core::judge::Refusal;
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::faults::Fault;
use crate::join::JoinRequest;
use crate::reply::{self, Problem, Reply};
use crate::request_body;
use crate::state::State;

/// Answers a request that is not for the PlaybackGrant endpoint.
pub(crate) async fn call(state: &State, request: Request<Incoming>) -> Result<Reply, Problem> {
    let (head, body) = request.into_parts();
    let body = request_body::read(body).await?;
    let what = head.uri.path().strip_prefix("/emulator/").ok_or_else(Problem::not_found)?;
    match (&head.method, what) {
        (&Method::POST, "play") => play(state, &body),
        (&Method::POST, "join") => join(state, &body),
        (&Method::GET, "counters") => Ok(reply::json(200, &state.counting.snapshot())),
        (&Method::POST, "reset") => {
            state.reset();
            Ok(done())
        }
        (&Method::POST, "faults") => add_faults(state, &body),
        (&Method::GET, "faults") => Ok(reply::json(200, &state.list_faults())),
        (&Method::DELETE, "faults") => {
            state.clear_faults();
            Ok(done())
        }
        (&Method::GET, "health") => Ok(done()),
        (&Method::GET, "keys") => Ok(keys(state)),
        (_, "play" | "join" | "counters" | "reset" | "faults" | "health" | "keys") => {
            Err(Problem::of_status(405))
        }
        _ => Err(Problem::not_found()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlayRequest {
    token: String,
    origin: Option<String>,
}

/// An outcome as `{"admitted": …}` and its details.
#[derive(Serialize)]
struct Verdict<'a, T> {
    admitted: bool,
    #[serde(flatten)]
    details: &'a T,
}

fn play(state: &State, body: &Bytes) -> Result<Reply, Problem> {
    let request: PlayRequest = read_json(body)?;
    Ok(verdict(&state.play(&request.token, request.origin.as_deref())))
}

fn join(state: &State, body: &Bytes) -> Result<Reply, Problem> {
    Ok(verdict(&state.join(&read_json::<JoinRequest>(body)?)))
}

fn verdict<T: Serialize>(outcome: &Result<T, Refusal>) -> Reply {
    match outcome {
        Ok(details) => reply::json(200, &Verdict { admitted: true, details }),
        Err(details) => reply::json(403, &Verdict { admitted: false, details }),
    }
}

fn add_faults(state: &State, body: &Bytes) -> Result<Reply, Problem> {
    let is_array = body.trim_ascii_start().starts_with(b"[");
    let faults: Vec<Fault> = if is_array { read_json(body)? } else { vec![read_json(body)?] };
    state.add_faults(faults).map_err(|why| Problem::new(400, why))?;
    Ok(reply::json(200, &state.list_faults()))
}

/// The keys that are known, without their secrets.
fn keys(state: &State) -> Reply {
    let keys = state.keys.iter();
    let keys: Vec<_> =
        keys.map(|(sid, key)| json!({"account_sid": key.account_sid, "key_sid": sid})).collect();
    reply::json(200, &keys)
}

fn done() -> Reply {
    reply::json(200, &json!({"ok": true}))
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|error| Problem::new(400, format!("Not the JSON expected here: {error}")))
}
