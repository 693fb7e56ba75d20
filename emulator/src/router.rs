//! Which function answers which path.

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::{DATE, HeaderValue};
use hyper::http::request::Parts;

use crate::clock::http_date;
use crate::control;
use crate::endpoint;
use crate::reply::Reply;
use crate::reply_body::Aborted;
use crate::services;
use crate::state::State;
use crate::wire::GarbageSwitch;

/// Answers one request.
pub(crate) async fn route(
    state: &State,
    garbage: &GarbageSwitch,
    request: Request<Incoming>,
) -> Result<Reply, Aborted> {
    if let Some(streamer) = streamer_of(request.uri().path()) {
        let streamer = streamer.to_owned();
        return endpoint::call(state, garbage, &streamer, request).await;
    }
    if let Some(service) = services::of_path(request.uri().path()) {
        let answer =
            |call: &endpoint::Call<'_>, head: &Parts, body: &[u8]| service.answer(call, head, body);
        return endpoint::call_of(state, garbage, "", request, answer).await;
    }
    let mut reply = control::call(state, request).await.unwrap_or_else(|problem| problem.reply());
    if let Ok(date) = HeaderValue::from_str(&http_date(state.clock.now())) {
        reply.headers_mut().insert(DATE, date);
    }
    Ok(reply)
}

/// The PlayerStreamer named in the path of a PlaybackGrant, well-formed or not.
fn streamer_of(path: &str) -> Option<&str> {
    let streamer = path.strip_prefix("/v1/PlayerStreamers/")?.strip_suffix("/PlaybackGrant")?;
    (!streamer.contains('/')).then_some(streamer)
}

#[cfg(test)]
mod tests {
    use super::streamer_of;

    #[test]
    fn only_the_documented_path_goes_to_the_endpoint() {
        assert_eq!(streamer_of("/v1/PlayerStreamers/VJ1/PlaybackGrant"), Some("VJ1"));
        for path in [
            "/v1/PlayerStreamers/PlaybackGrant",
            "/v1/PlayerStreamers/VJ1/x/PlaybackGrant",
            "/v1/PlayerStreamers/VJ1/PlaybackGrant/",
            "/v1/v1/PlayerStreamers/VJ1/PlaybackGrant",
            "/PlayerStreamers/VJ1/PlaybackGrant",
        ] {
            assert_eq!(streamer_of(path), None, "{path}");
        }
    }
}
