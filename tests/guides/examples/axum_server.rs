//! A token server with axum.
//!
//! To try it, start `grantmint emulator` in a terminal of its own, and copy the three lines that it prints into
//! yours: they are the key that the server needs. Then, in the checkout:
//!
//!     GRANTMINT_BASE_URL=http://127.0.0.1:8900 cargo run -p grantmint-guides --example axum_server &
//!     curl '127.0.0.1:8000/live/VJ00000000000000000000000000000001/token?identity=alice'
//!     curl '127.0.0.1:8000/rooms/token?identity=alice'
//!
//! `GRANTMINT_BASE_URL` says where grants come from; Twilio has closed its own endpoint. Each process has a
//! cache of its own, and asks upstream about once per stream and half a minute. With `GRANTMINT_FLEET=host` all
//! processes together do.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::{Router, routing::get};
use grantmint_core::{
    ApiKey, Error, ErrorKind, PlaybackMinter, PlaybackToken, TokenMinter, TokenOptions, VideoGrant,
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Made once a process. What is wrong with the key or the options shows here, not at showtime.
    let key = ApiKey::from_env()?;
    let rooms = TokenMinter::builder(&key).grant(VideoGrant::new().room("DailyStandup"));
    let mut live = PlaybackMinter::builder(&key);
    if let Ok(url) = std::env::var("GRANTMINT_BASE_URL") {
        live = live.base_url(url);
    }
    if let Ok(fleet) = std::env::var("GRANTMINT_FLEET") {
        live = live.fleet(fleet.parse()?);
    }
    let stopping = CancellationToken::new();
    let minters =
        Minters { rooms: rooms.build()?, live: live.build()?, stopping: stopping.clone() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    // Ctrl-C: nobody new is let in, and whoever waits for a grant is told to come back.
    let stopped = async move {
        tokio::signal::ctrl_c().await.ok();
        stopping.cancel();
    };
    axum::serve(listener, app(minters)).with_graceful_shutdown(stopped).await?;
    Ok(())
}

/// What all requests share. Clones are cheap, and share the cache.
#[derive(Clone)]
pub(crate) struct Minters {
    pub(crate) rooms: TokenMinter,
    pub(crate) live: PlaybackMinter,
    /// Cancelled when the process is about to end.
    pub(crate) stopping: CancellationToken,
}

pub(crate) fn app(minters: Minters) -> Router {
    Router::new()
        .route("/rooms/token", get(room_token))
        .route("/live/{streamer}/token", get(live_token))
        .with_state(minters)
}

/// A token to join the room: no network, no wait.
async fn room_token(
    State(minters): State<Minters>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refused> {
    let token = minters.rooms.mint(viewer(&query))?;
    Ok(answer(StatusCode::OK, json!({ "token": token })))
}

/// A token to watch the stream. All viewers share its grant; one of them has it fetched. A viewer who goes
/// away ends only this wait: axum then drops the future.
async fn live_token(
    State(minters): State<Minters>,
    Path(streamer): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refused> {
    let token = minters.live.token_async(&streamer, viewer(&query), TokenOptions::new());
    let token = minters.stopping.run_until_cancelled(token).await.ok_or(Refused::Stopping)??;
    Ok(answer(StatusCode::OK, body_of(&token)))
}

fn body_of(token: &PlaybackToken) -> serde_json::Value {
    json!({
        "token": token.jwt,
        "valid_for": token.grant_remaining.as_secs_f64(),
        "state": token.freshness.as_str(),
    })
}

/// A caller that asks. Put your log-in here: as it stands, anybody is whoever they say.
fn viewer(query: &HashMap<String, String>) -> &str {
    query.get("identity").map_or("", String::as_str)
}

/// Why there is no token.
enum Refused {
    Failed(Error),
    Stopping,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Says what went wrong, and when to come back. No error of grantmint holds a secret.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code, after) = match &self {
            Self::Failed(error) => (status_of(error), error.code(), error.retry_after()),
            Self::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping", None),
        };
        let mut response = answer(status, json!({ "error": code }));
        if let Some(after) = after {
            let seconds = HeaderValue::from(after.as_secs() + u64::from(after.subsec_nanos() > 0));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// Whose fault it is: the client's, nobody's for long, or that of our own set-up.
fn status_of(error: &Error) -> StatusCode {
    match error.kind() {
        ErrorKind::UpstreamNotFound => StatusCode::NOT_FOUND,
        kind if kind.number() < 200 => StatusCode::BAD_REQUEST,
        kind if kind.is_retryable() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_GATEWAY,
    }
}

/// An answer that no HTTP cache may store: a token is for one viewer.
fn answer(status: StatusCode, body: serde_json::Value) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
